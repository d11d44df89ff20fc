//! What changed lately: who did what, like changes made together in one line.

use crate::domain::{Access, Permission};
use crate::store::audit::Entry;
use crate::web::deeds::{Told, hand};
use crate::web::format;
use crate::web::model::Model;
use crate::web::value::{Reader, label};

/// Changes are read so far back to fill the lines.
pub const READ: i64 = 200;
const LINES: usize = 5;

/// One change, or several alike.
pub struct ChangeLine {
    pub(super) when: String,
    pub(super) what: String,
    pub(super) detail: String,
}

/// The changes of what somebody sees: of the model what they have of it, of people and
/// connections only with the right to see those.
pub fn seen_by(access: &Access, model: &Model, mut changes: Vec<Entry>) -> Vec<Entry> {
    changes.retain(|row| match row.noun.as_str() {
        "site" | "equipment" | "type" => access.sees_all() || is_in(model, row),
        "connection" | "device" => access.may(Permission::SeeConnections),
        _ => access.may(Permission::SeePersonal),
    });
    changes
}

fn is_in(model: &Model, row: &Entry) -> bool {
    let key = &row.key;
    match row.noun.as_str() {
        "site" => model.sites.iter().any(|row| row.site.key == *key),
        "equipment" => model.equipment.iter().any(|row| row.equipment.key == *key),
        _ => model.types.iter().any(|row| row.equipment_type.key == *key),
    }
}

/// The newest changes, newest first.
pub fn lines(changes: &[Entry], model: &Model, reader: &Reader) -> Vec<ChangeLine> {
    changes
        .chunk_by(alike)
        .take(LINES)
        .filter_map(|together| line(together, model, reader))
        .collect()
}

/// Whether two changes were made together: one hand, one verb, one noun, one instant.
fn alike(a: &Entry, b: &Entry) -> bool {
    let minute = |row: &Entry| row.at.as_millis() / 60_000;
    minute(a) == minute(b) && a.noun == b.noun && a.actor == b.actor && a.action == b.action
}

fn line(together: &[Entry], model: &Model, reader: &Reader) -> Option<ChangeLine> {
    let words = reader.words;
    let newest = together.first()?;
    let subject = subject(newest, together.len(), model, reader);
    let actor = hand(newest, words);
    let summary = Told::of(newest).summary(words);
    let says_more = together.len() == 1 && newest.action != "created" && !summary.is_empty();
    Some(ChangeLine {
        when: format::moment(newest.at, reader.now, &reader.zone, words),
        what: words.with(
            &format!("change-{}", newest.action),
            &[("subject", &subject)],
        ),
        detail: if says_more {
            format!("{actor} · {summary}")
        } else {
            actor
        },
    })
}

/// `equipment Pack G1`, or `10 equipment`.
fn subject(row: &Entry, n: usize, model: &Model, reader: &Reader) -> String {
    let (noun, key) = (row.noun.as_str(), row.key.as_str());
    let name = name_of(noun, key, model, reader).unwrap_or_else(|| key.to_owned());
    reader
        .words
        .count_with(&format!("change-of-{noun}"), n, &[("name", &name)])
}

fn name_of(noun: &str, key: &str, model: &Model, reader: &Reader) -> Option<String> {
    match noun {
        "site" => {
            let row = model.sites.iter().find(|row| row.site.key == key)?;
            Some(row.site.name.clone())
        }
        "equipment" => {
            let row = model
                .equipment
                .iter()
                .find(|row| row.equipment.key == key)?;
            Some(row.equipment.name.clone())
        }
        "type" => {
            let row = model
                .types
                .iter()
                .find(|row| row.equipment_type.key == key)?;
            let kind = &row.equipment_type;
            Some(label(&kind.name, kind.name_fr.as_deref(), reader.words.0))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use crate::web::format::Locale;
    use crate::web::words::Words;
    use jiff::tz::TimeZone;

    fn change(minute: i64, action: &str, noun: &str, key: &str) -> Entry {
        Entry {
            id: 1,
            at: Timestamp::from_seconds(minute * 60),
            actor: "manifest".to_owned(),
            action: action.to_owned(),
            noun: noun.to_owned(),
            key: key.to_owned(),
            detail: "{}".to_owned(),
            who: None,
            what: None,
            hash: Vec::new(),
        }
    }

    fn told(changes: &[Entry], locale: Locale) -> Vec<String> {
        let reader = Reader {
            words: Words::of(locale),
            zone: TimeZone::UTC,
            now: Timestamp::from_seconds(600),
        };
        let lines = lines(changes, &Model::default(), &reader);
        lines.into_iter().map(|line| line.what).collect()
    }

    #[test]
    fn what_was_made_together_is_one_line_in_the_language_of_its_reader() {
        let changes = [
            change(9, "renamed", "equipment", "pack-1"),
            change(8, "created", "equipment", "pack-2"),
            change(8, "created", "equipment", "pack-1"),
            change(8, "created", "site", "lyon"),
        ];
        assert_eq!(
            told(&changes, Locale::English),
            [
                "Renamed: equipment pack-1",
                "Added: 2 pieces of equipment",
                "Added: site lyon"
            ]
        );
        assert_eq!(
            told(&changes, Locale::French)[1],
            "Ajout\u{a0}: 2 équipements"
        );
    }
}
