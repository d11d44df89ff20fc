//! What a person may do in the portal of their client.

use super::kind::UnknownWord;
use serde::{Deserialize, Serialize};

/// From least to most; each may do what those before it may.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    #[default]
    Viewer,
    /// Looks and books.
    Member,
    /// Runs the sites: alerts, commands, connections.
    Operator,
    /// Everything, users and keys included.
    Admin,
}

impl Role {
    /// All of them, from most to least.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Operator, Self::Member, Self::Viewer];

    /// The word of manifests, the API and the databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "admin, operator, member, viewer",
            })
    }
}
