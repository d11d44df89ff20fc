//! Users and devices: people and machines that sign in.

use super::draft::Draft;
use super::model::{DeviceSpec, SecretSource, UserSpec};
use super::noun::Noun;
use super::read_sites::text_of;
use super::reader::{Node, TableReader, Word};
use crate::domain::{Role, normal_email};
use std::collections::BTreeSet;

/// Reads all `[[users]]`.
pub(super) fn read_users(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("users") {
        let email = read_email(draft, &table);
        let user = UserSpec {
            name: text_of(table.required("name")),
            role: read_role(draft, &table),
            sites: read_grants(draft, &table, Noun::Site, "sites"),
            types: read_grants(draft, &table, Noun::Type, "types"),
            password: read_secret(&table, "password"),
        };
        if let Some(email) = email {
            draft.model.users.insert(email, user);
        }
        table.finish();
    }
}

/// Reads all `[[devices]]`.
pub(super) fn read_devices(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("devices") {
        let name = draft.key(Noun::Device, &table, "name");
        let password = read_secret(&table, "password");
        let may_command = table.get("may_command").and_then(|node| node.boolean());
        if let Some(name) = name {
            let spec = DeviceSpec {
                password,
                may_command: may_command.unwrap_or_default(),
            };
            draft.model.devices.insert(name, spec);
        }
        table.finish();
    }
}

/// Reads `{ env = "NAME" }` or `{ file = "PATH" }`; a password in clear is refused.
fn read_secret(table: &TableReader<'_>, key: &'static str) -> Option<SecretSource> {
    let node = table.get(key)?;
    if matches!(node.raw(), toml::de::DeValue::String(_)) {
        node.fault("is a secret in clear; refer to it: { env = \"NAME\" } or { file = \"PATH\" }");
        return None;
    }
    let inner = node.table()?;
    let (env, file) = (inner.optional("env"), inner.optional("file"));
    let source = match (env, file) {
        (Some(name), None) => Some(SecretSource::Env(name.text)),
        (None, Some(path)) => Some(SecretSource::File(path.text)),
        _ => {
            node.fault("wants { env = \"NAME\" } or { file = \"PATH\" }");
            None
        }
    };
    inner.finish();
    source
}

/// `sites = ["north"]`: keys of what the person sees.
fn read_grants(
    draft: &mut Draft<'_>,
    table: &TableReader<'_>,
    noun: Noun,
    name: &'static str,
) -> BTreeSet<String> {
    let items = table.get(name).and_then(|node| node.items());
    let words = items.unwrap_or_default();
    words
        .iter()
        .filter_map(Node::text)
        .map(|word| draft.refer(noun, word))
        .collect()
}

fn read_email(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Option<String> {
    let word = table.required("email")?;
    let was = table.optional("was");
    let Some(email) = normal_email(&word.text) else {
        let message = "wants an e-mail address like name@example.com";
        draft.found.push(word.fault(message));
        return None;
    };
    let word = Word {
        text: email,
        ..word
    };
    draft.take(Noun::User, &word)?;
    if let Some(was) = was {
        let former = was.text.to_lowercase();
        draft.renames.add(Noun::User, &word.text, &former);
    }
    Some(word.text)
}

fn read_role(draft: &Draft<'_>, table: &TableReader<'_>) -> Role {
    let Some(word) = table.required("role") else {
        return Role::default();
    };
    word.text.parse().unwrap_or_else(|unknown| {
        draft.found.push(word.fault(format!("{unknown}")));
        Role::default()
    })
}
