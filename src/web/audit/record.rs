//! An entry for programs.

use crate::store::audit::Entry;
use crate::web::deeds::{Told, Who};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One entry as the API and the exports give it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Record {
    /// Its place in the chain.
    pub id: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// Whose hand: `user:7`.
    pub actor: String,
    /// What they were called; absent once they were forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// Their e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_email: Option<String>,
    /// Where from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// With what.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The verb.
    pub action: String,
    /// What it was done to.
    pub noun: String,
    /// Which one.
    pub key: String,
    /// What it was called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields before, those that differ.
    #[schema(value_type = Object)]
    pub before: Map<String, Value>,
    /// Fields after, those that differ.
    #[schema(value_type = Object)]
    pub after: Map<String, Value>,
    /// What else was said.
    pub note: String,
    /// The hash of the entry, hexadecimal.
    pub hash: String,
}

/// The record of an entry.
pub fn of_entry(entry: &Entry) -> Record {
    let (who, told) = (Who::of(entry), Told::of(entry));
    Record {
        id: entry.id,
        at: entry.at.to_string(),
        actor: entry.actor.clone(),
        actor_name: who.name,
        actor_email: who.email,
        address: who.address,
        agent: who.agent,
        action: entry.action.clone(),
        noun: entry.noun.clone(),
        key: entry.key.clone(),
        name: told.name,
        before: told.before,
        after: told.after,
        note: told.note,
        hash: hex::encode(&entry.hash),
    }
}

/// The columns of a table, in the order of [`Record::cells`].
pub const COLUMNS: [&str; 15] = [
    "id",
    "at",
    "actor",
    "actor_name",
    "actor_email",
    "address",
    "agent",
    "action",
    "noun",
    "key",
    "name",
    "before",
    "after",
    "note",
    "hash",
];

impl Record {
    /// Without what is told of the one who acted, for somebody else to read.
    pub fn without_actor(self) -> Self {
        Self {
            actor_name: None,
            actor_email: None,
            address: None,
            agent: None,
            ..self
        }
    }

    /// One text per column.
    pub fn cells(self) -> [String; COLUMNS.len()] {
        let fields = |fields: Map<String, Value>| {
            if fields.is_empty() {
                String::new()
            } else {
                Value::Object(fields).to_string()
            }
        };
        [
            self.id.to_string(),
            self.at,
            self.actor,
            self.actor_name.unwrap_or_default(),
            self.actor_email.unwrap_or_default(),
            self.address.unwrap_or_default(),
            self.agent.unwrap_or_default(),
            self.action,
            self.noun,
            self.key,
            self.name.unwrap_or_default(),
            fields(self.before),
            fields(self.after),
            self.note,
            self.hash,
        ]
    }
}
