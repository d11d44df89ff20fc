//! The shared cache and fan-out.

use secrecy::SecretString;
use serde::Deserialize;

/// Redis: optional; without it live values stay in this process.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redis {
    /// `redis://user:password@host:port/db`.
    pub url: Option<SecretString>,
}
