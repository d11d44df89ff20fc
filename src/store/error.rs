//! What can go wrong between us and a database.

/// A failed statement, sorted by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already.
    #[error("already exists: {0}")]
    Duplicate(String),
    /// Other rows refer to what should go.
    #[error("still referred to: {0}")]
    Referenced(String),
    /// The row a statement relied on is not there.
    #[error("not found")]
    NotFound,
    /// Another writer owns this database now (fencing); stop writing.
    #[error("another node took over this database")]
    Fenced,
    /// The disk, or the quota of the database, is full.
    #[error("the database has no space left: {0}")]
    Full(String),
    /// Not reachable, busy or shutting down; the same may work later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored blob does not pass its checks.
    #[error("stored data is damaged: {0}")]
    Corrupt(String),
    /// Anything else: a defect of ours or of the schema.
    #[error("database error: {0}")]
    Other(#[source] sqlx::Error),
    /// A migration failed.
    #[error("migration failed: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl StoreError {
    /// Whether the same statement may succeed later without anybody's doing.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Full(_))
    }

    /// Whether other rows refer to what should go.
    pub const fn is_referenced(&self) -> bool {
        matches!(self, Self::Referenced(_))
    }
}

/// SQLSTATE classes and codes (PostgreSQL, appendix A): insufficient resources.
const PG_FULL: &[&str] = &["53100", "53200"];
/// Connection exceptions, too many connections, shutdowns, deadlock, serialisation.
const PG_TRANSIENT: &[&str] = &[
    "08000", "08003", "08006", "08001", "53300", "57P01", "57P02", "57P03", "40001", "40P01",
    "55P03",
];
/// SQLite primary result codes: FULL, and BUSY, LOCKED, IOERR, CANTOPEN, READONLY.
const SQLITE_FULL: i64 = 13;
const SQLITE_TRANSIENT: &[i64] = &[5, 6, 10, 14, 8];

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            sqlx::Error::Database(cause) if cause.is_unique_violation() => {
                Self::Duplicate(cause.message().to_owned())
            }
            sqlx::Error::Database(cause) if cause.is_foreign_key_violation() => {
                Self::Referenced(cause.message().to_owned())
            }
            sqlx::Error::Database(cause) => match sort_code(cause.code().as_deref()) {
                Sort::Full => Self::Full(cause.message().to_owned()),
                Sort::Transient => Self::Unavailable(cause.message().to_owned()),
                Sort::Other => Self::Other(error),
            },
            _ => Self::Other(error),
        }
    }
}

enum Sort {
    Full,
    Transient,
    Other,
}

fn sort_code(code: Option<&str>) -> Sort {
    let Some(code) = code else { return Sort::Other };
    // SQLite gives an extended result code as a decimal number; the primary one is its low byte.
    let sqlite = code
        .parse::<i64>()
        .ok()
        .filter(|_| code.len() != 5)
        .map(|c| c & 0xff);
    if PG_FULL.contains(&code) || sqlite == Some(SQLITE_FULL) {
        Sort::Full
    } else if PG_TRANSIENT.contains(&code) || sqlite.is_some_and(|c| SQLITE_TRANSIENT.contains(&c))
    {
        Sort::Transient
    } else {
        Sort::Other
    }
}
