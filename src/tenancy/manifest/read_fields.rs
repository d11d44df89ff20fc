//! Custom fields, and what sites and equipment have in them.

use super::change::FieldWish;
use super::draft::Draft;
use super::model::field_key;
use super::noun::Noun;
use super::read_sites::text_of;
use super::reader::{Node, TableReader, Word};
use serde_json::Value;
use std::collections::BTreeMap;
use toml::de::DeValue;

/// Reads all `[[fields]]`.
pub(super) fn read_all(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("fields") {
        let key = table.required("key");
        let mut wish = FieldWish {
            noun: text_of(table.required("noun")),
            key: key
                .as_ref()
                .map(|word| word.text.clone())
                .unwrap_or_default(),
            name: text_of(table.required("name")),
            name_fr: table.optional("name_fr").map(|word| word.text),
            kind: text_of(table.required("kind")),
            options: read_options(&table),
            required: read_flag(&table, "required"),
            searchable: read_flag(&table, "searchable"),
            listed: read_flag(&table, "listed"),
            position: 0,
        };
        let fields = draft.model.fields.values();
        wish.position = fields.filter(|field| field.noun == wish.noun).count() as i64;
        match wish.checked() {
            Ok(field) => {
                let name = field_key(&field.noun, &field.key);
                let word = key.map(|word| Word {
                    text: name.clone(),
                    ..word
                });
                if word.is_some_and(|word| draft.take(Noun::Field, &word).is_some()) {
                    draft.model.fields.insert(name, field);
                }
            }
            Err(faults) => {
                for fault in faults {
                    table.fault(format!("`{}` {}", fault.field(), fault.reason));
                }
            }
        }
        table.finish();
    }
}

/// `custom = { inventory-number = "A-12" }`; `None` where it is left out: values stay as they are.
pub(super) fn read_custom(table: &TableReader<'_>) -> Option<BTreeMap<String, Value>> {
    let inner = table.get("custom")?.table()?;
    let values = inner.entries().into_iter();
    Some(
        values
            .map(|(word, node)| (word.text, value(&node)))
            .collect(),
    )
}

fn value(node: &Node<'_>) -> Value {
    match node.raw() {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Integer(_) | DeValue::Float(_) => node.number().map_or(Value::Null, Value::from),
        DeValue::Datetime(day) => Value::from(day.to_string()),
        DeValue::Array(_) => {
            let items = node.items().unwrap_or_default();
            items.iter().map(value).collect()
        }
        DeValue::Table(_) => {
            node.fault("wants a text, a number, a day, true, false, or a list of texts");
            Value::Null
        }
    }
}

fn read_flag(table: &TableReader<'_>, name: &'static str) -> bool {
    let flag = table.get(name).and_then(|node| node.boolean());
    flag.unwrap_or_default()
}

fn read_options(table: &TableReader<'_>) -> Vec<String> {
    let items = table.get("options").and_then(|node| node.items());
    let words = items.unwrap_or_default().into_iter();
    words
        .filter_map(|node| node.text())
        .map(|word| word.text)
        .collect()
}
