//! What publish rules count: the point is one of the type, the state one of the point.

use super::config::tables_of;
use super::draft::Draft;
use super::model::TypeSpec;
use super::source::did_you_mean;
use crate::domain::PointKind;
use crate::store::tenant::PointSpec;
use serde_json::Value;
use std::collections::BTreeMap;

/// Words of a boolean point.
const BOOLEANS: [&str; 6] = ["true", "on", "yes", "false", "off", "no"];

/// Checks the rules of all connections; types that the library lends are there already.
pub(super) fn check(draft: &Draft<'_>) {
    for (key, connection) in &draft.model.connections {
        for (pointer, message) in faults(&connection.config, &draft.model.types) {
            if let Some(word) = draft.config_places.get(&(key.clone(), pointer)) {
                draft.found.push(word.fault(message));
            }
        }
    }
}

/// What is wrong with the rules of one configuration, by pointer. Nothing of a type that is
/// not there: that is a fault already.
pub(super) fn faults(config: &Value, types: &BTreeMap<String, TypeSpec>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for count in tables_of(config, "publish", "/count") {
        let word = |name: &str| config.pointer(&format!("{count}/{name}"))?.as_str();
        let (Some(kind), Some(point)) = (word("type"), word("point")) else {
            continue;
        };
        let Some(spec) = types.get(kind) else {
            continue;
        };
        let Some(known) = spec.point(point) else {
            found.push((format!("{count}/point"), no_point(spec, point)));
            continue;
        };
        if let Some(message) = word("state").and_then(|state| fault_of_state(known, state)) {
            found.push((format!("{count}/state"), message));
        }
    }
    found
}

fn no_point(kind: &TypeSpec, point: &str) -> String {
    let keys = || kind.points.iter().map(|point| point.key.as_str());
    let hint = did_you_mean(point, keys());
    let allowed = keys().collect::<Vec<_>>().join(", ");
    let kind = &kind.head.key;
    format!("type `{kind}` has no point `{point}`{hint} (allowed: {allowed})")
}

/// A state may be given by its word or by its number.
fn fault_of_state(point: &PointSpec, state: &str) -> Option<String> {
    if state.parse::<f64>().is_ok() {
        return None;
    }
    let words: Vec<&str> = match point.kind {
        PointKind::State => point.states.0.values().map(String::as_str).collect(),
        PointKind::Boolean => BOOLEANS.to_vec(),
        PointKind::Number => {
            return Some(format!(
                "point `{}` is a number, it has no states",
                point.key
            ));
        }
    };
    if words.iter().any(|word| word.eq_ignore_ascii_case(state)) {
        return None;
    }
    let hint = did_you_mean(state, words.iter().copied());
    let (point, allowed) = (&point.key, words.join(", "));
    Some(format!(
        "point `{point}` has no state `{state}`{hint} (allowed: {allowed})"
    ))
}
