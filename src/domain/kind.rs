//! What the values of a point mean.

use serde::{Deserialize, Serialize};

/// How the number the engine keeps is to be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PointKind {
    /// A quantity, in the unit of the point.
    #[default]
    Number,
    /// Zero is no, anything else yes.
    Boolean,
    /// The code of a named state.
    State,
}

/// A word that is not one of the allowed ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not one of {allowed}")]
pub struct UnknownWord {
    /// What was given.
    pub found: String,
    /// What may be given.
    pub allowed: &'static str,
}

impl PointKind {
    /// All of them, in the order people list them.
    pub const ALL: [Self; 3] = [Self::Number, Self::Boolean, Self::State];

    /// The word of manifests, the API and the databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::State => "state",
        }
    }
}

impl std::fmt::Display for PointKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for PointKind {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "number, boolean, state",
            })
    }
}
