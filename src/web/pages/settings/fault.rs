//! What is wrong with a form, in the language of its reader, beside the fields it is about.

use super::field::Field;
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
    /// Sorts faults to the fields of a form; `below` is where the form's thing lies in the wish.
    pub fn of(faults: &[FieldFault], below: &str, fields: &[Field], words: Words) -> Self {
        let mut wrong = Self::default();
        for fault in faults {
            let pointer = fault.pointer.strip_prefix(below).unwrap_or(&fault.pointer);
            let name = pointer.trim_start_matches('/').split('/').next();
            let name = name.unwrap_or_default();
            let sentence = sentence(&fault.reason, words);
            if fields.iter().any(|field| field.name == name) {
                let known = wrong.by_field.entry(name.to_owned()).or_default();
                if !known.is_empty() {
                    known.push(' ');
                }
                known.push_str(&sentence);
            } else if name.is_empty() {
                wrong.others.push(sentence);
            } else {
                wrong.others.push(format!("{name}: {sentence}"));
            }
        }
        wrong
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
    use super::super::field::Input;
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
        let fields = [Field::needed("unit", Input::Text)];
        let faults = [
            fault("/points/3/unit", Reason::Empty),
            fault("/points/3/elsewhere", Reason::Missing),
            fault("", Reason::LastAdmin),
        ];
        let wrong = Wrong::of(&faults, "/points/3", &fields, Words(Locale::English));
        assert_eq!(wrong.by_field["unit"], "Write something here.");
        assert_eq!(wrong.others.len(), 2);
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
            Reason::Network,
            Reason::LocksOut { address: text() },
            Reason::Beyond,
            Reason::Instant,
            Reason::Past,
        ]
    }

    #[test]
    fn every_reason_is_a_sentence_in_both_languages() {
        for reason in every_reason() {
            for locale in [Locale::English, Locale::French] {
                let said = sentence(&reason, Words(locale));
                let whole = !said.contains("fault-") && !said.contains('$');
                assert!(whole && said.contains(' '), "{reason:?}: {said}");
            }
        }
    }
}
