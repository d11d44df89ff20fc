//! What the values of a custom field are.

use super::kind::UnknownWord;
use serde::{Deserialize, Serialize};

/// What the values of a custom field are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line.
    #[default]
    Text,
    /// A number.
    Number,
    /// A calendar day.
    Date,
    /// Yes or no.
    Boolean,
    /// One of a few words.
    Select,
    /// Some of a few words.
    MultiSelect,
    /// Several lines.
    LongText,
}

impl FieldKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Number,
        Self::Date,
        Self::Boolean,
        Self::Select,
        Self::MultiSelect,
        Self::LongText,
    ];

    /// The words, for refusals.
    pub const WORDS: &'static str = "text, number, date, boolean, select, multi-select, long-text";

    /// The word of the API and the databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Select => "select",
            Self::MultiSelect => "multi-select",
            Self::LongText => "long-text",
        }
    }

    /// Whether its values are of a list of words.
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Select | Self::MultiSelect)
    }
}

impl std::fmt::Display for FieldKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for FieldKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: Self::WORDS,
            })
    }
}
