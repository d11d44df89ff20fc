//! Points of types and equipment.

use super::period;
use super::reader::{Node, TableReader, Word};
use crate::domain::{CommandPolicy, KEY_RULE, PointKind, StateSet, Unit, is_key};
use crate::store::tenant::PointSpec;
use crate::tenancy::rules;

/// Reads a point that builds on `base`; what the table does not say stays as it is.
pub(super) fn read(table: &TableReader<'_>, base: PointSpec) -> PointSpec {
    let mut point = base;
    if let Some(name) = table.optional("name") {
        point.name = name.text;
    }
    if let Some(name) = table.optional("name_fr") {
        point.name_fr = given(name.text);
    }
    if let Some(kind) = table.optional("kind") {
        point.kind = read_kind(table, &kind).unwrap_or(point.kind);
    }
    if let Some(unit) = table.get("unit") {
        point.unit = read_unit(&unit);
    }
    if let Some(states) = table.get("states") {
        point.states = read_states(&states);
    }
    if let Some(decimals) = table.get("decimals") {
        point.decimals = read_decimals(&decimals).unwrap_or(point.decimals);
    }
    if let Some(limits) = table.get("valid") {
        (point.valid_min, point.valid_max) = read_limits(&limits);
    }
    if let Some(limits) = table.get("normal") {
        (point.normal_min, point.normal_max) = read_limits(&limits);
    }
    if let Some(text) = table.get("period") {
        point.period_s = read_period(&text);
    }
    if let Some(policy) = table.get("command") {
        point.command = read_command(&policy);
    }
    refuse_contradictions(table, &point);
    point
}

/// A point nothing is known of but its key.
pub(super) fn blank(key: &str) -> PointSpec {
    PointSpec {
        key: key.to_owned(),
        decimals: 1,
        ..PointSpec::default()
    }
}

/// Reads the key of a point.
pub(super) fn check_key(table: &TableReader<'_>, word: &Word) -> bool {
    let good = is_key(&word.text);
    if !good {
        table.fault(KEY_RULE);
    }
    good
}

fn read_kind(table: &TableReader<'_>, word: &Word) -> Option<PointKind> {
    let kind = word.text.parse();
    if let Err(unknown) = &kind {
        table.fault(format!("kind: {unknown}"));
    }
    kind.ok()
}

fn read_unit(node: &Node<'_>) -> Option<Unit> {
    let unit = rules::unit(&node.text()?.text);
    if let Err(reason) = &unit {
        node.fault(reason.to_string());
    }
    unit.ok().flatten()
}

fn read_states(node: &Node<'_>) -> StateSet {
    let mut states = StateSet::default();
    let Some(table) = node.table() else {
        return states;
    };
    for (word, code) in table.entries() {
        let Some(number) = code.integer() else {
            continue;
        };
        let Ok(number) = i32::try_from(number) else {
            code.fault("a code is a whole number of 32 bits");
            continue;
        };
        if states.code_of(&word.text).is_some() {
            code.fault(format!(
                "state `{}` is there already; case does not matter",
                word.text
            ));
        } else if let Some(other) = states.0.insert(number, word.text) {
            code.fault(format!("code {number} is that of `{other}` already"));
        }
    }
    states
}

fn read_decimals(node: &Node<'_>) -> Option<i64> {
    let decimals = rules::whole(node.integer()?, &rules::DECIMALS);
    if let Err(reason) = &decimals {
        node.fault(reason.to_string());
    }
    decimals.ok()
}

/// `[low, high]`; an infinity, or an empty list, means no limit.
fn read_limits(node: &Node<'_>) -> (Option<f64>, Option<f64>) {
    let Some(items) = node.items() else {
        return (None, None);
    };
    let numbers: Vec<f64> = items.iter().filter_map(Node::number).collect();
    match (items.len(), &numbers[..]) {
        (2, [low, high]) if low <= high => (limit(*low), limit(*high)),
        (2, [_, _]) => {
            node.fault("wants the lower limit first");
            (None, None)
        }
        // An empty list takes limits away; what is no number is a fault already.
        (0 | 2, _) => (None, None),
        _ => {
            node.fault("wants two numbers: [lower, upper]; inf means no limit");
            (None, None)
        }
    }
}

/// Both databases keep -0.0 and 0.0 apart from each other; limits do not.
fn limit(number: f64) -> Option<f64> {
    number.is_finite().then_some(number + 0.0)
}

fn read_period(node: &Node<'_>) -> Option<i64> {
    let text = given(node.text()?.text)?;
    let seconds = period::parse(&text);
    if seconds.is_none() {
        node.fault(format!("`{text}`: {}", period::RULE));
    }
    seconds
}

/// `{ role = "operator", range = [0, 100], timeout = "10s" }`; `false` takes it away.
fn read_command(node: &Node<'_>) -> Option<CommandPolicy> {
    if matches!(node.raw(), toml::de::DeValue::Boolean(false)) {
        return None;
    }
    let (table, mut policy) = (node.table()?, CommandPolicy::default());
    if let Some(role) = table.optional("role") {
        match rules::role(&role.text) {
            Ok(role) => policy.role = role,
            Err(reason) => table.fault(format!("role: {reason}")),
        }
    }
    if let Some(range) = table.get("range") {
        (policy.min, policy.max) = read_limits(&range);
    }
    if let Some(items) = table.get("states").and_then(|node| node.items()) {
        let words = items.iter().filter_map(Node::text);
        policy.states = words.map(|word| word.text).collect();
    }
    if let Some(many) = table.get("per_minute").and_then(|node| node.integer()) {
        policy.per_minute = many;
    }
    if let Some(confirm) = table.get("confirm").and_then(|node| node.boolean()) {
        policy.confirm = confirm;
    }
    if let Some(seconds) = table.get("timeout").and_then(|node| read_period(&node)) {
        policy.timeout_s = seconds;
    }
    policy.priority = table.get("priority").and_then(|node| node.integer());
    table.finish();
    Some(policy)
}

fn refuse_contradictions(table: &TableReader<'_>, point: &PointSpec) {
    for (field, reason) in rules::contradictions(point) {
        match field.strip_prefix("command/") {
            Some(field) => table.fault(format!("command.{field}: {reason}")),
            None => table.fault(reason.to_string()),
        }
    }
}

/// An empty text means none.
pub(super) fn given(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}
