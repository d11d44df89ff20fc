//! Configurations of connections: JSON with secrets by reference.
//!
//! In a manifest a secret is `{ env = "NAME" }` or `{ file = "PATH" }`; in the database
//! its place holds `{"secret": "<name>"}` and the sealed value lies in the secrets table.

use super::model::SecretSource;
use crate::domain::TenantId;
use crate::store::tenant::{ConnectionRow, secrets};
use crate::store::{Db, StoreError};
use crate::tenancy::secrets::{Vault, VaultError};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

/// What a connector has against a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct ConfigFault {
    /// JSON pointer (RFC 6901) into the configuration; empty for all of it.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

/// Knows the protocols; the registry of connectors does.
pub trait ConnectionChecker: Sync {
    /// Whether a connector of this protocol would take the configuration. Secrets are
    /// filled in. A fault at `/protocol` is about the protocol itself.
    fn check(&self, protocol: &str, config: &Value) -> Result<(), ConfigFault>;
}

/// Why the configuration of a connection cannot be given to its connector.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The secret does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What is stored is no JSON, or names a secret that is not there.
    #[error("the stored configuration of connection `{0}` is damaged; apply the manifest again")]
    Damaged(String),
}

/// The configuration of a connection with its secrets in clear: for its connector, and for nothing else.
pub async fn reveal(
    db: &Db,
    vault: &Vault,
    tenant: TenantId,
    row: &ConnectionRow,
) -> Result<Value, RevealError> {
    let damaged = || RevealError::Damaged(row.connection.key.clone());
    let mut config: Value = serde_json::from_str(&row.connection.config).map_err(|_| damaged())?;
    for (pointer, name) in stored_secrets(&config) {
        let secret = secrets::find(db, &name).await?.ok_or_else(damaged)?;
        let clear = vault.unseal(tenant, &name, &secret.sealed)?;
        if let Some(place) = config.pointer_mut(&pointer) {
            *place = json!(clear.expose_secret());
        }
    }
    Ok(config)
}

/// Name of the secret at `pointer` of a connection.
pub(super) fn secret_name(connection: &str, pointer: &str) -> String {
    format!("connection/{connection}{pointer}")
}

/// References of a manifest's configuration, by pointer.
pub(super) fn references(config: &Value) -> Vec<(String, SecretSource)> {
    collect(config, &SecretSource::from_json)
}

/// Names of secrets of a stored configuration, by pointer.
pub(super) fn stored_secrets(config: &Value) -> Vec<(String, String)> {
    collect(config, &|value| {
        let table = value.as_object().filter(|table| table.len() == 1)?;
        table.get("secret")?.as_str().map(str::to_owned)
    })
}

fn collect<T>(config: &Value, found: &impl Fn(&Value) -> Option<T>) -> Vec<(String, T)> {
    fn walk<T>(
        value: &Value,
        pointer: &str,
        found: &impl Fn(&Value) -> Option<T>,
        into: &mut Vec<(String, T)>,
    ) {
        if let Some(hit) = found(value) {
            into.push((pointer.to_owned(), hit));
            return;
        }
        match value {
            Value::Object(table) => {
                for (key, inner) in table {
                    walk(inner, &step(pointer, key), found, into);
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    walk(inner, &step(pointer, &index.to_string()), found, into);
                }
            }
            _ => {}
        }
    }
    let mut hits = Vec::new();
    walk(config, "", found, &mut hits);
    hits
}

/// One step further down a JSON pointer.
pub(super) fn step(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}
