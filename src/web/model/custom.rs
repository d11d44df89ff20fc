//! What a client wants to know of its sites and equipment besides: custom fields and their values.

use crate::domain::{EquipmentId, FieldId, FieldKind, SiteId};
use crate::store::tenant::{FieldRow, FieldValueRow, fields};
use crate::store::{Db, StoreError};
use crate::web::days;
use crate::web::format;
use crate::web::value::{Reader, label};
use serde_json::Value;
use std::collections::HashMap;

/// All custom fields and all values of one version of a model.
#[derive(Debug, Default)]
pub struct Custom {
    fields: Vec<FieldRow>,
    of_sites: HashMap<i64, Vec<(FieldId, Value)>>,
    of_equipment: HashMap<i64, Vec<(FieldId, Value)>>,
}

/// The custom fields of one thing with the values it has, in the order of the fields.
type Values<'a> = Vec<(&'a FieldRow, &'a Value)>;

impl Custom {
    /// Reads all of them: three statements.
    pub(super) async fn read(db: &Db) -> Result<Self, StoreError> {
        Ok(Self::of(
            fields::list(db).await?,
            fields::list_of_sites(db).await?,
            fields::list_of_equipment(db).await?,
        ))
    }

    /// Ties fields and values together.
    pub fn of(
        fields: Vec<FieldRow>,
        of_sites: Vec<FieldValueRow>,
        of_equipment: Vec<FieldValueRow>,
    ) -> Self {
        Self {
            fields,
            of_sites: by_owner(of_sites),
            of_equipment: by_owner(of_equipment),
        }
    }

    /// The fields of all equipment, in their order.
    pub fn of_all_equipment(&self) -> impl Iterator<Item = &FieldRow> {
        self.fields
            .iter()
            .filter(|row| row.field.noun == "equipment")
    }

    /// What is known of a site.
    pub fn of_site(&self, id: SiteId) -> Values<'_> {
        self.values(self.of_sites.get(&id.0))
    }

    /// What is known of an equipment.
    pub fn of_equipment(&self, id: EquipmentId) -> Values<'_> {
        self.values(self.of_equipment.get(&id.0))
    }

    /// One value of an equipment.
    pub fn value(&self, id: EquipmentId, field: FieldId) -> Option<&Value> {
        let values = self.of_equipment.get(&id.0)?;
        let (_, value) = values.iter().find(|(known, _)| *known == field)?;
        Some(value)
    }

    fn values<'a>(&'a self, known: Option<&'a Vec<(FieldId, Value)>>) -> Values<'a> {
        let known = known.map_or(&[][..], Vec::as_slice);
        let value = |row: &'a FieldRow| {
            let (_, value) = known.iter().find(|(field, _)| *field == row.id)?;
            Some((row, value))
        };
        self.fields.iter().filter_map(value).collect()
    }
}

fn by_owner(rows: Vec<FieldValueRow>) -> HashMap<i64, Vec<(FieldId, Value)>> {
    let mut all: HashMap<i64, Vec<_>> = HashMap::new();
    for row in rows {
        let value = serde_json::from_str(&row.value).unwrap_or_default();
        let values = all.entry(row.owner_id).or_default();
        values.push((row.field_id, value));
    }
    all
}

/// What people call a field.
pub fn name(row: &FieldRow, reader: &Reader) -> String {
    let field = &row.field;
    label(&field.name, field.name_fr.as_deref(), reader.words.0)
}

/// A value as its reader reads it.
pub fn text(row: &FieldRow, value: &Value, reader: &Reader) -> String {
    match (row.field.kind, value) {
        (FieldKind::Boolean, Value::Bool(yes)) => reader.words.get(if *yes { "yes" } else { "no" }),
        (FieldKind::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            format::number(number, decimals(number), reader.words)
        }
        (FieldKind::Date, Value::String(day)) => {
            days::parse(day).map_or_else(|| day.clone(), |day| days::show(day, reader))
        }
        _ => plain_text(value),
    }
}

/// A value as the search and the filters read it.
pub fn plain_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => {
            let texts = list.iter().filter_map(Value::as_str);
            texts.collect::<Vec<_>>().join(", ")
        }
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// As many as the number has, six at most.
fn decimals(number: f64) -> usize {
    let written = format!("{number:.6}");
    let fraction = written.split_once('.').map_or("", |(_, fraction)| fraction);
    fraction.trim_end_matches('0').len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tenant::Field;
    use crate::web::format::Locale;
    use crate::web::pages::samples;
    use serde_json::json;

    fn shown(kind: FieldKind, value: &Value) -> String {
        let field = Field {
            noun: "equipment".to_owned(),
            key: "x".to_owned(),
            name: "X".to_owned(),
            name_fr: None,
            kind,
            options: "[]".to_owned(),
            required: false,
            searchable: true,
            listed: true,
            position: 0,
        };
        let id = FieldId(1);
        text(
            &FieldRow { id, field },
            value,
            &samples::visitor(Locale::French).reader,
        )
    }

    #[test]
    fn a_value_is_written_as_its_reader_writes() {
        for (kind, value, text) in [
            (FieldKind::Boolean, json!(true), "Oui"),
            (FieldKind::Number, json!(1204.5), "1\u{202f}204,5"),
            (FieldKind::Number, json!(3.0), "3"),
            (
                FieldKind::Date,
                json!("2026-11-20"),
                "20\u{a0}nov.\u{a0}2026",
            ),
            (
                FieldKind::MultiSelect,
                json!(["red", "green"]),
                "red, green",
            ),
            (FieldKind::Text, json!("<b>"), "<b>"),
        ] {
            assert_eq!(shown(kind, &value), text);
        }
    }
}
