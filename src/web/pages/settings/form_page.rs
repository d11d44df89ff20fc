//! The page of a form: its fields with what was typed and what is wrong with them.

use super::entry::Entry;
use super::fault::Wrong;
use super::noun::Noun;
use super::typed::Typed;
use crate::tenancy::change::Looked;
use crate::web::extract::Visitor;
use crate::web::form::{Choice, Field};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use askama::Template;
use serde_json::Value;

/// The form of one thing.
#[derive(Template)]
#[template(path = "pages/settings_form.html")]
pub struct FormPage {
    pub(super) shell: Shell,
    pub(super) title: String,
    /// The list it belongs to.
    pub(super) back: String,
    pub(super) back_label: String,
    /// Where it is sent; empty for what cannot be changed.
    pub(super) action: String,
    pub(super) fields: Vec<Field>,
    pub(super) version: String,
    /// What was done well.
    pub(super) done: Option<String>,
    /// What is wrong with no field in particular.
    pub(super) notices: Vec<String>,
    /// What others made of it meanwhile: field and value.
    pub(super) theirs: Vec<(String, String)>,
    /// Forms of the same thing with an example in them; the value is their address.
    pub(super) examples: Vec<Choice>,
    /// What is known of it besides: term and text.
    pub(super) facts: Vec<(String, String)>,
    /// What else can be done with it.
    pub(super) deeds: Vec<Deed>,
    /// Where removing it is sent; empty for what is not there yet.
    pub(super) remove: String,
    pub(super) remove_text: String,
    /// The points of a type: address, name, detail.
    pub(super) points: Vec<(String, String, String)>,
    /// Where a point is added; empty where none is.
    pub(super) add_point: String,
}

/// Something that can be done with a thing beside changing it.
#[derive(Debug, Clone)]
pub struct Deed {
    /// Where it is sent.
    pub(super) action: String,
    /// What it is about.
    pub(super) title: String,
    /// What comes of it.
    pub(super) text: String,
    /// The verb.
    pub(super) button: String,
}

/// A secret, shown once.
#[derive(Template)]
#[template(path = "pages/settings_secret.html")]
pub struct SecretPage {
    pub(super) shell: Shell,
    pub(super) back: String,
    pub(super) title: String,
    /// What it is for.
    pub(super) label: String,
    pub(super) name: String,
    pub(super) secret: String,
}

impl FormPage {
    /// The form of a thing that is not there yet.
    pub(super) fn new(visitor: &Visitor, present: &Present, noun: Noun) -> Self {
        let words = visitor.words();
        Self {
            title: words.get(&format!("settings-new-{}", noun.name())),
            back: noun.path(),
            back_label: words.get(&format!("settings-{}", noun.name())),
            action: noun.path(),
            ..Self::blank(visitor, present)
        }
    }

    /// A form that says nothing yet.
    pub(super) fn blank(visitor: &Visitor, present: &Present) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            title: String::new(),
            back: String::new(),
            back_label: String::new(),
            action: String::new(),
            fields: Vec::new(),
            version: String::new(),
            done: None,
            notices: Vec::new(),
            theirs: Vec::new(),
            examples: Vec::new(),
            facts: Vec::new(),
            deeds: Vec::new(),
            remove: String::new(),
            remove_text: String::new(),
            points: Vec::new(),
            add_point: String::new(),
        }
    }

    /// The form of a thing that is there.
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        noun: Noun,
        id: i64,
        looked: &Looked,
    ) -> Self {
        let words = visitor.words();
        let here = format!("{}/{id}", noun.path());
        Self {
            title: name_of(looked),
            version: looked.version.as_str().to_owned(),
            remove: format!("{here}/remove"),
            remove_text: words.get(&format!("settings-remove-{}", noun.name())),
            deeds: Deed::of(noun, &here, words),
            points: super::points::lines(&here, looked, words),
            add_point: if noun == Noun::Types {
                format!("{here}/points/new")
            } else {
                String::new()
            },
            action: if noun.changes() { here } else { String::new() },
            ..Self::new(visitor, present, noun)
        }
    }

    /// The form with what was typed and what is wrong with it.
    pub(super) fn filled(self, entries: &[Entry], typed: &Typed, wrong: &Wrong) -> Self {
        let words = self.shell.words;
        let fields = entries.iter().enumerate().map(|(place, entry)| {
            let fault = wrong.by_field.get(&*entry.name);
            entry.field(place, typed, fault, words)
        });
        let mut notices = self.notices;
        notices.extend(wrong.others.iter().cloned());
        if !wrong.by_field.is_empty() {
            notices.insert(0, words.count("settings-faults", wrong.by_field.len()));
        }
        Self {
            fields: fields.collect(),
            notices,
            ..self
        }
    }

    /// Says that somebody else changed it, and to what; saved again, what was typed stands.
    pub(super) fn told_of(self, entries: &[Entry], typed: &Typed, looked: &Looked) -> Self {
        let words = self.shell.words;
        let now = Typed::as_it_is(entries, &looked.wish);
        let text = |typed: &Typed, entry: &Entry| typed.all(&entry.name).join(", ");
        let theirs = entries
            .iter()
            .filter(|entry| text(&now, entry) != text(typed, entry))
            .map(|entry| {
                let value = text(&now, entry);
                let shown = if value.is_empty() {
                    "—".to_owned()
                } else {
                    value
                };
                (entry.label(words), shown)
            });
        Self {
            theirs: theirs.collect(),
            notices: vec![words.get("settings-changed")],
            ..self
        }
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        use super::entry::Input;
        let sites = vec![("nantes".to_owned(), "<Nantes>".to_owned())];
        let entries = [
            Entry::needed("name", Input::Text),
            Entry::new("note", Input::Lines),
            Entry::new("bookable", Input::Check),
            Entry::new("states", Input::States),
            Entry::new("latitude", Input::Number),
            Entry::new("expires_at", Input::LastDay),
            Entry::needed("site", Input::Choice(sites.clone())),
            Entry::new("sites", Input::Several(sites)),
        ];
        let typed = Typed::of(vec![("name".to_owned(), "<Nantes>".to_owned())]);
        let wrong = Wrong {
            by_field: [("name".to_owned(), "<Nantes>".to_owned())].into(),
            others: vec!["<Nantes>".to_owned()],
        };
        let words = visitor.words();
        Self {
            facts: vec![("<Nantes>".to_owned(), "<Nantes>".to_owned())],
            deeds: Deed::of(Noun::Devices, "/settings/devices/1", words),
            examples: super::examples::offered(
                Noun::Connections,
                &super::examples::Begin::default(),
                words,
            ),
            ..Self::new(visitor, present, Noun::Sites).filled(&entries, &typed, &wrong)
        }
    }
}

impl Deed {
    fn of(noun: Noun, here: &str, words: Words) -> Vec<Self> {
        let deed = |verb: &str, key: &str| Self {
            action: format!("{here}/{verb}"),
            title: words.get(key),
            text: words.get(&format!("{key}-text")),
            button: words.get(&format!("{key}-go")),
        };
        match noun {
            Noun::Devices => vec![deed("secret", "device-rotate")],
            Noun::Keys => vec![deed("secret", "key-rotate")],
            Noun::Connections => vec![deed("test", "connection-test")],
            _ => Vec::new(),
        }
    }
}

/// What people call a thing that was looked at.
pub fn name_of(looked: &Looked) -> String {
    let name = looked.wish.get("name").and_then(Value::as_str);
    name.unwrap_or(&looked.key).to_owned()
}
