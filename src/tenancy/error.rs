//! What can go wrong when a client is looked for, made, migrated or removed.

use super::secrets::VaultError;
use crate::domain::TenantStatus;
use crate::store::StoreError;
use std::path::PathBuf;

/// Why something about clients could not be done.
#[derive(Debug, thiserror::Error)]
pub enum TenancyError {
    /// The control database, or the database of a client, failed.
    #[error("{what}: {source}")]
    Store {
        /// What was attempted.
        what: String,
        /// Why it failed.
        source: StoreError,
    },
    /// The master key is missing, unreadable or another one.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A folder or file of the data folder cannot be used.
    #[error("cannot {what} {path}: {source}")]
    File {
        /// Verb: `create`, `open`, `lock`, `write`, `remove`.
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process serves from this data folder.
    #[error(
        "{path} is already in use by process {process}: stop it first, or give another folder \
         with --data-dir"
    )]
    InUse {
        /// The data folder.
        path: PathBuf,
        /// Number of that process.
        process: String,
    },
    /// No client has this slug.
    #[error("there is no client `{0}`; `vigie tenants list` shows all")]
    Unknown(String),
    /// The client is not where it would have to be in its life.
    #[error("client `{slug}` is {status}")]
    Status {
        /// Which client.
        slug: String,
        /// Where it is.
        status: TenantStatus,
    },
    /// The database url of the configuration cannot be used.
    #[error("wrong database url: {0}")]
    Url(String),
    /// Where the control database says that a client's data lie makes no sense here.
    #[error(
        "client `{slug}` lies in `{database_url}`, which this configuration cannot open: {hint}"
    )]
    Misplaced {
        /// Which client.
        slug: String,
        /// Where it is said to lie.
        database_url: String,
        /// What to do.
        hint: &'static str,
    },
}

/// Says what was attempted when a statement fails.
pub(super) trait Attempt<T> {
    fn attempting(self, what: impl Into<String>) -> Result<T, TenancyError>;
}

impl<T> Attempt<T> for Result<T, StoreError> {
    fn attempting(self, what: impl Into<String>) -> Result<T, TenancyError> {
        self.map_err(|source| TenancyError::Store {
            what: what.into(),
            source,
        })
    }
}
