//! Wishes for connections: their configuration, and secrets that are given once and never shown.

use super::bench::Bench;
use super::fault::{Faults, Refused};
use super::settle::{Settled, Settlement, settle_as};
use super::version::Version;
use super::wish::{Act, Thing, Wished};
use crate::tenancy::manifest::config::{
    ConnectionChecker, is_secret, leaves, misplaced, references, references_of, secret_name,
};
use crate::tenancy::manifest::model::{ConnectionSpec, Model, SecretSource};
use crate::tenancy::manifest::{check_commands, check_publish, secrets};
use crate::tenancy::{Reason, rules};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a connection is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionWish {
    /// Stable name, unique in the client.
    #[schema(example = "field")]
    pub key: String,
    /// What people call it; left out, its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `mqtt`, `mqtt-endpoint`, `http`, `modbus`, `bacnet`, `green-bms-tcp` or `thingset-ws`.
    #[schema(example = "mqtt")]
    pub protocol: String,
    /// Whether it is to run.
    pub enabled: bool,
    /// The shape of the protocol, as in a manifest. A secret is given as its text and never
    /// shown again: `{"sealed": true}` stands in its place and keeps it.
    #[schema(value_type = Object)]
    pub config: Value,
}

impl Default for ConnectionWish {
    fn default() -> Self {
        Self {
            key: String::new(),
            name: None,
            protocol: String::new(),
            enabled: true,
            config: json!({}),
        }
    }
}

impl ConnectionWish {
    /// A configuration as it may be shown: `{"sealed": true}` in place of every secret.
    pub fn shown(stored: &str) -> Value {
        let mut config: Value = serde_json::from_str(stored).unwrap_or_default();
        for (pointer, _) in crate::tenancy::manifest::config::stored_secrets(&config) {
            put(&mut config, &pointer, SecretSource::Sealed.to_json());
        }
        config
    }
}

impl Wished for ConnectionWish {
    const THING: Thing = Thing::Connection;
    const READ_ONLY: &'static [&'static str] = &["id", "status", "created_at"];
}

impl Settled for ConnectionWish {
    type Spec = ConnectionSpec;
    const KEY: &'static str = "key";

    fn key(&self) -> &str {
        &self.key
    }

    fn of(_: &Bench, key: &str, spec: &ConnectionSpec) -> Self {
        Self {
            key: key.to_owned(),
            name: Some(spec.name.clone()),
            protocol: spec.protocol.clone(),
            enabled: spec.enabled,
            config: sealed(&spec.config),
        }
    }

    fn map(model: &mut Model) -> &mut BTreeMap<String, ConnectionSpec> {
        &mut model.connections
    }

    fn version(key: &str, spec: &ConnectionSpec, _: &Bench) -> Version {
        let spec = ConnectionSpec {
            config: sealed(&spec.config),
            ..spec.clone()
        };
        Version::of(key, &spec)
    }

    fn check_key(key: &str) -> Result<String, Reason> {
        rules::key(key)
    }

    fn spec(
        &self,
        bench: &mut Bench,
        key: &str,
        former: Option<&ConnectionSpec>,
        faults: &mut Faults,
    ) -> ConnectionSpec {
        let name = self.name.as_deref().filter(|name| !name.trim().is_empty());
        let name = rules::line(name.unwrap_or(key), rules::LONGEST_NAME);
        let mut config = self.config.clone();
        if !config.is_object() {
            faults.push("/config", Reason::Missing);
            config = json!({});
        }
        settle_secrets(bench, key, &mut config, former, faults);
        refuse_unknown(bench, &config, faults);
        ConnectionSpec {
            name: faults.take("/name", name),
            protocol: self.protocol.clone(),
            enabled: self.enabled,
            config,
        }
    }
}

/// Every secret is given now, or kept as it is stored; none is read from the server.
fn settle_secrets(
    bench: &mut Bench,
    key: &str,
    config: &mut Value,
    former: Option<&ConnectionSpec>,
    faults: &mut Faults,
) {
    for pointer in misplaced(config) {
        faults.push(format!("/config{pointer}"), Reason::SecretByReference);
    }
    for (pointer, path) in leaves(config) {
        let stored = former.and_then(|former| former.config.pointer(&pointer));
        if pointer.ends_with("_file") && stored.and_then(Value::as_str) != Some(&path) {
            faults.push(format!("/config{pointer}"), Reason::ServerFile);
        }
    }
    let leads_elsewhere =
        former.is_some_and(|former| former.config.get("url") != config.get("url"));
    for (pointer, source) in references(config) {
        let stored = former.and_then(|former| former.config.pointer(&pointer));
        let stored = stored.and_then(SecretSource::from_json);
        let at = format!("/config{pointer}");
        match (source, stored) {
            (SecretSource::Sealed, None) => faults.push(at, Reason::SecretAbsent),
            (SecretSource::Sealed, Some(_)) if leads_elsewhere => {
                faults.push(at, Reason::SecretAgain);
            }
            (SecretSource::Sealed, Some(stored)) => {
                put(config, &pointer, stored.to_json());
                keep(bench, key, &pointer, stored);
            }
            _ => faults.push(at, Reason::SecretByReference),
        }
    }
    for (pointer, text) in leaves(config) {
        if is_secret(&pointer) {
            let name = secret_name(key, &pointer);
            let value = SecretString::from(text);
            bench.secrets.give(name, SecretSource::Sealed, value);
            put(config, &pointer, SecretSource::Sealed.to_json());
        }
    }
}

/// What is stored is sealed under the name it has from now on.
fn keep(bench: &mut Bench, key: &str, pointer: &str, source: SecretSource) {
    let name = secret_name(key, pointer);
    let stored = bench.there.secrets.get(&name);
    if let Some(value) = stored.and_then(|secret| secret.value.clone()) {
        bench.secrets.give(name, source, value);
    }
}

/// What routes, lines, publish rules and rules of commands name is there.
fn refuse_unknown(bench: &Bench, config: &Value, faults: &mut Faults) {
    for reference in references_of(config) {
        if !bench.will_be(reference.noun, &reference.key) {
            let unknown = Reason::Unknown {
                noun: reference.noun.to_string(),
                key: reference.key,
            };
            faults.push(format!("/config{}", reference.pointer), unknown);
        }
    }
    let of_publish = check_publish::faults(config, &bench.target.types);
    let of_commands = check_commands::faults(config, &bench.target.equipment);
    for (pointer, message) in of_publish.into_iter().chain(of_commands) {
        faults.push(format!("/config{pointer}"), Reason::Config { message });
    }
}

/// Works a wish for a connection in; its connector has the last word.
pub(super) fn settle(
    bench: &mut Bench,
    at: usize,
    act: &Act,
    checker: &dyn ConnectionChecker,
) -> Result<Settlement, Refused> {
    let settlement = settle_as::<ConnectionWish>(bench, at, act)?;
    let key = &settlement.key;
    let Some(spec) = bench.target.connections.get(key) else {
        return Ok(settlement);
    };
    let filled = secrets::fill(&bench.secrets, key, &spec.config);
    if let Err(fault) = checker.check(&spec.protocol, &filled) {
        let mut faults = Faults::of(at);
        let pointer = match fault.pointer.as_str() {
            "/protocol" => "/protocol".to_owned(),
            inner => format!("/config{inner}"),
        };
        let message = fault.message;
        faults.push(pointer, Reason::Config { message });
        return super::settle::finish(faults, settlement);
    }
    Ok(settlement)
}

/// The configuration with `{"sealed": true}` for every reference.
fn sealed(config: &Value) -> Value {
    let mut shown = config.clone();
    for (pointer, _) in references(config) {
        put(&mut shown, &pointer, SecretSource::Sealed.to_json());
    }
    shown
}

fn put(config: &mut Value, pointer: &str, value: Value) {
    if let Some(place) = config.pointer_mut(pointer) {
        *place = value;
    }
}
