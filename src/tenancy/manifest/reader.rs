//! Reads TOML with a place for every value, and collects faults instead of stopping at the first.
//!
//! A [`TableReader`] knows which keys it was asked for; what is left when it is
//! finished is unknown, and those it was asked for are what is allowed.

use super::source::{Fault, Place, Source, did_you_mean};
use std::cell::RefCell;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Faults found so far in one file.
pub(super) struct Found {
    source: Arc<Source>,
    faults: RefCell<Vec<Fault>>,
}

impl Found {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            faults: RefCell::default(),
        }
    }

    pub(super) fn push(&self, fault: Fault) {
        self.faults.borrow_mut().push(fault);
    }

    /// In the order of the file.
    pub(super) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by_key(|fault| (fault.line, fault.column));
        faults.dedup();
        faults
    }

    pub(super) fn place(&self, at: usize) -> Place {
        Place {
            source: self.source.clone(),
            at,
        }
    }
}

/// A text and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
    pub(super) path: String,
}

impl Word {
    pub(super) fn fault(&self, message: impl Into<String>) -> Fault {
        self.place.fault(&self.path, message)
    }
}

/// One value.
#[derive(Clone)]
pub(super) struct Node<'a> {
    found: &'a Found,
    pub(super) path: String,
    value: &'a Spanned<DeValue<'a>>,
}

impl<'a> Node<'a> {
    pub(super) fn place(&self) -> Place {
        self.found.place(self.value.span().start)
    }

    pub(super) fn fault(&self, message: impl Into<String>) {
        self.found.push(self.place().fault(&self.path, message));
    }

    pub(super) fn raw(&self) -> &'a DeValue<'a> {
        self.value.get_ref()
    }

    pub(super) fn text(&self) -> Option<Word> {
        let DeValue::String(text) = self.raw() else {
            return self.wanted("a text in quotes");
        };
        Some(Word {
            text: text.clone().into_owned(),
            place: self.place(),
            path: self.path.clone(),
        })
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.raw() {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wanted("true or false"),
        }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        let value = match self.raw() {
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix()).ok(),
            _ => None,
        };
        value.or_else(|| self.wanted("a whole number"))
    }

    /// A number; infinities are, NaN is not.
    pub(super) fn number(&self) -> Option<f64> {
        let value = match self.raw() {
            DeValue::Float(digits) => digits.as_str().parse().ok(),
            DeValue::Integer(digits) => i64::from_str_radix(digits.as_str(), digits.radix())
                .ok()
                .map(|whole| whole as f64),
            _ => None,
        };
        value
            .filter(|number: &f64| !number.is_nan())
            .or_else(|| self.wanted("a number"))
    }

    pub(super) fn items(&self) -> Option<Vec<Self>> {
        let DeValue::Array(array) = self.raw() else {
            return self.wanted("a list in [brackets]");
        };
        let item = |(index, value)| Self {
            found: self.found,
            path: format!("{}[{index}]", self.path),
            value,
        };
        Some(array.iter().enumerate().map(item).collect())
    }

    pub(super) fn table(&self) -> Option<TableReader<'a>> {
        let DeValue::Table(table) = self.raw() else {
            return self.wanted("a table { … }");
        };
        Some(TableReader {
            found: self.found,
            path: self.path.clone(),
            at: self.value.span().start,
            table,
            asked: RefCell::default(),
        })
    }

    fn wanted<T>(&self, what: &str) -> Option<T> {
        self.fault(format!("wants {what}, not {}", kind_of(self.raw())));
        None
    }
}

/// One table, asked key by key.
pub(super) struct TableReader<'a> {
    found: &'a Found,
    pub(super) path: String,
    at: usize,
    table: &'a DeTable<'a>,
    asked: RefCell<Vec<&'static str>>,
}

impl<'a> TableReader<'a> {
    pub(super) fn root(found: &'a Found, table: &'a DeTable<'a>) -> Self {
        Self {
            found,
            path: String::new(),
            at: 0,
            table,
            asked: RefCell::default(),
        }
    }

    pub(super) fn place(&self) -> Place {
        self.found.place(self.at)
    }

    pub(super) fn fault(&self, message: impl Into<String>) {
        self.found.push(self.place().fault(&self.path, message));
    }

    pub(super) fn get(&self, key: &'static str) -> Option<Node<'a>> {
        self.asked.borrow_mut().push(key);
        self.table.get(key).map(|value| self.node(key, value))
    }

    /// A text that must be there and not be blank.
    pub(super) fn required(&self, key: &'static str) -> Option<Word> {
        let Some(node) = self.get(key) else {
            self.fault(format!("`{key}` is missing"));
            return None;
        };
        let word = node.text()?;
        if word.text.trim().is_empty() {
            self.found.push(word.fault("must not be empty"));
            return None;
        }
        Some(word)
    }

    /// A text that may be absent.
    pub(super) fn optional(&self, key: &'static str) -> Option<Word> {
        self.get(key)?.text()
    }

    /// The tables of a `[[key]]`, none when it is absent.
    pub(super) fn tables(&self, key: &'static str) -> Vec<TableReader<'a>> {
        let items = self.get(key).and_then(|node| node.items());
        items
            .unwrap_or_default()
            .iter()
            .filter_map(Node::table)
            .collect()
    }

    /// All entries with their keys as words, in the order of the file.
    pub(super) fn entries(&self) -> Vec<(Word, Node<'a>)> {
        let entry = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'a>>)| {
            let name: &std::borrow::Cow<'_, str> = key.get_ref();
            let node = self.node(name, value);
            let word = Word {
                text: name.clone().into_owned(),
                place: self.found.place(key.span().start),
                path: node.path.clone(),
            };
            (word, node)
        };
        self.table.iter().map(entry).collect()
    }

    /// Refuses every key that was not asked for.
    pub(super) fn finish(self) {
        let asked = self.asked.borrow();
        for (word, _) in self.entries() {
            if !asked.contains(&word.text.as_str()) {
                let hint = did_you_mean(&word.text, asked.iter().copied());
                let allowed = asked.join(", ");
                self.found
                    .push(word.fault(format!("unknown key{hint} (allowed: {allowed})")));
            }
        }
    }

    fn node(&self, key: &str, value: &'a Spanned<DeValue<'a>>) -> Node<'a> {
        let path = if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        };
        Node {
            found: self.found,
            path,
            value,
        }
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
