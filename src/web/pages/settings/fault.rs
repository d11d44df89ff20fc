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
}
