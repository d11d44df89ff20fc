//! Connections: what their protocol wants is passed on as JSON.

use super::config::{is_secret, references_of, step};
use super::draft::Draft;
use super::model::ConnectionSpec;
use super::noun::Noun;
use super::read_sites::text_of;
use super::reader::{Node, TableReader, Word};
use serde_json::{Map, Value};
use toml::de::DeValue;

/// Keys that every connection has; the others are of its protocol.
const COMMON: [&str; 5] = ["key", "name", "protocol", "enabled", "was"];

/// Reads all `[[connections]]`.
pub(super) fn read_all(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("connections") {
        let Some(key) = draft.key(Noun::Connection, &table, "key") else {
            continue;
        };
        let name = table.optional("name");
        let protocol = table.required("protocol");
        if let Some(word) = &protocol {
            let place = (key.clone(), "/protocol".to_owned());
            draft.config_places.insert(place, word.clone());
        }
        let config = read_config(draft, &key, &table);
        read_references(draft, &key, &config);
        let connection = ConnectionSpec {
            name: name.map_or_else(|| key.clone(), |word| word.text),
            protocol: text_of(protocol),
            enabled: table
                .get("enabled")
                .and_then(|node| node.boolean())
                .unwrap_or(true),
            config,
        };
        draft.model.connections.insert(key, connection);
    }
}

fn read_config(draft: &mut Draft<'_>, connection: &str, table: &TableReader<'_>) -> Value {
    let mut config = Map::new();
    let whole = Word {
        text: String::new(),
        place: table.place(),
        path: table.path.clone(),
    };
    draft
        .config_places
        .insert((connection.to_owned(), String::new()), whole);
    for (word, node) in table.entries() {
        if !COMMON.contains(&word.text.as_str()) {
            let value = to_json(draft, connection, &step("", &word.text), &node);
            config.insert(word.text, value);
        }
    }
    Value::Object(config)
}

/// The value as JSON, noting where each part of it stands.
fn to_json(draft: &mut Draft<'_>, connection: &str, pointer: &str, node: &Node<'_>) -> Value {
    let place = Word {
        text: match node.raw() {
            DeValue::String(text) => text.clone().into_owned(),
            _ => String::new(),
        },
        place: node.place(),
        path: node.path.clone(),
    };
    draft
        .config_places
        .insert((connection.to_owned(), pointer.to_owned()), place);
    match node.raw() {
        DeValue::String(text) => {
            refuse_clear_secret(pointer, node);
            Value::from(text.as_ref())
        }
        DeValue::Integer(_) => node.integer().map_or(Value::Null, Value::from),
        DeValue::Float(_) => finite(node),
        DeValue::Boolean(value) => Value::from(*value),
        DeValue::Datetime(instant) => Value::from(instant.to_string()),
        DeValue::Array(_) => {
            let items = node.items().unwrap_or_default();
            let inner = |(index, item): (usize, &Node<'_>)| {
                to_json(draft, connection, &step(pointer, &index.to_string()), item)
            };
            items.iter().enumerate().map(inner).collect()
        }
        DeValue::Table(_) => {
            let table = node.table();
            let entries = table.iter().flat_map(TableReader::entries);
            let inner = |(word, item): (Word, Node<'_>)| {
                let value = to_json(draft, connection, &step(pointer, &word.text), &item);
                (word.text, value)
            };
            Value::Object(entries.map(inner).collect())
        }
    }
}

fn finite(node: &Node<'_>) -> Value {
    let number = node.number().unwrap_or_default();
    serde_json::Number::from_f64(number).map_or_else(
        || {
            node.fault("wants a finite number");
            Value::Null
        },
        Value::Number,
    )
}

fn refuse_clear_secret(pointer: &str, node: &Node<'_>) {
    if is_secret(pointer) {
        node.fault("is a secret in clear; refer to it: { env = \"NAME\" } or { file = \"PATH\" }");
    }
}

/// What a configuration names must be there.
fn read_references(draft: &mut Draft<'_>, connection: &str, config: &Value) {
    for reference in references_of(config) {
        let place = (connection.to_owned(), reference.pointer);
        if let Some(word) = draft.config_places.get(&place).cloned() {
            draft.refer(reference.noun, word);
        }
    }
}
