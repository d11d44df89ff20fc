//! Equipment types.

use super::draft::Draft;
use super::keys;
use super::model::{TypeSpec, number_points};
use super::noun::Noun;
use super::read_equipment::name_of;
use super::read_points::{self, blank, given};
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
                None => read(&table, &|base| {
                    let own = draft.model.types.get(base).filter(|_| base != key);
                    own.or_else(|| draft.library.types.get(base))
                }),
            };
            note_renames(draft, &key, &table);
            if let Some(read) = read {
                draft.model.types.insert(key, read);
            }
        }
        table.finish();
    }
}

/// Reads one type; `known` finds the one that it `extends`.
pub(super) fn read<'k>(
    table: &TableReader<'_>,
    known: &dyn Fn(&str) -> Option<&'k TypeSpec>,
) -> Option<TypeSpec> {
    let (key, name) = (table.required("key"), table.required("name"));
    let base = read_base(table, known);
    let head = base.as_ref().map(|base| base.head.clone());
    let head = head.unwrap_or_else(|| EquipmentType {
        icon: DEFAULT_ICON.to_owned(),
        haystack_tags: no_tags(),
        ..EquipmentType::default()
    });
    let head = EquipmentType {
        key: key?.text,
        name: name?.text,
        name_fr: table.optional("name_fr").and_then(|word| given(word.text)),
        icon: table.optional("icon").map_or(head.icon, |word| word.text),
        brick_class: match table.optional("brick") {
            Some(word) => given(word.text),
            None => head.brick_class,
        },
        haystack_tags: read_tags(table).unwrap_or(head.haystack_tags),
        bookable: table
            .get("bookable")
            .and_then(|node| node.boolean())
            .unwrap_or(head.bookable),
    };
    let mut points = base.map(|base| base.points).unwrap_or_default();
    read_type_points(table, &mut points);
    number_points(&mut points);
    Some(TypeSpec { head, points })
}

fn read_base<'k>(
    table: &TableReader<'_>,
    known: &dyn Fn(&str) -> Option<&'k TypeSpec>,
) -> Option<TypeSpec> {
    let node = table.get("extends")?;
    let base = node.text()?.text;
    let found = known(&base).cloned();
    if found.is_none() {
        node.fault(format!(
            "there is no type `{base}` before this one, nor in the library"
        ));
    }
    found
}

/// Points of its own, after those it has from its base; one of the same key builds on that of the base.
fn read_type_points(table: &TableReader<'_>, points: &mut Vec<PointSpec>) {
    let mut own: Vec<String> = Vec::new();
    for inner in table.tables("points") {
        inner.get("was");
        let keys = read_point_keys(&inner);
        let inherited = |key: &str| points.iter().find(|point| point.key == key).cloned();
        if let Some(first) = keys.first() {
            let base = inherited(first).filter(|_| !own.contains(first));
            let is_named = base.is_some() || inner.required("name").is_some();
            let template = read_points::read(&inner, base.unwrap_or_else(|| blank(first)));
            for key in keys.iter().filter(|_| is_named) {
                if own.contains(key) {
                    inner.fault(format!("point `{key}` is there already"));
                    continue;
                }
                own.push(key.clone());
                points.retain(|point| point.key != *key);
                points.push(PointSpec {
                    key: key.clone(),
                    name: name_of(&template.name, key),
                    name_fr: template.name_fr.as_deref().map(|name| name_of(name, key)),
                    ..template.clone()
                });
            }
        }
        inner.finish();
    }
}

/// `key = "soc"`, or `keys = "cell_voltage_1..cell_voltage_16"`.
fn read_point_keys(table: &TableReader<'_>) -> Vec<String> {
    let Some(node) = table.get("keys") else {
        let key = table.required("key");
        let key = key.filter(|key| read_points::check_key(table, key));
        return key.map(|key| key.text).into_iter().collect();
    };
    if table.get("key").is_some() {
        node.fault("`key` and `keys` exclude each other");
    }
    let Some(range) = node
        .text()
        .filter(|range| read_points::check_key(table, range))
    else {
        return Vec::new();
    };
    keys::expand(&range.text).unwrap_or_else(|reason| {
        node.fault(reason);
        Vec::new()
    })
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
fn read_tags(table: &TableReader<'_>) -> Option<String> {
    let items = table.get("haystack").and_then(|node| node.items())?;
    let words = items.iter().filter_map(Node::text);
    let words: Vec<String> = words.map(|word| word.text).collect();
    Some(serde_json::Value::from(words).to_string())
}

fn no_tags() -> String {
    "[]".to_owned()
}
