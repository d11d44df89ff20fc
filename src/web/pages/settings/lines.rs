//! What the lists of administrators say of each thing.

use super::noun::Noun;
use crate::store::tenant::{
    ApiKeyRow, ConnectionRow, DeviceRow, EquipmentRow, EquipmentTypeRow, FieldRow, SiteRow,
    api_keys, connections, devices, fields,
};
use crate::web::WebError;
use crate::web::api::Desk;
use crate::web::condition::{Condition, Mark};
use crate::web::format;
use crate::web::pages::connection_words::{protocol, state};
use crate::web::plain::plain;
use crate::web::value::{Reader, label};

/// One thing.
#[derive(Debug, Clone)]
pub struct Line {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) details: Vec<String>,
    pub(super) state: Option<(Mark, String)>,
}

impl Line {
    /// Whether it holds all of these words.
    pub(super) fn holds(&self, wanted: &[String]) -> bool {
        if wanted.is_empty() {
            return true;
        }
        let text = plain(&format!("{}\n{}", self.name, self.details.join("\n")));
        wanted.iter().all(|word| text.contains(word))
    }

    fn in_state(self, condition: Condition, word: String) -> Self {
        Self {
            state: Some((condition.mark(), word)),
            ..self
        }
    }
}

/// All there is of a noun, as far as the caller sees it; people have a page of their own.
pub async fn of(desk: &Desk, noun: Noun, reader: &Reader) -> Result<Vec<Line>, WebError> {
    let db = desk.caller.client.scope().db();
    Ok(match noun {
        Noun::Sites => desk.model.sites.iter().map(|row| site(desk, row)).collect(),
        Noun::Types => {
            let types = desk.model.types.iter();
            types.map(|row| kind(desk, row, reader)).collect()
        }
        Noun::Equipment => {
            let all = desk.model.equipment.iter();
            all.map(|row| equipment(desk, row)).collect()
        }
        Noun::Connections => {
            let rows = connections::list(db).await?;
            rows.iter()
                .map(|row| connection(desk, row, reader))
                .collect()
        }
        Noun::Devices => {
            let rows = devices::list(db).await?;
            rows.iter().map(|row| device(desk, row, reader)).collect()
        }
        Noun::Keys => {
            let rows = api_keys::list(db).await?;
            rows.iter().map(|row| key(row, reader)).collect()
        }
        Noun::Fields => {
            let rows = fields::list(db).await?;
            rows.iter().map(|row| field(row, reader)).collect()
        }
        Noun::People => Vec::new(),
    })
}

fn line(id: i64, name: &str, details: impl IntoIterator<Item = String>) -> Line {
    Line {
        id,
        name: name.to_owned(),
        details: details.into_iter().filter(|one| !one.is_empty()).collect(),
        state: None,
    }
}

fn site(desk: &Desk, row: &SiteRow) -> Line {
    let site = &row.site;
    let outer = site.parent_id.and_then(|id| desk.model.site(id));
    let outer = outer.map(|outer| outer.site.name.clone());
    let (key, zone) = (site.key.clone(), site.time_zone.clone());
    line(row.id.0, &site.name, [key, outer.unwrap_or_default(), zone])
}

fn kind(desk: &Desk, row: &EquipmentTypeRow, reader: &Reader) -> Line {
    let kind = &row.equipment_type;
    let name = label(&kind.name, kind.name_fr.as_deref(), reader.words.0);
    let same = |one: &&EquipmentRow| one.equipment.type_id == row.id;
    let n = desk.model.equipment.iter().filter(same).count();
    let count = reader.words.count("found-equipment", n);
    line(row.id.0, &name, [kind.key.clone(), count])
}

fn equipment(desk: &Desk, row: &EquipmentRow) -> Line {
    let equipment = &row.equipment;
    let site = desk.model.site(equipment.site_id);
    let kind = desk.model.type_of(row);
    let details = [
        equipment.key.clone(),
        kind.map(|kind| kind.equipment_type.key.clone())
            .unwrap_or_default(),
        site.map(|site| site.site.name.clone()).unwrap_or_default(),
        equipment.serial.clone().unwrap_or_default(),
    ];
    line(row.id.0, &equipment.name, details)
}

fn connection(desk: &Desk, row: &ConnectionRow, reader: &Reader) -> Line {
    let connection = &row.connection;
    let running = desk.caller.client.connections();
    let mut running = running.iter();
    let view = running.find(|view| view.connection.key == connection.key);
    let status = view.map(|view| &view.status);
    let (condition, word) = state(connection.enabled, status);
    let error = status.and_then(|status| status.last_error.clone());
    let protocol = protocol(&connection.protocol, reader.words);
    let key = connection.key.clone();
    let details = [key, protocol, error.unwrap_or_default()];
    line(row.id.0, &connection.name, details).in_state(condition, reader.words.get(word))
}

fn device(desk: &Desk, row: &DeviceRow, reader: &Reader) -> Line {
    let slug = &desk.caller.client.tenant().slug;
    let seen = format::age_or_never(row.last_seen_at, reader);
    let details = [
        format!("{slug}/{}", row.name),
        reader.words.with("device-seen", &[("age", &seen)]),
    ];
    let (condition, word) = if row.revoked_at.is_some() {
        (Condition::Offline, "device-revoked")
    } else {
        (Condition::Normal, "device-let-in")
    };
    line(row.id.0, &row.name, details).in_state(condition, reader.words.get(word))
}

fn key(row: &ApiKeyRow, reader: &Reader) -> Line {
    let used = format::age_or_never(row.last_used_at, reader);
    let details = [
        format!("{}…", row.api_key.prefix),
        scopes(row, reader),
        reader.words.with("key-used", &[("age", &used)]),
    ];
    let (condition, word) = key_state(row, reader);
    line(row.id.0, &row.api_key.name, details).in_state(condition, word)
}

/// What a key may do, in words.
pub fn scopes(row: &ApiKeyRow, reader: &Reader) -> String {
    let scopes = row.api_key.scopes.split(' ');
    let words = scopes.map(|scope| reader.words.get(&format!("scope-{scope}")));
    words.collect::<Vec<_>>().join(", ")
}

/// Whether a key is let in, and until when.
pub fn key_state(row: &ApiKeyRow, reader: &Reader) -> (Condition, String) {
    let words = reader.words;
    let day = |at| format::date(at, &reader.zone, words);
    match (row.revoked_at, row.api_key.expires_at) {
        (Some(_), _) => (Condition::Offline, words.get("device-revoked")),
        (None, Some(end)) if end <= reader.now => {
            let ended = words.with("key-ended", &[("date", &day(end))]);
            (Condition::Offline, ended)
        }
        (None, Some(end)) => {
            let until = words.with("key-until", &[("date", &day(end))]);
            (Condition::Normal, until)
        }
        (None, None) => (Condition::Normal, words.get("device-let-in")),
    }
}

fn field(row: &FieldRow, reader: &Reader) -> Line {
    let (field, words) = (&row.field, reader.words);
    let name = label(&field.name, field.name_fr.as_deref(), words.0);
    let traits = [
        (field.required, "field-required"),
        (field.searchable, "field-searchable"),
        (field.listed, "field-listed"),
    ];
    let details = [
        field.key.clone(),
        words.get(&format!("field-of-{}", field.noun)),
        words.get(&format!("field-kind-{}", field.kind)),
    ];
    let traits = traits.into_iter().filter(|(is_so, _)| *is_so);
    let traits = traits.map(|(_, key)| words.get(key));
    line(row.id.0, &name, details.into_iter().chain(traits))
}

/// Two lines for the test of all pages.
#[cfg(test)]
pub fn sample() -> Vec<Line> {
    vec![
        line(1, "<Nantes>", ["nantes".to_owned()]),
        Line {
            state: Some((Condition::Normal.mark(), "<Nantes>".to_owned())),
            ..line(2, "Parking", [])
        },
    ]
}
