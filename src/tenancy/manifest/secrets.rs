//! Secrets of a manifest: references followed, values in memory only.

use super::config::{references, secret_name};
use super::current::Current;
use super::model::{Model, SecretSource};
use super::noun::Noun;
use super::parse::Manifest;
use super::source::Fault;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Looks an environment variable up.
pub type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// The secrets a manifest refers to, by name: `connection/field/password`, `device/gateway`.
#[derive(Debug, Clone, Default)]
pub(super) struct Secrets(BTreeMap<String, (SecretSource, SecretString)>);

impl Secrets {
    pub(super) fn get(&self, name: &str) -> Option<&SecretString> {
        self.0.get(name).map(|(_, value)| value)
    }

    pub(super) fn give(&mut self, name: String, source: SecretSource, value: SecretString) {
        self.0.insert(name, (source, value));
    }

    pub(super) fn source(&self, name: &str) -> Option<&SecretSource> {
        self.0.get(name).map(|(source, _)| source)
    }
}

pub(super) fn device_secret(name: &str) -> String {
    format!("device/{name}")
}

pub(super) fn user_secret(email: &str) -> String {
    format!("user/{email}")
}

/// Follows every reference that is needed. First passwords of users who are there are not.
pub(super) fn follow(
    manifest: &Manifest,
    current: Option<&Current>,
    environment: Environment<'_>,
) -> Result<Secrets, Vec<Fault>> {
    let folder = manifest
        .source()
        .and_then(|source| source.path.parent())
        .unwrap_or(Path::new("."));
    let mut secrets = Secrets::default();
    let mut faults = Vec::new();
    for wanted in wanted(&manifest.model, current) {
        let stored = current.and_then(|current| current.secrets.get(&wanted.name));
        let stored = stored.and_then(|secret| secret.value.as_ref());
        match read(&wanted.source, folder, environment, stored) {
            Ok(value) => {
                secrets.0.insert(wanted.name, (wanted.source, value));
            }
            Err(reason) => faults.push(match &wanted.pointer {
                Some(pointer) => manifest.config_fault(&wanted.key, pointer, &reason),
                None => manifest.fault_at(wanted.noun, &wanted.key, reason),
            }),
        }
    }
    if faults.is_empty() {
        Ok(secrets)
    } else {
        Err(faults)
    }
}

struct Wanted {
    noun: Noun,
    key: String,
    pointer: Option<String>,
    name: String,
    source: SecretSource,
}

fn wanted(model: &Model, current: Option<&Current>) -> Vec<Wanted> {
    let mut all = Vec::new();
    for (key, connection) in &model.connections {
        for (pointer, source) in references(&connection.config) {
            all.push(Wanted {
                noun: Noun::Connection,
                key: key.clone(),
                name: secret_name(key, &pointer),
                pointer: Some(pointer),
                source,
            });
        }
    }
    let mut credential = |noun, key: &String, name, source: &Option<SecretSource>| {
        if let Some(source) = source.clone() {
            all.push(Wanted {
                noun,
                key: key.clone(),
                pointer: None,
                name,
                source,
            });
        }
    };
    for (key, device) in &model.devices {
        credential(Noun::Device, key, device_secret(key), &device.password);
    }
    for (key, user) in &model.users {
        if !current.is_some_and(|current| current.model.users.contains_key(key)) {
            credential(Noun::User, key, user_secret(key), &user.password);
        }
    }
    all
}

fn read(
    source: &SecretSource,
    folder: &Path,
    environment: Environment<'_>,
    stored: Option<&SecretString>,
) -> Result<SecretString, String> {
    let value = match source {
        SecretSource::Sealed => {
            let stored = stored.cloned();
            return stored.ok_or_else(|| "there is no stored secret to keep".to_owned());
        }
        SecretSource::Env(name) => {
            environment(name).ok_or_else(|| format!("environment variable {name} is not set"))?
        }
        SecretSource::File(path) => {
            let path = folder.join(path);
            let text = std::fs::read_to_string(&path)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            text.trim_end_matches(['\r', '\n']).to_owned()
        }
    };
    if value.is_empty() {
        return Err(format!("{source} is empty"));
    }
    Ok(SecretString::from(value))
}

/// The configuration of a connection with its secrets in clear, for a connector to look at.
pub(super) fn fill(secrets: &Secrets, connection: &str, config: &Value) -> Value {
    let mut filled = config.clone();
    for (pointer, _) in references(config) {
        let value = secrets.get(&secret_name(connection, &pointer));
        if let (Some(place), Some(value)) = (filled.pointer_mut(&pointer), value) {
            *place = json!(value.expose_secret());
        }
    }
    filled
}

/// The configuration of a connection as the database keeps it: names in place of secrets.
pub(super) fn stored_form(connection: &str, config: &Value) -> Value {
    let mut stored = config.clone();
    for (pointer, _) in references(config) {
        if let Some(place) = stored.pointer_mut(&pointer) {
            *place = json!({ "secret": secret_name(connection, &pointer) });
        }
    }
    stored
}
