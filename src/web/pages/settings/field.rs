//! The fields of a form: how each is shown, and how what was typed becomes the JSON of a wish.
//!
//! A form is data: the same code shows and reads every one. What was typed is kept as it was typed,
//! so that a refused form comes back whole.

use crate::web::words::Words;
use serde_json::{Map, Number, Value, json};
use std::collections::HashMap;

/// One field of a form.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name in the wish, and its part of messages (`field-name`).
    pub name: &'static str,
    /// How it is typed.
    pub input: Input,
    /// Whether it cannot be left out.
    pub needed: bool,
}

/// How a value is typed.
#[derive(Debug, Clone)]
pub enum Input {
    /// One line.
    Text,
    /// Several lines.
    Lines,
    /// A number; a comma will do for the point.
    Number,
    /// Yes or no.
    Check,
    /// A text that is never shown.
    Secret,
    /// One of these: value and what people read.
    Choice(Vec<(String, String)>),
    /// One of these things, by id.
    Thing(Vec<(i64, String)>),
    /// `0 = FREE`, a line each.
    States,
    /// Words with commas between.
    Words,
    /// The shape of a protocol, as JSON.
    Json,
}

impl Field {
    /// A field that may be left out.
    pub const fn new(name: &'static str, input: Input) -> Self {
        Self {
            name,
            input,
            needed: false,
        }
    }

    /// A field that cannot be left out.
    pub const fn needed(name: &'static str, input: Input) -> Self {
        Self {
            name,
            input,
            needed: true,
        }
    }

    /// What is typed for a value that is there.
    fn written(&self, value: &Value) -> String {
        match (&self.input, value) {
            (_, Value::Null) | (Input::Secret, _) => String::new(),
            (Input::States, Value::Object(states)) => lines(states),
            (Input::Words, Value::Array(words)) => {
                let words = words.iter().filter_map(Value::as_str);
                words.collect::<Vec<_>>().join(", ")
            }
            (Input::Json, value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        }
    }

    /// What was typed, as a value; `null` takes away. What cannot be read stays a text, which the
    /// rules of the wish refuse by its name.
    fn read(&self, typed: Option<&str>) -> Value {
        let text = typed.unwrap_or_default();
        let trimmed = text.trim();
        match &self.input {
            Input::Check => json!(typed.is_some()),
            Input::States => states(text),
            Input::Words => json!(
                trimmed
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty())
                    .collect::<Vec<_>>()
            ),
            _ if trimmed.is_empty() && self.needed => match self.input {
                Input::Thing(_) => Value::Null,
                _ => json!(""),
            },
            _ if trimmed.is_empty() => Value::Null,
            Input::Number | Input::Thing(_) => number(trimmed),
            Input::Json => serde_json::from_str(trimmed).unwrap_or_else(|_| json!(trimmed)),
            Input::Lines | Input::Secret => json!(text),
            Input::Text | Input::Choice(_) => json!(trimmed),
        }
    }
}

fn lines(states: &Map<String, Value>) -> String {
    let line =
        |(code, word): (&String, &Value)| format!("{code} = {}", word.as_str().unwrap_or_default());
    let mut lines: Vec<_> = states.iter().collect();
    lines.sort_by_key(|(code, _)| code.parse::<i64>().unwrap_or(i64::MAX));
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// `{"0": "FREE"}`; the text itself where a line has no code.
fn states(text: &str) -> Value {
    let pairs = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (code, word) = line.split_once('=')?;
            Some((code.trim().to_owned(), json!(word.trim())))
        });
    let read: Option<Map<_, _>> = pairs.collect();
    read.map_or_else(|| json!(text), Value::Object)
}

/// Whole numbers stay whole: ids and counts have no fraction.
fn number(text: &str) -> Value {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{202f}' | '\u{a0}'))
        .map(|c| match c {
            ',' => '.',
            '−' => '-',
            other => other,
        })
        .collect();
    let whole = plain.parse::<i64>().ok().map(Number::from);
    let fraction = || plain.parse().ok().and_then(Number::from_f64);
    whole
        .or_else(fraction)
        .map_or_else(|| json!(text), Value::Number)
}

/// What somebody typed into a form, by field.
#[derive(Debug, Clone, Default)]
pub struct Typed(HashMap<String, String>);

impl Typed {
    /// As a form sends it; of a name that comes twice the last.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// What was typed into a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The form of a thing as it is.
    pub fn as_it_is(fields: &[Field], wish: &Value) -> Self {
        let written = fields.iter().filter_map(|field| {
            let value = wish.get(field.name).unwrap_or(&Value::Null);
            match (&field.input, value) {
                (Input::Check, Value::Bool(true)) => Some((field.name.to_owned(), "on".to_owned())),
                (Input::Check, _) => None,
                _ => Some((field.name.to_owned(), field.written(value))),
            }
        });
        Self(written.collect())
    }

    /// The wish that says this.
    pub fn wish(&self, fields: &[Field]) -> Value {
        let read = |field: &Field| (field.name.to_owned(), field.read(self.get(field.name)));
        Value::Object(fields.iter().map(read).collect())
    }
}

/// A field as the page shows it.
#[derive(Debug, Clone)]
pub struct FieldView {
    /// Its name in the form; its id too.
    pub name: &'static str,
    /// What people call it.
    pub label: String,
    /// What helps to fill it in; may be empty.
    pub hint: String,
    /// What is wrong with it; empty when nothing is.
    pub error: String,
    /// `text`, `lines`, `number`, `check`, `secret` or `choice`.
    pub shape: &'static str,
    /// What was typed.
    pub value: String,
    /// What to choose from.
    pub options: Vec<OptionView>,
    /// Whether it cannot be left out.
    pub needed: bool,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionView {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub current: bool,
}

impl FieldView {
    /// The field with what was typed and what is wrong with it.
    pub fn of(field: &Field, typed: &Typed, error: Option<&String>, words: Words) -> Self {
        let value = typed.get(field.name).unwrap_or_default().to_owned();
        Self {
            name: field.name,
            label: words.get(&format!("field-{}", field.name)),
            hint: words
                .find(&format!("field-{}-hint", field.name))
                .unwrap_or_default(),
            error: error.cloned().unwrap_or_default(),
            shape: match field.input {
                Input::Text | Input::Words => "text",
                Input::Lines => "lines",
                Input::States | Input::Json => "code",
                Input::Number => "number",
                Input::Check => "check",
                Input::Secret => "secret",
                Input::Choice(_) | Input::Thing(_) => "choice",
            },
            options: options(&field.input, &value, field.needed),
            needed: field.needed,
            value,
        }
    }

    /// Whether a tick is set.
    pub fn is_ticked(&self) -> bool {
        !self.value.is_empty()
    }
}

fn options(input: &Input, chosen: &str, needed: bool) -> Vec<OptionView> {
    let option = |value: String, label: &str| OptionView {
        current: value == chosen,
        label: label.to_owned(),
        value,
    };
    let mut all: Vec<_> = match input {
        Input::Choice(list) => list
            .iter()
            .map(|(value, label)| option(value.clone(), label))
            .collect(),
        Input::Thing(list) => list
            .iter()
            .map(|(id, label)| option(id.to_string(), label))
            .collect(),
        _ => return Vec::new(),
    };
    if !needed || chosen.is_empty() {
        all.insert(0, option(String::new(), "—"));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> Vec<Field> {
        vec![
            Field::needed("name", Input::Text),
            Field::new("note", Input::Lines),
            Field::new("latitude", Input::Number),
            Field::new("bookable", Input::Check),
            Field::new("states", Input::States),
            Field::needed("site", Input::Thing(vec![(7, "Hall".to_owned())])),
        ]
    }

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        let pairs = pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()));
        Typed::of(pairs.collect())
    }

    #[test]
    fn what_is_typed_becomes_the_wish() {
        let form = typed(&[
            ("name", " Hall "),
            ("latitude", "−47,21"),
            ("bookable", "on"),
            ("states", "0 = FREE\n1=OCCUPIED"),
            ("site", "7"),
        ]);
        let wish = form.wish(&fields());
        assert_eq!(
            wish,
            json!({ "name": "Hall", "note": null, "latitude": -47.21, "bookable": true,
                "states": { "0": "FREE", "1": "OCCUPIED" }, "site": 7 })
        );
    }

    #[test]
    fn what_cannot_be_read_stays_what_was_typed() {
        let form = typed(&[("name", ""), ("latitude", "north"), ("states", "FREE")]);
        let wish = form.wish(&fields());
        assert_eq!(wish["latitude"], json!("north"));
        assert_eq!(wish["states"], json!("FREE"));
        assert_eq!(wish["name"], json!(""));
    }

    #[test]
    fn a_form_filled_with_what_is_there_says_the_same_again() {
        let wish = json!({ "name": "Hall", "note": "a\nb", "latitude": 1.5, "bookable": false,
            "states": { "0": "FREE", "10": "BUSY", "2": "HELD" }, "site": 7 });
        assert_eq!(Typed::as_it_is(&fields(), &wish).wish(&fields()), wish);
    }
}
