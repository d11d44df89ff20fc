//! A report with names, item by item.

use super::names::{Item, Meaning, flags_of};
use crate::battery::{Fault, Sensed, Severity, tell_extremes};
use crate::notes::Notes;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use vigie_contract::read_stamp;

/// Groups inside groups that are followed.
const MAX_DEPTH: u32 = 8;
/// Elements of one array that are taken.
const MAX_ELEMENTS: usize = 1_024;
/// 2000-01-01: a clock before that was never set, so the time of arrival is the better one.
const CLOCK_WAS_SET_US: i64 = 946_684_800_000_000;

/// Reads one report.
pub(super) struct Report<'a, 'n> {
    /// Point keys by name of the item, as the route wants them.
    pub(super) points: &'a BTreeMap<String, String>,
    pub(super) notes: &'a mut Notes<'n>,
}

impl Report<'_, '_> {
    /// Everything of a group; of what has no name, the group is the name.
    pub(super) fn hear(&mut self, group: &str, value: &Value) {
        let Value::Object(items) = value else {
            return self
                .notes
                .refuse("not_a_value", "a report is a map of items");
        };
        if let Some(stamp) = items.get("t_s").or_else(|| items.get("Time_s")) {
            self.stamp(stamp);
        }
        self.group(group.trim_matches('/'), items, 0);
    }

    fn stamp(&mut self, stamp: &Value) {
        match read_stamp(stamp, &jiff::tz::TimeZone::UTC) {
            Some(at) if at >= CLOCK_WAS_SET_US => self.notes.at_us = at,
            Some(_) => {}
            None => self.notes.refuse("bad_time", "`t_s` is no time stamp"),
        }
    }

    fn group(&mut self, group: &str, items: &Map<String, Value>, depth: u32) {
        for (name, value) in items {
            match value {
                _ if name == "t_s" || name == "Time_s" => {}
                Value::Object(inner) if depth < MAX_DEPTH => self.group(name, inner, depth + 1),
                Value::Object(_) => self.notes.refuse("too_many", "groups inside groups"),
                value => self.item(&Item::parse(group, name), value),
            }
        }
    }

    fn item(&mut self, item: &Item, value: &Value) {
        if let Some(point) = self.points.get(item.name) {
            return self.plain(point.clone(), value, item.unit);
        }
        match (item.meaning(), value) {
            (_, Value::Null) => {}
            (Meaning::Cells(sensed), Value::Array(values)) => self.cells(sensed, values),
            (Meaning::ErrorFlags, Value::Number(bits)) => self.flags(bits.as_u64().unwrap_or(0)),
            (Meaning::State(words), Value::Number(code)) => {
                let code = code
                    .as_u64()
                    .and_then(|code| words.get(usize::try_from(code).ok()?));
                match code {
                    Some(state) => self.notes.state("state", state.word()),
                    None => self
                        .notes
                        .refuse("unknown_state", format!("{value} is no state")),
                }
            }
            (Meaning::Balancing, Value::Number(bits)) => {
                let is_on = bits.as_u64().is_some_and(|bits| bits != 0);
                self.notes.flag("balancing", is_on);
            }
            (_, Value::Array(values)) => self.elements(&item.key(), values, item.unit),
            (Meaning::Point(point), value) => self.plain(point.to_owned(), value, item.unit),
            (_, value) => self.plain(item.key(), value, item.unit),
        }
    }

    fn plain(&mut self, point: String, value: &Value, unit: Option<&str>) {
        if point.is_empty() {
            return self
                .notes
                .refuse("bad_key", "an item without a name that can be read");
        }
        match value {
            Value::Number(number) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                self.notes.number(point, number, unit);
            }
            Value::Bool(flag) => self.notes.flag(point, *flag),
            Value::String(word) => self.notes.state(point, word),
            Value::Null => {}
            Value::Array(_) | Value::Object(_) => self
                .notes
                .refuse("not_a_value", "an array or map where one value is expected"),
        }
    }

    fn cells(&mut self, sensed: Sensed, values: &[Value]) {
        let values = &values[..values.len().min(MAX_ELEMENTS)];
        let numbers: Vec<f64> = values
            .iter()
            .map(|value| value.as_f64().unwrap_or(f64::NAN))
            .collect();
        for (index, number) in numbers.iter().enumerate() {
            if number.is_finite() {
                let point = sensed.point(index + 1);
                self.notes.number(point, *number, Some(sensed.unit()));
            }
        }
        tell_extremes(self.notes, sensed, &numbers);
    }

    fn elements(&mut self, key: &str, values: &[Value], unit: Option<&str>) {
        for (index, value) in values.iter().take(MAX_ELEMENTS).enumerate() {
            self.plain(format!("{key}_{}", index + 1), value, unit);
        }
    }

    fn flags(&mut self, bits: u64) {
        self.notes.flag("fault", bits != 0);
        for (bit, fault) in flags_of() {
            let point = Fault::point(fault, Severity::Fault);
            self.notes.flag(point, bits >> bit & 1 == 1);
        }
    }
}
