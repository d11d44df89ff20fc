//! What a caller of the engine can meet.

use crate::domain::Timestamp;
use crate::store::StoreError;

/// Why the engine could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The database did not answer in time; nothing is known to be stored. Try again.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The disk or the quota is full; writes work again when there is room.
    #[error("no space left to store samples: {0}")]
    Full(String),
    /// Another writer took this database over; this engine is closed for good.
    #[error("another node took over this database")]
    Fenced,
    /// The engine was closed.
    #[error("the engine is closed")]
    Closed,
    /// No calendar has this instant.
    #[error("{0} is outside the years -9999 to 9999")]
    OutOfRange(Timestamp),
    /// A stored blob does not pass its checks.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// A defect of ours or of the schema.
    #[error("time-series storage failed: {0}")]
    Internal(String),
}

impl EngineError {
    /// Whether the same call may succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_))
    }
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::Unavailable(cause),
            StoreError::Full(cause) => Self::Full(cause),
            StoreError::Fenced => Self::Fenced,
            StoreError::Corrupt(cause) => Self::Corrupt(cause),
            other => Self::Internal(other.to_string()),
        }
    }
}
