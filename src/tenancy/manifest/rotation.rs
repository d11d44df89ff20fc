//! Secrets that have another value, though what refers to them is the same.

use super::config::{references, secret_name};
use super::current::Current;
use super::fields::FieldChange;
use super::model::{ConnectionSpec, Model};
use super::noun::Noun;
use super::plan::{Action, Step};
use super::secrets::{Secrets, device_secret};
use crate::tenancy::credentials;
use secrecy::ExposeSecret;

/// A secret whose reference is the same may have another value.
pub(super) fn note_new_secrets(
    steps: &mut Vec<Step>,
    there: &Current,
    target: &Model,
    secrets: &Secrets,
) {
    for (key, connection) in &target.connections {
        for field in new_secrets_of(key, connection, there, secrets) {
            note(steps, Noun::Connection, key, field);
        }
    }
    for name in target.devices.keys() {
        let hash = there.device_hashes.get(name);
        if let (Some(secret), Some(hash)) = (secrets.get(&device_secret(name)), hash)
            && !credentials::verify_blocking(secret, hash)
        {
            note(steps, Noun::Device, name, "value of password".to_owned());
        }
    }
}

fn new_secrets_of(
    key: &str,
    connection: &ConnectionSpec,
    there: &Current,
    secrets: &Secrets,
) -> Vec<String> {
    let differs = |pointer: &String| {
        let name = secret_name(key, pointer);
        let stored = there
            .secrets
            .get(&name)
            .and_then(|secret| secret.value.as_ref());
        let known = there.model.connections.contains_key(key);
        secrets.get(&name).is_some_and(|value| {
            known && stored.map(ExposeSecret::expose_secret) != Some(value.expose_secret())
        })
    };
    references(&connection.config)
        .into_iter()
        .map(|(pointer, _)| pointer)
        .filter(differs)
        .map(|pointer| format!("value of {}", pointer.trim_start_matches('/')))
        .collect()
}

pub(super) fn note(steps: &mut Vec<Step>, noun: Noun, key: &str, field: String) {
    let change = FieldChange {
        field,
        from: Some("sealed".to_owned()),
        to: Some("another value".to_owned()),
    };
    let known = steps
        .iter_mut()
        .find(|step| step.noun == noun && step.key == key);
    match known {
        Some(step) => step.fields.push(change),
        None => steps.push(Step {
            action: Action::Change,
            noun,
            key: key.to_owned(),
            was: None,
            fields: vec![change],
            points: Vec::new(),
            depth: 0,
        }),
    }
}
