//! What was done, to what.

use super::Fields;
use crate::domain::UserId;
use serde_json::{Map, Value};

macro_rules! actions {
    ($($(#[$doc:meta])+ $name:ident = $word:literal,)+) => {
        impl Action {
            $($(#[$doc])+ pub const $name: Self = Self($word);)+
            /// All of them; each has a message `audit-did-…` in both languages.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
        }
    };
}

/// A verb of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Action(&'static str);

actions! {
    /// It is new.
    CREATED = "created",
    /// It has other values.
    CHANGED = "changed",
    /// It has another key.
    RENAMED = "renamed",
    /// It is gone.
    REMOVED = "removed",
    /// It is no longer let in.
    REVOKED = "revoked",
    /// Something was given: a right, a support grant.
    GRANTED = "granted",
    /// A right was used: support came in.
    ENTERED = "entered",
    /// A client is served again.
    ACTIVE = "active",
    /// A client is no longer served.
    SUSPENDED = "suspended",
    /// A client is being destroyed.
    REMOVING = "removing",
    /// Somebody was asked in.
    INVITED = "invited",
    /// Somebody made themselves an account.
    REGISTERED = "registered",
    /// An address proved to be theirs.
    VERIFIED = "verified",
    /// Somebody signed in.
    SIGNED_IN = "signed-in",
    /// Somebody tried to sign in and was wrong.
    SIGN_IN_FAILED = "sign-in-failed",
    /// Somebody signed out.
    SIGNED_OUT = "signed-out",
    /// After too many failures they have to wait.
    LOCKED_OUT = "locked-out",
    /// A second factor was set up.
    FACTOR_ADDED = "factor-added",
    /// A second factor was taken away.
    FACTOR_REMOVED = "factor-removed",
    /// A key came from an address it did not come from before.
    KEY_SEEN = "key-seen",
    /// Data were taken out.
    EXPORTED = "exported",
    /// A person was forgotten.
    ERASED = "erased",
    /// A point was told to become something.
    COMMANDED = "commanded",
    /// The device has what it was told.
    COMMAND_CONFIRMED = "command-confirmed",
    /// It was not done, or nobody knows.
    COMMAND_FAILED = "command-failed",
    /// It was taken back before it was sent.
    COMMAND_CANCELLED = "command-cancelled",
}

impl Action {
    /// The word the log keeps.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// The verb with this word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.0 == word)
    }
}

/// What it was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    noun: String,
    key: String,
    name: Option<String>,
}

impl Subject {
    /// A thing by its noun (`site`) and key.
    pub fn new(noun: &str, key: impl std::fmt::Display) -> Self {
        Self {
            noun: noun.to_owned(),
            key: key.to_string(),
            name: None,
        }
    }

    /// A person: the log keeps the number, and the name apart from it.
    pub fn person(id: UserId, name: &str) -> Self {
        Self::new(Self::PERSON, id).named(name)
    }

    /// With the name it has now.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// The noun of persons.
    pub const PERSON: &'static str = "user";

    /// What it is.
    pub fn noun(&self) -> &str {
        &self.noun
    }

    /// Which one.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether it is a person.
    pub fn is_person(&self) -> bool {
        self.noun == Self::PERSON
    }
}

/// What is recorded: a verb, its subject, and what was different.
#[derive(Debug, Clone, PartialEq)]
pub struct Deed {
    /// The verb.
    pub action: Action,
    /// What it was done to.
    pub subject: Subject,
    before: Fields,
    after: Fields,
    note: String,
}

impl Deed {
    /// Something was done to something.
    pub fn new(action: Action, subject: Subject) -> Self {
        Self {
            action,
            subject,
            before: Fields::new(),
            after: Fields::new(),
            note: String::new(),
        }
    }

    /// Its fields before; what is the same after is left out.
    #[must_use]
    pub fn before(mut self, fields: Fields) -> Self {
        self.before = fields;
        self
    }

    /// Its fields after; what was the same before is left out.
    #[must_use]
    pub fn after(mut self, fields: Fields) -> Self {
        self.after = fields;
        self
    }

    /// What else is to be said, in words; never a secret, nor a name of anybody.
    #[must_use]
    pub fn note(mut self, note: &str) -> Self {
        note.clone_into(&mut self.note);
        self
    }

    /// Name, differences and note as JSON.
    pub fn told(&self) -> String {
        let (before, after) = Fields::differences(self.before.clone(), self.after.clone());
        let text = |text: &str| (!text.is_empty()).then(|| Value::String(text.to_owned()));
        let fields = |fields: Fields| (!fields.is_empty()).then(|| fields.into_value());
        let parts = [
            ("name", self.subject.name.as_deref().and_then(text)),
            ("before", fields(before)),
            ("after", fields(after)),
            ("note", text(&self.note)),
        ];
        let told: Map<_, _> = parts
            .into_iter()
            .filter_map(|(part, value)| Some((part.to_owned(), value?)))
            .collect();
        Value::Object(told).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deed_tells_name_differences_and_note_and_nothing_that_is_the_same() {
        let deed = Deed::new(Action::CHANGED, Subject::new("site", "lyon").named("Lyon"))
            .before(Fields::new().with("name", "Lyon").with("order", 1))
            .after(Fields::new().with("name", "Lyon").with("order", 2))
            .note("moved");
        let told: Value = serde_json::from_str(&deed.told()).unwrap();
        let expected = serde_json::json!({
            "name": "Lyon", "before": { "order": 1 }, "after": { "order": 2 }, "note": "moved",
        });
        assert_eq!(told, expected);
        assert_eq!(
            Deed::new(Action::REMOVED, Subject::new("site", "lyon")).told(),
            "{}"
        );
    }

    #[test]
    fn a_verb_is_found_by_its_word() {
        for action in Action::ALL {
            assert_eq!(Action::find(action.as_str()), Some(*action));
        }
    }
}
