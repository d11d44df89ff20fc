//! Configurations of connections: JSON with secrets by reference.
//!
//! In a manifest a secret is `{ env = "NAME" }` or `{ file = "PATH" }`; in the database
//! its place holds `{"secret": "<name>"}` and the sealed value lies in the secrets table.

use super::model::SecretSource;
use super::noun::Noun;
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

/// How the names of all secrets of connections begin.
pub(super) const CONNECTION_SECRETS: &str = "connection/";
/// Values that are never written in clear.
const SECRETS: [&str; 4] = ["password", "token", "secret", "private_key"];

/// Name of the secret at `pointer` of a connection.
pub(super) fn secret_name(connection: &str, pointer: &str) -> String {
    format!("{CONNECTION_SECRETS}{connection}{pointer}")
}

/// Whether what stands at a pointer is a secret.
pub(super) fn is_secret(pointer: &str) -> bool {
    let last = pointer.rsplit('/').next().unwrap_or_default();
    SECRETS.contains(&last)
}

/// Where a secret belongs and something stands that is none, by pointer.
pub(super) fn misplaced(config: &Value) -> Vec<String> {
    fn walk(value: &Value, pointer: &str, found: &mut Vec<String>) {
        let is_fine = value.is_string() || SecretSource::from_json(value).is_some();
        if is_secret(pointer) && !is_fine {
            found.push(pointer.to_owned());
            return;
        }
        match value {
            Value::Object(table) => {
                for (key, inner) in table {
                    walk(inner, &step(pointer, key), found);
                }
            }
            Value::Array(items) => {
                for (index, inner) in items.iter().enumerate() {
                    walk(inner, &step(pointer, &index.to_string()), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(config, "", &mut found);
    found
}

/// All texts of a configuration, by pointer.
pub(super) fn leaves(config: &Value) -> Vec<(String, String)> {
    collect(config, &|value| value.as_str().map(str::to_owned))
}

/// Another thing that a configuration names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ConfigReference {
    /// Where.
    pub(super) pointer: String,
    /// What kind of thing.
    pub(super) noun: Noun,
    /// Its key.
    pub(super) key: String,
}

/// Sites, types and equipment that a connection, its routes, lines, devices, and rules of publishing and commands name; a connection to one
/// device names its equipment itself.
/// The `equipment` of a line is a template, not a key; that of a route may be one, and that of a device or route may be created from its type.
pub(super) fn references_of(config: &Value) -> Vec<ConfigReference> {
    let place = [("site", Noun::Site), ("type", Noun::Type)];
    let equipment = [("equipment", Noun::Equipment)];
    let mut tables: Vec<(String, &[(&str, Noun)])> = vec![(String::new(), &place)];
    // With a type, the one device of a connection is created when it first speaks.
    if config.get("type").is_none() {
        tables.push((String::new(), &equipment));
    }
    for (section, inner) in [
        ("devices", ""),
        ("lines", ""),
        ("publish", "/count"),
        ("routes", ""),
    ] {
        let found = tables_of(config, section, inner);
        tables.extend(found.into_iter().map(|table| (table, &place[..])));
    }
    tables.push(("/online".to_owned(), &equipment[..]));
    let devices = tables_of(config, "devices", "").into_iter();
    let routes = tables_of(config, "routes", "").into_iter();
    let fixed = devices
        .chain(routes)
        .filter(|table| config.pointer(table).is_some_and(names_its_equipment));
    tables.extend(fixed.map(|table| (table, &equipment[..])));
    let created = tables_of(config, "obey", "/create").into_iter();
    tables.extend(created.map(|table| (table, &place[..])));
    let mut found = all_named(config, "devices", "/types", Noun::Type);
    found.extend(all_named(config, "commands", "/equipment", Noun::Equipment));
    found.extend(all_named(
        config,
        "obey",
        "/command/equipment",
        Noun::Equipment,
    ));
    for (table, names) in tables {
        for (name, noun) in names {
            let pointer = format!("{table}/{name}");
            let key = config.pointer(&pointer).and_then(Value::as_str);
            if let Some(key) = key {
                found.push(ConfigReference {
                    key: key.to_owned(),
                    noun: *noun,
                    pointer,
                });
            }
        }
    }
    found
}

/// Whether the equipment of a device or route must be there, since nothing says what to create it from
/// and no part of it is told by what comes.
fn names_its_equipment(table: &Value) -> bool {
    let says = |key: &str| table.get(key).is_some_and(|value| *value != json!(false));
    let equipment = table.get("equipment").and_then(Value::as_str);
    let is_template = equipment.is_some_and(|key| key.contains('{'));
    !is_template && !says("type") && !says("profile") && !says("sunspec")
}

/// Keys in the lists at `inner` of each table of a section: types that equipment may be created from,
/// equipment that is commanded.
fn all_named(config: &Value, section: &str, inner: &str, noun: Noun) -> Vec<ConfigReference> {
    let mut found = Vec::new();
    for list in tables_of(config, section, inner) {
        let keys = config.pointer(&list).and_then(Value::as_array);
        for (index, key) in keys.into_iter().flatten().enumerate() {
            if let Some(key) = key.as_str() {
                found.push(ConfigReference {
                    pointer: format!("{list}/{index}"),
                    noun,
                    key: key.to_owned(),
                });
            }
        }
    }
    found
}

/// Pointers to what lies at `inner` in each table of a section.
pub(super) fn tables_of(config: &Value, section: &str, inner: &str) -> Vec<String> {
    let tables = config.get(section).and_then(Value::as_array);
    (0..tables.map_or(0, Vec::len))
        .map(|index| format!("/{section}/{index}{inner}"))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_devices_name_is_known_unless_it_may_be_created() {
        let config = json!({
            "online": { "equipment": "gateway" },
            "devices": [
                { "equipment": "there", "site": "hall", "sunspec": false },
                { "equipment": "made", "type": "meter" },
                { "equipment": "prefix", "sunspec": true, "types": ["inverter"] },
            ],
            "routes": [
                { "equipment": "fixed", "site": "yard" },
                { "equipment": "made", "type": "meter" },
                { "equipment": "{line}-{id}" },
            ],
            "commands": [{ "point": "state", "equipment": ["entry"] }],
            "obey": [
                { "command": { "equipment": ["exit"], "point": "state" } },
                { "create": { "key": "/id", "type": "space", "site": "hall" } },
            ],
        });
        let found = references_of(&config);
        let mut named: Vec<_> = found
            .iter()
            .map(|found| (found.pointer.as_str(), found.key.as_str()))
            .collect();
        named.sort_unstable();
        assert_eq!(
            named,
            [
                ("/commands/0/equipment/0", "entry"),
                ("/devices/0/equipment", "there"),
                ("/devices/0/site", "hall"),
                ("/devices/1/type", "meter"),
                ("/devices/2/types/0", "inverter"),
                ("/obey/0/command/equipment/0", "exit"),
                ("/obey/1/create/site", "hall"),
                ("/obey/1/create/type", "space"),
                ("/online/equipment", "gateway"),
                ("/routes/0/equipment", "fixed"),
                ("/routes/0/site", "yard"),
                ("/routes/1/type", "meter"),
            ]
        );
    }
}
