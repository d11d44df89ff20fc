//! The fields of a thing before and after a change; only those that differ are kept.
//!
//! Invariant: a secret never gets in. `secrecy`'s types do not serialise, so that
//! [`Fields::of`] does not take them; and what is called like a secret is covered all the same.

use serde::Serialize;
use serde_json::{Map, Value};

/// What stands for a secret: that there is one, never which.
pub const COVERED: &str = "•••";
/// A longer text is cut.
const LONGEST_TEXT: usize = 2_000;
/// Parts of names whose texts are covered.
const SECRET_NAMES: [&str; 7] = [
    "password",
    "passphrase",
    "secret",
    "token",
    "_hash",
    "private_key",
    "api_key",
];

/// Values by field.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Those of a thing that serialises as an object; of anything else there are none.
    pub fn of(thing: &impl Serialize) -> Self {
        match serde_json::to_value(thing) {
            Ok(Value::Object(fields)) => fields
                .into_iter()
                .fold(Self::new(), |fields, (name, value)| {
                    fields.with(&name, value)
                }),
            _ => Self::new(),
        }
    }

    /// With one more; a null is no value.
    #[must_use]
    pub fn with(mut self, field: &str, value: impl Into<Value>) -> Self {
        let value = covered(field, value.into());
        if !value.is_null() {
            self.0.insert(field.to_owned(), value);
        }
        self
    }

    /// With a secret that was set: that it was, never what it is.
    #[must_use]
    pub fn secret(self, field: &str) -> Self {
        self.with(field, COVERED)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Without what is the same in both.
    pub(super) fn differences(mut before: Self, mut after: Self) -> (Self, Self) {
        before.0.retain(|field, value| {
            let same = after.0.get(field) == Some(value);
            if same {
                after.0.remove(field);
            }
            !same
        });
        (before, after)
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

fn covered(name: &str, value: Value) -> Value {
    let lower = name.to_lowercase();
    let is_secret = SECRET_NAMES.iter().any(|part| lower.contains(part));
    match value {
        Value::String(_) | Value::Number(_) | Value::Array(_) if is_secret => COVERED.into(),
        Value::String(text) if text.chars().count() > LONGEST_TEXT => {
            let cut: String = text.chars().take(LONGEST_TEXT).collect();
            format!("{cut}…").into()
        }
        Value::Object(fields) => fields
            .into_iter()
            .map(|(inner, value)| {
                let value = covered(if is_secret { name } else { &inner }, value);
                (inner, value)
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(values) => values
            .into_iter()
            .map(|value| covered(name, value))
            .collect::<Vec<_>>()
            .into(),
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_called_like_a_secret_is_covered_at_any_depth() {
        let fields = Fields::of(&json!({
            "name": "Field",
            "must_change_password": true,
            "config": { "broker": "mqtt://x", "password": "hunter2", "tls": { "client_secret": { "a": "hunter3" } } },
            "steps": [{ "token": "hunter4" }],
        }));
        let text = fields.into_value().to_string();
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("mqtt://x") && text.contains("\"must_change_password\":true"));
    }

    #[test]
    fn only_what_differs_is_kept() {
        let before = Fields::new().with("name", "A").with("zone", "UTC");
        let after = Fields::new()
            .with("name", "B")
            .with("zone", "UTC")
            .with("order", 2);
        let (before, after) = Fields::differences(before, after);
        assert_eq!(before, Fields::new().with("name", "A"));
        assert_eq!(after, Fields::new().with("name", "B").with("order", 2));
    }
}
