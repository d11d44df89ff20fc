//! How an entry of the audit log reads: whose hand, which verb, what was different.

use super::words::Words;
use crate::domain::audit::{Action, Hand};
use crate::store::audit::Entry;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What an entry tells of its subject.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Told {
    /// What it was called.
    pub name: Option<String>,
    /// Fields before.
    pub before: Map<String, Value>,
    /// Fields after.
    pub after: Map<String, Value>,
    /// What else was said.
    pub note: String,
}

/// One field that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which field.
    pub field: String,
    /// Its value before; empty when it had none.
    pub before: String,
    /// Its value after; empty when it has none.
    pub after: String,
}

impl Told {
    /// Of a person, what is told beside the chain; of anything else, what is in it.
    pub fn of(entry: &Entry) -> Self {
        let text = entry.what.as_ref().unwrap_or(&entry.detail);
        serde_json::from_str(text).unwrap_or_default()
    }

    /// The fields that are different, by name, as forms call them.
    pub fn differences(&self, words: Words) -> Vec<Difference> {
        let mut fields: Vec<&String> = self.before.keys().chain(self.after.keys()).collect();
        fields.sort();
        fields.dedup();
        fields
            .into_iter()
            .map(|field| Difference {
                field: field_of(field, words),
                before: self.before.get(field).map(plain).unwrap_or_default(),
                after: self.after.get(field).map(plain).unwrap_or_default(),
            })
            .collect()
    }

    /// The note, or the names of what is different.
    pub fn summary(&self, words: Words) -> String {
        if !self.note.is_empty() {
            return said(&self.note, words);
        }
        let names = self.differences(words).into_iter().map(|it| it.field);
        let names: Vec<_> = names.collect();
        names.join(", ")
    }
}

/// What an entry tells of its actor.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Who {
    /// What they were called.
    pub name: Option<String>,
    /// Their address then.
    pub email: Option<String>,
    /// Where from.
    pub address: Option<String>,
    /// With what.
    pub agent: Option<String>,
}

impl Who {
    /// Nothing where nothing is known or they were forgotten.
    pub fn of(entry: &Entry) -> Self {
        let told = entry.who.as_deref();
        told.and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default()
    }
}

/// Whose hand, as people say it: the name at that time, else what kind of hand it was.
pub fn hand(entry: &Entry, words: Words) -> String {
    if let Some(name) = Who::of(entry).name {
        return name;
    }
    hand_of(&entry.actor, words)
}

/// A hand whose name is not known: its kind and number.
pub fn hand_of(actor: &str, words: Words) -> String {
    match actor.parse() {
        Ok(Hand::User(id)) => words.with("actor-user", &[("n", &id.to_string())]),
        Ok(Hand::Key(id)) => words.with("actor-key", &[("n", &id.to_string())]),
        Ok(Hand::Share(id)) => words.with("actor-share", &[("n", &id.to_string())]),
        Ok(Hand::Support(id)) => words.with("actor-support", &[("n", &id.to_string())]),
        Ok(Hand::Staff(id)) => words.with("actor-staff", &[("n", &id.to_string())]),
        Ok(plain) => words.get(&format!("actor-{plain}")),
        Err(_) => actor.to_owned(),
    }
}

/// The verb; one this version has no word for is shown as it is.
pub fn verb(action: &str, words: Words) -> String {
    match Action::find(action) {
        Some(known) => words.get(&format!("audit-did-{}", known.as_str())),
        None => action.to_owned(),
    }
}

/// What it was done to; a noun this version has no word for is shown as it is.
pub fn noun(noun: &str, words: Words) -> String {
    words
        .find(&format!("audit-noun-{noun}"))
        .unwrap_or_else(|| noun.to_owned())
}

/// A note; one this version has no words for, or that names things, is shown as it was written.
pub fn said(note: &str, words: Words) -> String {
    let known = words.find(&format!("audit-said-{}", key_of(note)));
    known.unwrap_or_else(|| note.to_owned())
}

/// A field, as forms call it; one of a protocol or a custom one is shown as it is.
fn field_of(field: &str, words: Words) -> String {
    let known = words.find(&format!("audit-field-{}", key_of(field)));
    known.unwrap_or_else(|| field.to_owned())
}

/// What may stand in the key of a message: letters, digits, single hyphens.
fn key_of(text: &str) -> String {
    let parts = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    let parts: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parts.join("-").to_lowercase()
}

/// A value without the quotes of JSON.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;

    #[test]
    fn every_verb_and_every_hand_has_its_words_in_both_languages() {
        for locale in Locale::ALL {
            let words = Words::of(locale);
            for action in Action::ALL {
                let said = verb(action.as_str(), words);
                assert!(!said.contains("Unknown localization"), "{said}");
            }
            for actor in [
                "user:7",
                "key:1",
                "share:1",
                "support:1",
                "staff:1",
                "command",
                "manifest",
                "devices",
                "platform",
                "nobody",
            ] {
                let said = hand(&entry(actor), words);
                assert!(!said.contains("Unknown localization"), "{said}");
            }
        }
    }

    #[test]
    fn differences_are_told_field_by_field() {
        let told = Told::of(&entry("command"));
        let fields: Vec<_> = told.differences(Words::of(Locale::English));
        assert_eq!(fields.len(), 2);
        assert_eq!(
            (
                fields[0].field.as_str(),
                fields[0].before.as_str(),
                fields[0].after.as_str()
            ),
            ("Name", "A", "B")
        );
        assert_eq!(
            (fields[1].before.as_str(), fields[1].after.as_str()),
            ("", "2")
        );
        assert_eq!(told.summary(Words::of(Locale::French)), "Nom, Ordre");
    }

    #[test]
    fn a_note_is_told_in_the_language_of_its_reader_and_names_stay_as_they_are() {
        let french = Words::of(Locale::French);
        assert_eq!(
            said("with the password and a second factor", french),
            "avec le mot de passe et un second facteur"
        );
        assert_eq!(said("was hall-2", french), "was hall-2");
        assert_eq!(field_of("may_command", french), "Peut commander");
        assert_eq!(field_of("routes[0].topic", french), "routes[0].topic");
    }

    fn entry(actor: &str) -> Entry {
        Entry {
            id: 1,
            at: crate::domain::Timestamp::from_seconds(0),
            actor: actor.to_owned(),
            action: "changed".to_owned(),
            noun: "site".to_owned(),
            key: "a".to_owned(),
            detail: r#"{"before":{"name":"A"},"after":{"name":"B","order":2}}"#.to_owned(),
            who: None,
            what: None,
            hash: Vec::new(),
        }
    }
}
