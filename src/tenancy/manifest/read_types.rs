//! Equipment types.

use super::draft::Draft;
use super::model::{TypeSpec, number_points};
use super::noun::Noun;
use super::read_points::{self, given};
use super::reader::{Node, TableReader};
use crate::store::tenant::{EquipmentType, PointSpec};

const DEFAULT_ICON: &str = "i-sensor";

/// Reads all `[[types]]`. One that has nothing but its key is lent by the library.
pub(super) fn read_all(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("types") {
        if let Some(key) = draft.key(Noun::Type, &table, "key") {
            let lent = draft.library.types.get(&key);
            let read = match lent.filter(|_| table.entries().len() == 1) {
                Some(lent) => Some(lent.clone()),
                None => read(&table),
            };
            note_renames(draft, &key, &table);
            if let Some(read) = read {
                draft.model.types.insert(key, read);
            }
        }
        table.finish();
    }
}

/// Reads one type.
pub(super) fn read(table: &TableReader<'_>) -> Option<TypeSpec> {
    let (key, name) = (table.required("key"), table.required("name"));
    let head = EquipmentType {
        key: key?.text,
        name: name?.text,
        name_fr: table.optional("name_fr").and_then(|word| given(word.text)),
        icon: table
            .optional("icon")
            .map_or_else(|| DEFAULT_ICON.to_owned(), |word| word.text),
        brick_class: table.optional("brick").and_then(|word| given(word.text)),
        haystack_tags: read_tags(table),
        bookable: table
            .get("bookable")
            .and_then(|node| node.boolean())
            .unwrap_or(false),
    };
    let mut points = read_type_points(table);
    number_points(&mut points);
    Some(TypeSpec { head, points })
}

fn read_type_points(table: &TableReader<'_>) -> Vec<PointSpec> {
    let mut points: Vec<PointSpec> = Vec::new();
    for inner in table.tables("points") {
        inner.get("was");
        let key = inner.required("key");
        let named = inner.required("name").is_some();
        if let Some(key) = key.filter(|key| read_points::check_key(&inner, key)) {
            let point = read_points::read(&inner, read_points::blank(&key.text));
            if points.iter().any(|other| other.key == point.key) {
                inner.fault(format!("point `{}` is there already", point.key));
            } else if named {
                points.push(point);
            }
        }
        inner.finish();
    }
    points
}

fn note_renames(draft: &mut Draft<'_>, kind: &str, table: &TableReader<'_>) {
    for inner in table.tables("points") {
        if let (Some(key), Some(was)) = (inner.optional("key"), inner.optional("was")) {
            draft
                .renames
                .add_point(Noun::Type, kind, &key.text, &was.text);
        }
    }
}

/// A list of words, kept as JSON.
fn read_tags(table: &TableReader<'_>) -> String {
    let items = table.get("haystack").and_then(|node| node.items());
    let words = items.unwrap_or_default();
    let words: Vec<String> = words
        .iter()
        .filter_map(Node::text)
        .map(|word| word.text)
        .collect();
    serde_json::Value::from(words).to_string()
}
