//! Equipment, one by one or as a range of keys.

use super::draft::Draft;
use super::keys;
use super::model::{EquipmentSpec, TypeSpec, number_points};
use super::noun::Noun;
use super::read_fields::read_custom;
use super::read_points::{self, given};
use super::read_sites::text_of;
use super::reader::{Node, TableReader, Word};
use super::source::did_you_mean;
use crate::domain::{KEY_RULE, is_key};
use crate::store::tenant::PointSpec;

/// Reads all `[[equipment]]`; the types must have been read.
pub(super) fn read_all(draft: &mut Draft<'_>, root: &TableReader<'_>) {
    for table in root.tables("equipment") {
        let keys = read_keys(draft, &table);
        let template = EquipmentSpec {
            site: read_reference(draft, &table, Noun::Site, "site"),
            parent: draft.reference(Noun::Equipment, &table, "parent"),
            kind: read_reference(draft, &table, Noun::Type, "type"),
            name: text_of(table.required("name")),
            model: table.optional("model").and_then(|word| given(word.text)),
            serial: table.optional("serial").and_then(|word| given(word.text)),
            note: table.optional("note").and_then(|word| given(word.text)),
            points: Vec::new(),
        };
        let points = read_points(draft, &table, &template.kind, &keys);
        let custom = read_custom(&table);
        for key in keys {
            if let Some(custom) = custom.clone() {
                let place = (Noun::Equipment, key.clone());
                draft.model.custom.insert(place, custom);
            }
            let mut thing = template.clone();
            thing.name = name_of(&template.name, &key);
            thing.points.clone_from(&points);
            draft.model.equipment.insert(key, thing);
        }
        table.finish();
    }
}

/// `{key}` stands for the key, `{n}` for the number it ends with: `Pack G{n}`, `pack-g3` -> `Pack G3`.
pub(super) fn name_of(template: &str, key: &str) -> String {
    let letters = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = &key[letters.len()..];
    template.replace("{key}", key).replace("{n}", number)
}

fn read_reference(
    draft: &mut Draft<'_>,
    table: &TableReader<'_>,
    noun: Noun,
    name: &'static str,
) -> String {
    match table.required(name) {
        Some(word) => draft.refer(noun, word),
        None => String::new(),
    }
}

/// `key = "A01"`, or `keys = "A01..A20"`, or `keys = ["A01..A10", "B1"]`.
fn read_keys(draft: &mut Draft<'_>, table: &TableReader<'_>) -> Vec<String> {
    let Some(node) = table.get("keys") else {
        return draft
            .key(Noun::Equipment, table, "key")
            .into_iter()
            .collect();
    };
    if table.get("key").is_some() {
        node.fault("`key` and `keys` exclude each other");
    }
    let words: Vec<Word> = match node.raw() {
        toml::de::DeValue::Array(_) => node
            .items()
            .unwrap_or_default()
            .iter()
            .filter_map(Node::text)
            .collect(),
        _ => node.text().into_iter().collect(),
    };
    words.iter().flat_map(|word| expand(draft, word)).collect()
}

fn expand(draft: &mut Draft<'_>, word: &Word) -> Vec<String> {
    let keys = if word.text.contains("..") {
        keys::expand(&word.text)
    } else {
        Ok(vec![word.text.clone()])
    };
    let keys = keys.unwrap_or_else(|reason| {
        draft.found.push(word.fault(reason));
        Vec::new()
    });
    keys.into_iter()
        .filter(|key| {
            let good = is_key(key);
            if !good {
                draft.found.push(word.fault(KEY_RULE));
            }
            let word = Word {
                text: key.clone(),
                ..word.clone()
            };
            good && draft.take(Noun::Equipment, &word).is_some()
        })
        .collect()
}

/// The points of the type with what `points.<key>` says of them, then those beyond the type.
fn read_points(
    draft: &mut Draft<'_>,
    table: &TableReader<'_>,
    kind: &str,
    owners: &[String],
) -> Vec<PointSpec> {
    let own = draft.model.types.get(kind);
    let kind = own.or_else(|| draft.library.types.get(kind)).cloned();
    let mut points = kind
        .as_ref()
        .map_or_else(Vec::new, |kind| kind.points.clone());
    let overrides = table.get("points").and_then(|node| node.table());
    for (word, node) in overrides.iter().flat_map(TableReader::entries) {
        let Some(inner) = node.table() else { continue };
        if let Some(was) = inner.optional("was") {
            for owner in owners {
                let renames = &mut draft.renames;
                renames.add_point(Noun::Equipment, owner, &word.text, &was.text);
            }
        }
        read_override(&inner, &word, kind.as_ref(), &mut points);
        inner.finish();
    }
    number_points(&mut points);
    points
}

fn read_override(
    table: &TableReader<'_>,
    word: &Word,
    kind: Option<&TypeSpec>,
    points: &mut Vec<PointSpec>,
) {
    if let Some(known) = points.iter_mut().find(|point| point.key == word.text) {
        *known = read_points::read(table, known.clone());
        return;
    }
    let beyond = table.get("name").is_some() && table.get("kind").is_some();
    if let Some(kind) = kind.filter(|_| !beyond) {
        let known = || kind.points.iter().map(|point| point.key.as_str());
        let hint = did_you_mean(&word.text, known());
        let allowed: Vec<_> = known().collect();
        table.fault(format!(
            "type `{}` has no point `{}`{hint} (it has: {}; a point beyond the type wants `name` and `kind`)",
            kind.head.key,
            word.text,
            allowed.join(", ")
        ));
    } else if read_points::check_key(table, word) {
        points.push(read_points::read(table, read_points::blank(&word.text)));
    }
}
