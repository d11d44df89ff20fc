//! Reports as CBOR (RFC 8949): items by number, or values in the order of a list told before.

use crate::notes::Notes;
use ciborium::Value as Cbor;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Arrays and maps inside each other that are followed.
const MAX_DEPTH: usize = 16;
/// Lists of item numbers that are remembered.
const MAX_SUBSETS: usize = 4_096;
/// Items of one list.
const MAX_ITEMS: usize = 1_024;

/// Why a report cannot be read.
pub(super) type Unreadable = (&'static str, String);

/// Which items a subset of a node carries, as the node told (`r/{node}/i/{gid}`).
#[derive(Debug, Default)]
pub(super) struct Subsets(HashMap<(Arc<str>, Box<str>), Vec<Cbor>>);

impl Subsets {
    /// The items of a report; `None` for a list, which says nothing yet.
    pub(super) fn hear(
        &mut self,
        notes: &mut Notes,
        kind: &str,
        group: &str,
    ) -> Result<Option<Vec<(Cbor, Cbor)>>, Unreadable> {
        let value = ciborium::de::from_reader_with_recursion_limit(notes.raw(), MAX_DEPTH)
            .map_err(|error| ("bad_cbor", error.to_string()))?;
        match (kind, value) {
            ("m", Cbor::Map(items)) => Ok(Some(items)),
            ("i", Cbor::Array(ids)) => self.note(notes, group, ids).map(|()| None),
            ("v", Cbor::Array(values)) => self.matched(notes, group, values).map(Some),
            ("m", _) => Err(("not_a_value", "a report is a map of items".to_owned())),
            _ => Err(("not_an_array", "a subset is an array".to_owned())),
        }
    }

    fn note(&mut self, notes: &Notes, group: &str, ids: Vec<Cbor>) -> Result<(), Unreadable> {
        let subset = (notes.equipment.clone(), Box::from(group));
        let has_room = self.0.len() < MAX_SUBSETS || self.0.contains_key(&subset);
        if !has_room || ids.len() > MAX_ITEMS {
            return Err((
                "too_many",
                "more subsets or items than are remembered".to_owned(),
            ));
        }
        self.0.insert(subset, ids);
        Ok(())
    }

    fn matched(
        &self,
        notes: &Notes,
        group: &str,
        values: Vec<Cbor>,
    ) -> Result<Vec<(Cbor, Cbor)>, Unreadable> {
        let subset = (notes.equipment.clone(), Box::from(group));
        let ids = self.0.get(&subset).ok_or_else(|| {
            let detail = "values of a subset whose items (`r/…/i/…`) were not told yet";
            ("no_birth", detail.to_owned())
        })?;
        if ids.len() != values.len() {
            let detail = format!("{} values for {} items", values.len(), ids.len());
            return Err(("bad_shape", detail));
        }
        Ok(ids.iter().cloned().zip(values).collect())
    }
}

/// Items by their paths: groups inside groups, as a report with names has them. A number that has
/// no path is called `id_113`.
pub(super) fn named(items: &[(Cbor, Cbor)], paths: &BTreeMap<u64, String>) -> Value {
    let mut root = Map::new();
    for (key, value) in items.iter().take(MAX_ITEMS) {
        let path = match key {
            Cbor::Text(name) => name.clone(),
            key => {
                let Some(number) = key
                    .as_integer()
                    .and_then(|number| u64::try_from(number).ok())
                else {
                    continue;
                };
                // 16 is the time of the report in every device (ThingSet 0.6, "Reserved IDs").
                let known = paths.get(&number).cloned();
                known.unwrap_or_else(|| match number {
                    0x10 => "t_s".to_owned(),
                    _ => format!("id-{number}"),
                })
            }
        };
        let value = plain(value, 0);
        match path.trim_matches('/').rsplit_once('/') {
            None => _ = root.insert(path, value),
            Some((group, name)) => {
                let group = group.rsplit('/').next().unwrap_or(group).to_owned();
                let inner = root
                    .entry(group)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(inner) = inner {
                    inner.insert(name.to_owned(), value);
                }
            }
        }
    }
    Value::Object(root)
}

fn plain(value: &Cbor, depth: usize) -> Value {
    match value {
        Cbor::Integer(number) => match (i64::try_from(*number), u64::try_from(*number)) {
            (Ok(number), _) => number.into(),
            (_, Ok(number)) => number.into(),
            _ => Value::Null,
        },
        Cbor::Float(number) => Value::from(*number),
        Cbor::Bool(flag) => (*flag).into(),
        Cbor::Text(text) => text.as_str().into(),
        Cbor::Array(values) if depth < MAX_DEPTH => values
            .iter()
            .take(MAX_ITEMS)
            .map(|value| plain(value, depth + 1))
            .collect(),
        // A decimal fraction (RFC 8949, 3.4.4): exponent and mantissa.
        Cbor::Tag(4, inner) => decimal(inner).map_or(Value::Null, Value::from),
        Cbor::Tag(_, inner) if depth < MAX_DEPTH => plain(inner, depth + 1),
        _ => Value::Null,
    }
}

fn decimal(value: &Cbor) -> Option<f64> {
    let [exponent, mantissa] = value.as_array()?.as_slice() else {
        return None;
    };
    let exponent = i32::try_from(exponent.as_integer()?).ok()?;
    let mantissa = i64::try_from(mantissa.as_integer()?).ok()?;
    Some(mantissa as f64 * 10_f64.powi(exponent.clamp(-300, 300)))
}
