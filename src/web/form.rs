//! Parts of forms: a field keeps what was typed and says what is wrong with it.

use super::words::Words;

/// One line to fill in.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What the form sends it as; also its id.
    pub name: &'static str,
    /// What people read above it.
    pub label: String,
    /// What helps to fill it in; may be empty.
    pub hint: String,
    /// What it holds.
    pub value: String,
    /// Why it was refused.
    pub fault: Option<String>,
}

impl Field {
    /// An empty field with the label `key`.
    pub fn new(name: &'static str, key: &str, words: Words) -> Self {
        Self {
            name,
            label: words.get(key),
            ..Self::default()
        }
    }

    /// With words that help.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: hint.into(),
            ..self
        }
    }

    /// With what it holds.
    #[must_use]
    pub fn value(self, value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            ..self
        }
    }

    /// With the reason it was refused, if it was.
    #[must_use]
    pub fn fault(self, fault: Option<String>) -> Self {
        Self { fault, ..self }
    }

    /// The ids of what describes it, for assistive technology.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let fault = self.fault.is_some().then(|| format!("{}-fault", self.name));
        let ids: Vec<_> = hint.into_iter().chain(fault).collect();
        ids.join(" ")
    }
}

/// One of the values of a [`Pick`].
#[derive(Debug, Clone)]
pub struct PickOption {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// A field with a list of values.
#[derive(Debug, Clone)]
pub struct Pick {
    /// Name, label, hint and fault.
    pub field: Field,
    /// What to choose from.
    pub options: Vec<PickOption>,
}

impl Pick {
    /// A list of (value, label); the field's value is the present one.
    pub fn of(field: Field, options: impl IntoIterator<Item = (String, String)>) -> Self {
        let options = options.into_iter().map(|(value, label)| PickOption {
            current: value == field.value,
            value,
            label,
        });
        Self {
            options: options.collect(),
            field,
        }
    }
}
