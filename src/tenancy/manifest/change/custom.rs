//! Values of custom fields: what a wish says of them, held to what each field is.

use super::fault::Faults;
use crate::domain::{FieldId, FieldKind};
use crate::store::tenant::{Field, FieldRow, FieldValueRow};
use crate::tenancy::{Reason, rules};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// Values by key of their field.
pub type Custom = BTreeMap<String, Value>;

/// The custom fields of a client, and the values of what wishes are about.
#[derive(Debug, Default)]
pub(super) struct CustomFields {
    pub(super) fields: Vec<FieldRow>,
    pub(super) of_sites: HashMap<i64, Custom>,
    pub(super) of_equipment: HashMap<i64, Custom>,
}

/// Rows as values by key.
pub fn by_key(fields: &[FieldRow], rows: &[FieldValueRow]) -> HashMap<i64, Custom> {
    let keys: HashMap<FieldId, &str> = fields
        .iter()
        .map(|row| (row.id, row.field.key.as_str()))
        .collect();
    let mut all: HashMap<i64, Custom> = HashMap::new();
    for row in rows {
        if let Some(key) = keys.get(&row.field_id) {
            let value = serde_json::from_str(&row.value).unwrap_or_default();
            all.entry(row.owner_id)
                .or_default()
                .insert((*key).to_owned(), value);
        }
    }
    all
}

impl CustomFields {
    /// What is wished of the fields of a noun, as it is kept; blanks and `null` are none.
    pub(super) fn settle(
        &self,
        noun: &str,
        wished: &Custom,
        faults: &mut Faults,
    ) -> Vec<(FieldId, String)> {
        let of_noun = || self.fields.iter().filter(|row| row.field.noun == noun);
        for key in wished.keys() {
            if !of_noun().any(|row| row.field.key == *key) {
                let unknown = Reason::Unknown {
                    noun: "field".to_owned(),
                    key: key.clone(),
                };
                faults.push(pointer(key), unknown);
            }
        }
        let mut kept = Vec::new();
        for row in of_noun() {
            let given = wished.get(&row.field.key).filter(|value| !is_blank(value));
            let value = match given {
                Some(value) => settled(row, value).map(Some),
                None if row.field.required => Err(Reason::Missing),
                None => Ok(None),
            };
            if let Some(value) = faults.take(&pointer(&row.field.key), value) {
                kept.push((row.id, value.to_string()));
            }
        }
        kept
    }
}

/// Values of one thing as they are kept, by key; else each field that is wrong, and why.
pub(in crate::tenancy::manifest) fn settled_values(
    fields: &[Field],
    noun: &str,
    wished: &Custom,
) -> Result<Custom, Vec<(String, Reason)>> {
    let numbered = (0..).map(FieldId).zip(fields.iter().cloned());
    let custom = CustomFields {
        fields: numbered.map(|(id, field)| FieldRow { id, field }).collect(),
        ..CustomFields::default()
    };
    let mut faults = Faults::of(0);
    let kept = custom.settle(noun, wished, &mut faults);
    if !faults.is_empty() {
        let found = faults.into_found().into_iter();
        let named = found.map(|fault| {
            let key = fault.pointer.trim_start_matches("/custom/").to_owned();
            (key, fault.reason)
        });
        return Err(named.collect());
    }
    let key = |id: FieldId| fields.get(id.0 as usize).map(|field| field.key.clone());
    let values = kept.into_iter().filter_map(|(id, value)| {
        Some((key(id)?, serde_json::from_str(&value).unwrap_or_default()))
    });
    Ok(values.collect())
}

fn pointer(key: &str) -> String {
    format!("/custom/{}", key.replace('~', "~0").replace('/', "~1"))
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// A value as it is kept. Forms send texts, so a number and a yes may come as their text.
fn settled(row: &FieldRow, value: &Value) -> Result<Value, Reason> {
    let options =
        || -> Vec<String> { serde_json::from_str(&row.field.options).unwrap_or_default() };
    match row.field.kind {
        FieldKind::Text => rules::line(text(value)?, rules::LONGEST_LINE).map(Value::from),
        FieldKind::LongText => rules::note(Some(text(value)?)).map(Value::from),
        FieldKind::Number => number(value),
        FieldKind::Boolean => boolean(value),
        FieldKind::Date => {
            let day: Result<jiff::civil::Date, _> = text(value)?.trim().parse();
            day.map(|day| Value::from(day.to_string()))
                .map_err(|_| shape("wants a day like 2026-11-20"))
        }
        FieldKind::Select => option(text(value)?, &options()).map(Value::from),
        FieldKind::MultiSelect => several(value, &options()),
    }
}

fn text(value: &Value) -> Result<&str, Reason> {
    value.as_str().ok_or_else(|| shape("wants a text"))
}

fn number(value: &Value) -> Result<Value, Reason> {
    let typed = value.as_str().and_then(|text| text.trim().parse().ok());
    let number = value
        .as_f64()
        .or(typed)
        .filter(|number: &f64| number.is_finite());
    number
        .map(|number| Value::from(number + 0.0))
        .ok_or_else(|| shape("wants a number"))
}

fn boolean(value: &Value) -> Result<Value, Reason> {
    match value {
        Value::Bool(_) => Ok(value.clone()),
        Value::String(text) if text == "true" => Ok(Value::from(true)),
        Value::String(text) if text == "false" => Ok(Value::from(false)),
        _ => Err(shape("wants true or false")),
    }
}

fn option(word: &str, options: &[String]) -> Result<String, Reason> {
    let known: Vec<&str> = options.iter().map(String::as_str).collect();
    rules::one_of(word, &known)
}

fn several(value: &Value, options: &[String]) -> Result<Value, Reason> {
    let words = value
        .as_array()
        .ok_or_else(|| shape("wants a list of texts"))?;
    let mut chosen = Vec::with_capacity(words.len());
    for word in words {
        let word = option(text(word)?, options)?;
        if !chosen.contains(&word) {
            chosen.push(word);
        }
    }
    Ok(Value::from(chosen))
}

fn shape(detail: &str) -> Reason {
    Reason::Shape {
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::tenant::Field;
    use serde_json::json;

    fn field(id: i64, kind: FieldKind, required: bool) -> FieldRow {
        FieldRow {
            id: FieldId(id),
            field: Field {
                noun: "site".to_owned(),
                key: kind.to_string(),
                name: kind.to_string(),
                name_fr: None,
                kind,
                options: "[\"red\",\"green\"]".to_owned(),
                required,
                searchable: false,
                listed: false,
                position: id,
            },
        }
    }

    fn settle(kind: FieldKind, value: Value) -> Result<String, &'static str> {
        let custom = CustomFields {
            fields: vec![field(1, kind, true)],
            ..CustomFields::default()
        };
        let mut faults = Faults::of(0);
        let wished = Custom::from([(kind.to_string(), value)]);
        let kept = custom.settle("site", &wished, &mut faults);
        match faults.into_found().first() {
            Some(fault) => Err(fault.reason.code()),
            None => Ok(kept[0].1.clone()),
        }
    }

    #[test]
    fn each_kind_takes_its_values_and_no_others() {
        use FieldKind::*;
        for (kind, value, kept) in [
            (Text, json!(" a "), "\"a\""),
            (LongText, json!("a\r\nb"), "\"a\\nb\""),
            (Number, json!("12.5"), "12.5"),
            (Boolean, json!("true"), "true"),
            (Date, json!("2026-02-28"), "\"2026-02-28\""),
            (Select, json!("red"), "\"red\""),
            (
                MultiSelect,
                json!(["red", "green", "red"]),
                "[\"red\",\"green\"]",
            ),
        ] {
            assert_eq!(settle(kind, value), Ok(kept.to_owned()), "{kind}");
        }
        for (kind, value, code) in [
            (Text, json!(7), "shape"),
            (Text, json!("a\u{0}"), "invisible"),
            (Number, json!("many"), "shape"),
            (Boolean, json!(1), "shape"),
            (Date, json!("2026-02-30"), "shape"),
            (Select, json!("blue"), "not-one-of"),
            (MultiSelect, json!("red"), "shape"),
            (Text, json!("  "), "missing"),
            (MultiSelect, json!([]), "missing"),
        ] {
            assert_eq!(settle(kind, value.clone()), Err(code), "{kind} {value}");
        }
    }
}
