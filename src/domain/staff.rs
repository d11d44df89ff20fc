//! People who run the platform.

use super::kind::UnknownWord;
use serde::{Deserialize, Serialize};

/// What a member of the staff may do on the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StaffRole {
    /// Sees which clients there are and how they run; enters one when it was told so.
    Support,
    /// The same, and suspends and resumes clients.
    Admin,
}

impl StaffRole {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Admin, Self::Support];

    /// The word of the command line and the control database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Support => "support",
        }
    }
}

impl std::fmt::Display for StaffRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for StaffRole {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "admin, support",
            })
    }
}
