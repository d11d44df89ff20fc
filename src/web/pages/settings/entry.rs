//! The entries of a form: how each is filled in, and how what was typed becomes the JSON of a wish.
//!
//! A form is data: the same code shows and reads every one.

use super::typed::Typed;
use crate::store::tenant::FieldRow;
use crate::web::form::{Field, Shape};
use crate::web::value::label;
use crate::web::words::Words;
use serde_json::{Map, Number, Value, json};
use std::borrow::Cow;

/// Under this, names in a form and pointers in a wish lead to values of custom fields.
const CUSTOM: &str = "custom";

/// One entry of a form.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its name in the wish, and its part of messages (`field-name`); `custom.key` for a custom field.
    pub name: Cow<'static, str>,
    /// How it is typed.
    pub input: Input,
    /// Whether it cannot be left out.
    pub needed: bool,
    /// What people call it, where they named it themselves.
    label: Option<String>,
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
    /// A day of the calendar.
    Day,
    /// The last day of something that ends with it, by UTC.
    LastDay,
    /// Yes or no.
    Check,
    /// One of these: value and what people read.
    Choice(Vec<(String, String)>),
    /// Any of these.
    Several(Vec<(String, String)>),
    /// `0 = FREE`, a line each.
    States,
    /// Words with commas between.
    Words,
    /// Texts, a line each.
    Rows,
    /// The shape of a protocol, as JSON.
    Json,
}

impl Entry {
    /// An entry that may be left out.
    pub const fn new(name: &'static str, input: Input) -> Self {
        Self {
            name: Cow::Borrowed(name),
            input,
            needed: false,
            label: None,
        }
    }

    /// An entry that cannot be left out.
    pub const fn needed(name: &'static str, input: Input) -> Self {
        Self {
            name: Cow::Borrowed(name),
            input,
            needed: true,
            label: None,
        }
    }

    /// The entry of a custom field.
    pub fn custom(row: &FieldRow, words: Words) -> Self {
        use crate::domain::FieldKind;
        let field = &row.field;
        let options = || {
            let options: Vec<String> = serde_json::from_str(&field.options).unwrap_or_default();
            let pairs = options.into_iter().map(|word| (word.clone(), word));
            pairs.collect::<Vec<_>>()
        };
        let answer = |value: &str, key| (value.to_owned(), words.get(key));
        Self {
            name: Cow::Owned(format!("{CUSTOM}.{}", field.key)),
            label: Some(label(&field.name, field.name_fr.as_deref(), words.0)),
            needed: field.required,
            input: match field.kind {
                FieldKind::Text => Input::Text,
                FieldKind::LongText => Input::Lines,
                FieldKind::Number => Input::Number,
                FieldKind::Date => Input::Day,
                FieldKind::Boolean => {
                    Input::Choice(vec![answer("true", "yes"), answer("false", "no")])
                }
                FieldKind::Select => Input::Choice(options()),
                FieldKind::MultiSelect => Input::Several(options()),
            },
        }
    }

    /// The key of the custom field, if it is one.
    fn custom_key(&self) -> Option<&str> {
        self.name.strip_prefix(CUSTOM)?.strip_prefix('.')
    }

    /// Where its value stands in a wish.
    pub fn pointer(&self) -> String {
        match self.custom_key() {
            Some(key) => format!("/{CUSTOM}/{}", key.replace('~', "~0").replace('/', "~1")),
            None => format!("/{}", self.name),
        }
    }

    /// What people call it.
    pub fn label(&self, words: Words) -> String {
        let usual = || words.get(&format!("field-{}", self.name));
        self.label.clone().unwrap_or_else(usual)
    }

    /// Puts what was typed into the wish.
    pub fn put(&self, typed: &Typed, wish: &mut Map<String, Value>) {
        let value = self.read(typed);
        let Some(key) = self.custom_key() else {
            wish.insert(self.name.clone().into_owned(), value);
            return;
        };
        let custom = wish.entry(CUSTOM).or_insert_with(|| json!({}));
        if let Value::Object(custom) = custom {
            custom.insert(key.to_owned(), value);
        }
    }

    /// What is typed for a value that is there: one text, or one for each thing that is ticked.
    pub fn written(&self, value: &Value) -> Vec<String> {
        let strings = |list: &[Value]| -> Vec<String> {
            let texts = list.iter().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let one = match (&self.input, value) {
            (Input::Check, Value::Bool(true)) => "on".to_owned(),
            (Input::Check, _) => return Vec::new(),
            (_, Value::Null) => String::new(),
            (Input::States, Value::Object(states)) => lines(states),
            (Input::Several(_), Value::Array(list)) => return strings(list),
            (Input::Words, Value::Array(list)) => strings(list).join(", "),
            (Input::Rows, Value::Array(list)) => strings(list).join("\n"),
            (Input::Json, value) => serde_json::to_string_pretty(value).unwrap_or_default(),
            (_, Value::String(text)) => text.clone(),
            (_, other) => other.to_string(),
        };
        vec![one]
    }

    /// What was typed, as a value; `null` takes away. What cannot be read stays a text, which the
    /// rules of the wish refuse by its name.
    fn read(&self, typed: &Typed) -> Value {
        let given = typed.get(&self.name);
        let text = given.unwrap_or_default();
        let trimmed = text.trim();
        match &self.input {
            Input::Check => json!(given.is_some()),
            Input::States => states(text),
            Input::Several(_) => json!(typed.all(&self.name)),
            Input::Words => json!(texts(trimmed.split(','))),
            Input::Rows => json!(texts(trimmed.lines())),
            _ if trimmed.is_empty() && self.needed => json!(""),
            _ if trimmed.is_empty() => Value::Null,
            Input::Number => number(trimmed),
            Input::Json => serde_json::from_str(trimmed).unwrap_or_else(|_| json!(trimmed)),
            Input::LastDay => json!(end_of(trimmed).unwrap_or_else(|| trimmed.to_owned())),
            Input::Lines => json!(text),
            Input::Text | Input::Day | Input::Choice(_) => json!(trimmed),
        }
    }

    /// The field a page shows, with what was typed and what is wrong with it. `place` tells it
    /// from the others of its form.
    pub fn field(
        &self,
        place: usize,
        typed: &Typed,
        fault: Option<&String>,
        words: Words,
    ) -> Field {
        let custom = self.custom_key().is_some();
        let id = custom.then(|| Cow::Owned(format!("{CUSTOM}-{place}")));
        let hint = words.find(&format!("field-{}-hint", self.name));
        let may_be_empty = self.needed || matches!(self.input, Input::Check);
        let field = Field {
            id: id.unwrap_or_else(|| self.name.clone()),
            name: self.name.clone(),
            label: self.label(words),
            optional: if may_be_empty {
                String::new()
            } else {
                words.get("field-optional")
            },
            hint: hint.filter(|_| !custom).unwrap_or_default(),
            value: typed.get(&self.name).unwrap_or_default().to_owned(),
            fault: fault.cloned(),
            shape: self.input.shape(),
            options: Vec::new(),
        };
        match &self.input {
            Input::Choice(list) => {
                let list = self.with_present(list, &field.value);
                field.choices(list)
            }
            Input::Several(list) => {
                let list = list.iter().cloned();
                field.several(list, typed.all(&self.name))
            }
            _ => field,
        }
    }

    /// What to choose from, never without what is chosen now: a list that is cut short or was
    /// changed meanwhile must not choose something else in silence.
    fn with_present(&self, list: &[(String, String)], present: &str) -> Vec<(String, String)> {
        let mut all = list.to_vec();
        if !present.is_empty() && !list.iter().any(|(value, _)| value == present) {
            all.insert(0, (present.to_owned(), present.to_owned()));
        }
        if !self.needed || present.is_empty() {
            all.insert(0, (String::new(), "—".to_owned()));
        }
        all
    }
}

impl Input {
    const fn shape(&self) -> Shape {
        match self {
            Self::Text | Self::Words => Shape::Line,
            Self::Lines | Self::Rows => Shape::Lines,
            Self::States => Shape::Code,
            Self::Json => Shape::Config,
            Self::Number => Shape::Number,
            Self::Day | Self::LastDay => Shape::Day,
            Self::Check => Shape::Check,
            Self::Choice(_) => Shape::Choice,
            Self::Several(_) => Shape::Several,
        }
    }
}

fn texts<'a>(parts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
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

/// The instant at which a day is over.
fn end_of(day: &str) -> Option<String> {
    let day: jiff::civil::Date = day.parse().ok()?;
    let next = day.tomorrow().ok()?;
    let at = next.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(at.timestamp().to_string())
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

#[cfg(test)]
#[path = "entry_tests.rs"]
mod tests;
