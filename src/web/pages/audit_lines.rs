//! One line of the audit log, in words.

use super::{Link, encode};
use crate::store::audit::Entry;
use crate::web::deeds::{self, Difference, Told, Who};
use crate::web::format;
use crate::web::model::Model;
use crate::web::value::Reader;

/// One entry.
pub struct AuditLine {
    pub(super) id: i64,
    pub(super) day: String,
    pub(super) time: String,
    /// Whose hand, leading to all they did.
    pub(super) hand: Link,
    pub(super) email: String,
    pub(super) from: String,
    pub(super) agent: String,
    pub(super) verb: String,
    pub(super) noun: String,
    pub(super) subject: String,
    /// Where the subject is now.
    pub(super) href: Option<String>,
    /// All that was done to it.
    pub(super) history: String,
    pub(super) differences: Vec<Difference>,
    pub(super) note: String,
}

impl AuditLine {
    /// Reads an entry.
    pub fn of(entry: &Entry, model: &Model, reader: &Reader) -> Self {
        let (who, told, words) = (Who::of(entry), Told::of(entry), reader.words);
        let by = format!("/admin/audit?who={}", encode(&entry.actor));
        let of = format!(
            "/admin/audit?noun={}&key={}",
            encode(&entry.noun),
            encode(&entry.key)
        );
        Self {
            id: entry.id,
            day: format::date(entry.at, &reader.zone, words),
            time: format::clock_seconds(entry.at, &reader.zone),
            hand: Link::new(by, deeds::hand(entry, words)),
            email: who.email.unwrap_or_default(),
            from: who.address.unwrap_or_default(),
            agent: who.agent.unwrap_or_default(),
            verb: deeds::verb(&entry.action, words),
            noun: deeds::noun(&entry.noun, words),
            subject: subject(entry, &told, reader),
            href: place(entry, model),
            history: of,
            differences: told.differences(words),
            note: deeds::said(&told.note, words),
        }
    }
}

/// What it was called then; of a person who was forgotten, the number.
fn subject(entry: &Entry, told: &Told, reader: &Reader) -> String {
    match &told.name {
        Some(name) => name.clone(),
        None if entry.noun == "user" => reader.words.with("audit-person", &[("n", &entry.key)]),
        None => entry.key.clone(),
    }
}

/// The page of what is still there.
fn place(entry: &Entry, model: &Model) -> Option<String> {
    let key = &entry.key;
    match entry.noun.as_str() {
        "site" => {
            let site = model.sites.iter().find(|row| row.site.key == *key)?;
            Some(format!("/sites/{}", site.id))
        }
        "equipment" => {
            let mut all = model.equipment.iter();
            let equipment = all.find(|row| row.equipment.key == *key)?;
            Some(format!("/equipment/{}", equipment.id))
        }
        "connection" => Some("/connections".to_owned()),
        _ => None,
    }
}
