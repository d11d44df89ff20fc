//! What somebody typed into a form, kept as it was typed so that a refused form comes back whole.

use super::entry::Entry;
use serde_json::{Map, Value};
use std::collections::HashMap;

/// What was typed, by name of the field; several texts where several boxes are ticked.
#[derive(Debug, Clone, Default)]
pub struct Typed(HashMap<String, Vec<String>>);

impl Typed {
    /// As a form sends it.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let mut typed: HashMap<String, Vec<String>> = HashMap::new();
        for (name, text) in pairs {
            typed.entry(name).or_default().push(text);
        }
        Self(typed)
    }

    /// What was typed into a field; of a name that comes twice the last.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).last().map(String::as_str)
    }

    /// Everything that was sent under a name.
    pub fn all(&self, name: &str) -> &[String] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The form of a thing as it is.
    pub fn as_it_is(entries: &[Entry], wish: &Value) -> Self {
        let written = |entry: &Entry| {
            let value = wish.pointer(&entry.pointer()).unwrap_or(&Value::Null);
            (entry.name.clone().into_owned(), entry.written(value))
        };
        Self(entries.iter().map(written).collect())
    }

    /// The wish that says this.
    pub fn wish(&self, entries: &[Entry]) -> Value {
        let mut wish = Map::new();
        for entry in entries {
            entry.put(self, &mut wish);
        }
        Value::Object(wish)
    }
}
