//! What publish rules count: the point is one of the type, the state one of the point.

use super::draft::Draft;
use super::read_connections::tables;
use super::reader::Word;
use super::source::did_you_mean;
use crate::domain::PointKind;
use crate::store::tenant::PointSpec;
use serde_json::Value;

/// Words of a boolean point.
const BOOLEANS: [&str; 6] = ["true", "on", "yes", "false", "off", "no"];

/// Checks the rules of all connections; types that the library lends are there already.
pub(super) fn check(draft: &Draft<'_>) {
    for (key, connection) in &draft.model.connections {
        for count in tables(&connection.config, "publish", "/count") {
            let word = |name: &str| {
                let pointer = format!("{count}/{name}");
                connection
                    .config
                    .pointer(&pointer)
                    .and_then(Value::as_str)?;
                draft.config_places.get(&(key.clone(), pointer))
            };
            let (Some(kind), Some(point)) = (word("type"), word("point")) else {
                continue;
            };
            if let Some(message) = fault_of_point(draft, kind, point) {
                draft.found.push(point.fault(message));
            } else if let Some(state) = word("state")
                && let Some(message) = fault_of_state(draft, kind, point, state)
            {
                draft.found.push(state.fault(message));
            }
        }
    }
}

fn points<'d>(draft: &'d Draft<'_>, kind: &Word) -> Option<&'d [PointSpec]> {
    let kind = draft.model.types.get(&kind.text)?;
    Some(&kind.points)
}

/// Nothing of a type that is not there: that is a fault already.
fn fault_of_point(draft: &Draft<'_>, kind: &Word, point: &Word) -> Option<String> {
    let points = points(draft, kind)?;
    let keys = || points.iter().map(|point| point.key.as_str());
    if keys().any(|key| key == point.text) {
        return None;
    }
    let (kind, point) = (&kind.text, &point.text);
    let hint = did_you_mean(point, keys());
    let allowed = keys().collect::<Vec<_>>().join(", ");
    Some(format!(
        "type `{kind}` has no point `{point}`{hint} (allowed: {allowed})"
    ))
}

/// A state may be given by its word or by its number.
fn fault_of_state(draft: &Draft<'_>, kind: &Word, point: &Word, state: &Word) -> Option<String> {
    let spec = points(draft, kind)?
        .iter()
        .find(|spec| spec.key == point.text)?;
    if state.text.parse::<f64>().is_ok() {
        return None;
    }
    let words: Vec<&str> = match spec.kind {
        PointKind::State => spec.states.0.values().map(String::as_str).collect(),
        PointKind::Boolean => BOOLEANS.to_vec(),
        PointKind::Number => {
            return Some(format!(
                "point `{}` is a number, it has no states",
                point.text
            ));
        }
    };
    if words
        .iter()
        .any(|word| word.eq_ignore_ascii_case(&state.text))
    {
        return None;
    }
    let hint = did_you_mean(&state.text, words.iter().copied());
    let (point, state, allowed) = (&point.text, &state.text, words.join(", "));
    Some(format!(
        "point `{point}` has no state `{state}`{hint} (allowed: {allowed})"
    ))
}
