//! Where a client is in its life.

use super::kind::UnknownWord;
use serde::{Deserialize, Serialize};

/// The life of a client on this platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TenantStatus {
    /// Its database is being made; what was begun is finished at the next start or apply.
    Provisioning,
    /// Serving.
    Active,
    /// Kept, but its portal and its ingest refuse.
    Suspended,
    /// Being removed; never serves again.
    Removing,
}

impl TenantStatus {
    const ALL: [Self; 4] = [
        Self::Provisioning,
        Self::Active,
        Self::Suspended,
        Self::Removing,
    ];

    /// The word of the command line and the control database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioning => "provisioning",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Removing => "removing",
        }
    }
}

impl std::fmt::Display for TenantStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for TenantStatus {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "provisioning, active, suspended, removing",
            })
    }
}
