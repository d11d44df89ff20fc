//! Parts of forms: a field keeps what was typed and says what is wrong with it.
//!
//! The one kit of all forms: a page makes [`Field`]s, `templates/partials/fields.html` shows them.

use super::words::Words;
use std::borrow::Cow;

/// How a field is filled in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shape {
    /// One line of text.
    #[default]
    Line,
    /// Several lines.
    Lines,
    /// Several lines for machines.
    Code,
    /// Many lines for machines.
    Config,
    /// A number; a comma will do for the point.
    Number,
    /// A day of the calendar.
    Day,
    /// One of a list.
    Choice,
    /// Any of a list.
    Several,
    /// Yes or no.
    Check,
}

impl Shape {
    /// What templates ask for.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Lines => "lines",
            Self::Code => "code",
            Self::Config => "config",
            Self::Number => "number",
            Self::Day => "date",
            Self::Choice => "choice",
            Self::Several => "several",
            Self::Check => "check",
        }
    }
}

/// One field to fill in.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// What the form sends it as.
    pub name: Cow<'static, str>,
    /// Its id on the page: the name, unless that may hold anything.
    pub id: Cow<'static, str>,
    /// What people read above it.
    pub label: String,
    /// Says that it may be left out; empty where it may not or nobody would ask.
    pub optional: String,
    /// What helps to fill it in; may be empty.
    pub hint: String,
    /// What it holds.
    pub value: String,
    /// Why it was refused.
    pub fault: Option<String>,
    /// How it is filled in.
    pub shape: Shape,
    /// What to choose from.
    pub options: Vec<Choice>,
}

/// One entry of a list to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    /// What people read.
    pub label: String,
    /// Whether it is chosen.
    pub current: bool,
}

impl Field {
    /// An empty line with the label `key`.
    pub fn new(name: &'static str, key: &str, words: Words) -> Self {
        Self {
            name: Cow::Borrowed(name),
            id: Cow::Borrowed(name),
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

    /// A list of (value, label); the field's value is the chosen one.
    #[must_use]
    pub fn choices(self, list: impl IntoIterator<Item = (String, String)>) -> Self {
        let chosen = [self.value.clone()];
        self.listing(Shape::Choice, list, &chosen)
    }

    /// A list of (value, label) of which any may be chosen.
    #[must_use]
    pub fn several(
        self,
        list: impl IntoIterator<Item = (String, String)>,
        chosen: &[String],
    ) -> Self {
        self.listing(Shape::Several, list, chosen)
    }

    /// Yes or no.
    #[must_use]
    pub fn check(self, ticked: bool) -> Self {
        let value = if ticked { "on" } else { "" };
        Self {
            shape: Shape::Check,
            ..self.value(value)
        }
    }

    fn listing(
        self,
        shape: Shape,
        list: impl IntoIterator<Item = (String, String)>,
        chosen: &[String],
    ) -> Self {
        let options = list.into_iter().map(|(value, label)| Choice {
            current: chosen.contains(&value),
            value,
            label,
        });
        Self {
            options: options.collect(),
            shape,
            ..self
        }
    }

    /// Whether a tick is set.
    pub fn is_ticked(&self) -> bool {
        !self.value.is_empty()
    }

    /// The ids of what describes it, for assistive technology.
    pub fn described_by(&self) -> String {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let fault = self.fault.is_some().then(|| format!("{}-fault", self.id));
        let ids: Vec<_> = hint.into_iter().chain(fault).collect();
        ids.join(" ")
    }
}
