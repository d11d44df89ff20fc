//! What is wrong with a form, in the language of its reader, beside the fields it is about.

use super::entry::{Entry, Input};
use crate::tenancy::Reason;
use crate::tenancy::change::FieldFault;
use crate::web::words::Words;
use std::collections::HashMap;

/// What is wrong: by field, and what belongs to none of the fields shown.
#[derive(Debug, Clone, Default)]
pub struct Wrong {
    /// The sentence of each field.
    pub by_field: HashMap<String, String>,
    /// Sentences for the head of the form.
    pub others: Vec<String>,
}

impl Wrong {
    /// Something that is about no field.
    pub fn saying(text: String) -> Self {
        Self {
            others: vec![text],
            ..Self::default()
        }
    }

    /// Sorts faults to the entries of a form; `below` is where the form's thing lies in the wish.
    pub fn of(faults: &[FieldFault], below: &str, entries: &[Entry], words: Words) -> Self {
        let mut wrong = Self::default();
        for fault in faults {
            let pointer = fault.pointer.strip_prefix(below).unwrap_or(&fault.pointer);
            let about = |entry: &&Entry| {
                let rest = pointer.strip_prefix(&entry.pointer());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            let Some(entry) = entries.iter().find(about) else {
                let name = pointer.trim_start_matches('/');
                let sentence = sentence(&fault.reason, words);
                wrong.others.push(match name {
                    "" => sentence,
                    name => format!("{name}: {sentence}"),
                });
                continue;
            };
            let sentence = match unreadable(&entry.input, &fault.reason) {
                Some(key) => words.get(key),
                None => sentence(&fault.reason, words),
            };
            let known = wrong.by_field.entry(entry.name.to_string()).or_default();
            if !known.is_empty() {
                known.push(' ');
            }
            known.push_str(&sentence);
        }
        wrong
    }
}

/// What a field wants that could not be read: who filled in a form need not know of JSON.
fn unreadable(input: &Input, reason: &Reason) -> Option<&'static str> {
    match (input, reason) {
        (Input::Number, Reason::Shape { .. }) => Some("fault-number"),
        (Input::Day, Reason::Shape { .. }) | (Input::LastDay, Reason::Instant) => Some("fault-day"),
        (Input::States, Reason::Shape { .. }) => Some("fault-states-missing"),
        (Input::Json, Reason::Shape { .. } | Reason::Missing) => Some("fault-json"),
        _ => None,
    }
}

/// Why a value is refused, as a sentence.
pub fn sentence(reason: &Reason, words: Words) -> String {
    let arguments = reason.arguments();
    let variables: Vec<_> = arguments
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    words.with(&format!("fault-{}", reason.code()), &variables)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PointKind;
    use crate::web::format::Locale;

    fn fault(pointer: &str, reason: Reason) -> FieldFault {
        FieldFault {
            wish: 0,
            pointer: pointer.to_owned(),
            reason,
        }
    }

    #[test]
    fn a_fault_stands_beside_its_field_and_the_others_at_the_head() {
        let entries = [Entry::needed("unit", Input::Text)];
        let faults = [
            fault("/points/3/unit", Reason::Empty),
            fault("/points/3/elsewhere", Reason::Missing),
            fault("", Reason::LastAdmin),
        ];
        let wrong = Wrong::of(&faults, "/points/3", &entries, Words::of(Locale::English));
        assert_eq!(wrong.by_field["unit"], "Write something here.");
        assert_eq!(wrong.others.len(), 2);
    }

    #[test]
    fn what_cannot_be_read_is_told_without_the_words_of_a_parser() {
        let entries = [Entry::new("latitude", Input::Number)];
        let detail = "invalid type: string".to_owned();
        let faults = [fault("/latitude", Reason::Shape { detail })];
        let wrong = Wrong::of(&faults, "", &entries, Words::of(Locale::French));
        assert!(wrong.by_field["latitude"].starts_with("Écrivez un nombre"));
    }

    fn every_reason() -> Vec<Reason> {
        let text = || "x".to_owned();
        let (noun, key) = (|| "site".to_owned(), text);
        vec![
            Reason::Missing,
            Reason::Empty,
            Reason::TooLong { most: 200 },
            Reason::TooMany { most: 200 },
            Reason::Invisible,
            Reason::Shape { detail: text() },
            Reason::NotOneOf {
                word: text(),
                allowed: text(),
            },
            Reason::Key,
            Reason::Taken {
                noun: noun(),
                key: key(),
            },
            Reason::Unknown {
                noun: noun(),
                key: key(),
            },
            Reason::Circle {
                noun: noun(),
                way: text(),
            },
            Reason::TimeZone {
                zone: text(),
                hint: text(),
            },
            Reason::Unit {
                unit: text(),
                hint: text(),
                allowed: text(),
            },
            Reason::Picture,
            Reason::Colour,
            Reason::Contrast { ratio: text() },
            Reason::Email,
            Reason::Degrees { most: 90 },
            Reason::HalfPosition,
            Reason::Range { least: 0, most: 9 },
            Reason::Limits,
            Reason::UnitOf(PointKind::State),
            Reason::StatesMissing,
            Reason::StatesOfOther,
            Reason::StateTwice { word: text() },
            Reason::OfType { kind: text() },
            Reason::SecretByReference,
            Reason::ServerFile,
            Reason::SecretAgain,
            Reason::SecretAbsent,
            Reason::Config {
                message: "not an address".to_owned(),
            },
            Reason::TooShort { least: 10 },
            Reason::LastAdmin,
            Reason::AdminsOnly,
            Reason::Network,
            Reason::LocksOut { address: text() },
            Reason::Beyond,
            Reason::RangeOfOther,
            Reason::ReadOnly,
            Reason::Unconfirmed,
            Reason::Command { message: text() },
            Reason::Instant,
            Reason::Past,
        ]
    }

    #[test]
    fn every_reason_is_a_sentence_in_both_languages() {
        for reason in every_reason() {
            for locale in [Locale::English, Locale::French] {
                let said = sentence(&reason, Words::of(locale));
                let whole = !said.contains("fault-") && !said.contains('$');
                assert!(whole && said.contains(' '), "{reason:?}: {said}");
            }
        }
    }
}
