//! Where data lie, and the key that seals secrets.

use secrecy::SecretString;
use serde::Deserialize;
use std::path::PathBuf;

/// Where data lie.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Storage {
    /// Folder of the SQLite files and of the generated key; created with mode 0700.
    pub data_dir: PathBuf,
    /// `postgres://user:password@host:port/database` of the control database; the user
    /// must be allowed to create databases and roles. Absent: SQLite files in `data_dir`.
    pub database_url: Option<SecretString>,
    /// The master key: 32 bytes in hex. Absent: `data_dir/vigie.key`, generated with mode 0600.
    pub key: Option<SecretString>,
    /// Connections to the database of each client (PostgreSQL).
    pub connections_per_client: u32,
}

impl Default for Storage {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("./vigie-data"),
            database_url: None,
            key: None,
            connections_per_client: 4,
        }
    }
}
