//! What rules of commands speak of: the points are there, and have the states that are named.

use super::config::{step, tables_of};
use super::draft::Draft;
use super::model::{EquipmentSpec, Model};
use super::source::did_you_mean;
use crate::domain::PointKind;
use crate::store::tenant::PointSpec;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Equipment by its key.
type Things = BTreeMap<String, EquipmentSpec>;
/// JSON pointers, and what is wrong there.
type Found = Vec<(String, String)>;

/// Checks the rules of all connections.
pub(super) fn check(draft: &Draft<'_>) {
    for (key, connection) in &draft.model.connections {
        let config = &connection.config;
        let mut found = faults(config, &draft.model.equipment);
        found.extend(of_nobody(config, &draft.model));
        for (pointer, message) in found {
            if let Some(word) = draft.config_places.get(&(key.clone(), pointer)) {
                draft.found.push(word.fault(message));
            }
        }
    }
}

/// What is wrong with rules that name equipment, by pointer. Nothing of equipment that is not
/// there: that is a fault already.
pub(super) fn faults(config: &Value, things: &Things) -> Found {
    let mut found = Found::new();
    for rule in tables_of(config, "commands", "") {
        let rule = Rule::at(config, rule);
        found.extend(rule.without("/point", things));
        found.extend(rule.without("/confirm/point", things));
        found.extend(rule.unknown_codes(things));
    }
    for rule in tables_of(config, "obey", "/command") {
        let rule = Rule::at(config, rule);
        found.extend(rule.without("/point", things));
        found.extend(rule.unknown_word(things));
    }
    // Two things of one type are wrong in the same place for the same reason.
    let mut told = BTreeSet::new();
    found.retain(|(pointer, _)| told.insert(pointer.clone()));
    found
}

/// Rules for all equipment that has a point, which nothing has.
fn of_nobody(config: &Value, model: &Model) -> Found {
    let of_types = model.types.values().flat_map(|kind| &kind.points);
    let of_things = model.equipment.values().flat_map(|thing| &thing.points);
    let keys: BTreeSet<_> = of_types
        .chain(of_things)
        .map(|point| point.key.as_str())
        .collect();
    let rules = tables_of(config, "commands", "").into_iter();
    let rules = rules.map(|rule| Rule::at(config, rule));
    let for_all = rules.filter(|rule| rule.equipment().next().is_none());
    for_all
        .filter_map(|rule| {
            let key = rule.text("/point").filter(|key| !keys.contains(key))?;
            let hint = did_you_mean(key, keys.iter().copied());
            let message = format!("no type and no equipment has a point `{key}`{hint}");
            Some((format!("{}/point", rule.pointer), message))
        })
        .collect()
}

/// A rule, where it stands.
struct Rule<'a> {
    config: &'a Value,
    pointer: String,
}

impl<'a> Rule<'a> {
    fn at(config: &'a Value, pointer: String) -> Self {
        Self { config, pointer }
    }

    fn value(&self, inner: &str) -> Option<&'a Value> {
        self.config.pointer(&format!("{}{inner}", self.pointer))
    }

    fn text(&self, inner: &str) -> Option<&'a str> {
        self.value(inner)?.as_str()
    }

    fn equipment(&self) -> impl Iterator<Item = &'a str> {
        let named = self.value("/equipment").and_then(Value::as_array);
        named.into_iter().flatten().filter_map(Value::as_str)
    }

    /// Equipment that has not the point named at `inner`.
    fn without(&self, inner: &str, things: &Things) -> Found {
        let Some(point) = self.text(inner) else {
            return Found::new();
        };
        let known = self.equipment().filter_map(|key| things.get_key_value(key));
        let lacking = known.filter(|(_, thing)| thing.point(point).is_none());
        lacking
            .map(|(key, thing)| {
                let message = no_point(key, thing, point);
                (format!("{}{inner}", self.pointer), message)
            })
            .collect()
    }

    /// The commanded point of each equipment that has it.
    fn points<'t>(&self, things: &'t Things) -> impl Iterator<Item = &'t PointSpec> {
        let key = self.text("/point").unwrap_or_default();
        let things = self.equipment().filter_map(|thing| things.get(thing));
        things.filter_map(move |thing| thing.point(key))
    }

    fn unknown_codes(&self, things: &Things) -> Found {
        let states = self.value("/states").and_then(Value::as_object);
        let mut found = Found::new();
        for point in self
            .points(things)
            .filter(|point| point.kind == PointKind::State)
        {
            for (word, code) in states.into_iter().flatten() {
                let code = code.as_f64().unwrap_or(f64::NAN);
                if point.states.name_of(code).is_none() {
                    let pointer = step(&format!("{}/states", self.pointer), word);
                    let message = no_state(point, &format!("with the code {code}"));
                    found.push((pointer, message));
                }
            }
        }
        found
    }

    fn unknown_word(&self, things: &Things) -> Found {
        let Some(word) = self.text("/value") else {
            return Found::new();
        };
        let states = self
            .points(things)
            .filter(|point| point.kind == PointKind::State);
        let unknown = states.filter(|point| point.states.code_of(word).is_none());
        unknown
            .map(|point| {
                let message = no_state(point, &format!("`{word}`"));
                (format!("{}/value", self.pointer), message)
            })
            .collect()
    }
}

fn no_point(key: &str, thing: &EquipmentSpec, point: &str) -> String {
    let keys = || thing.points.iter().map(|point| point.key.as_str());
    let hint = did_you_mean(point, keys());
    let allowed = keys().collect::<Vec<_>>().join(", ");
    format!("equipment `{key}` has no point `{point}`{hint} (allowed: {allowed})")
}

fn no_state(point: &PointSpec, state: &str) -> String {
    let states = point.states.0.iter();
    let allowed: Vec<_> = states
        .map(|(code, word)| format!("{code} {word}"))
        .collect();
    let (point, allowed) = (&point.key, allowed.join(", "));
    format!("point `{point}` has no state {state} (allowed: {allowed})")
}
