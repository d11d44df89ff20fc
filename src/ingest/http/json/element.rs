//! One element of a body, unfolded: a message of one equipment, or a single reading.

use super::Reader;
use crate::domain::{KEY_RULE, is_key};
use crate::ingest::http::batch::Place;
use serde_json::{Map, Value};
use std::sync::Arc;
use vigie_contract::{Address, Reading, ReadingQuality, ReadingValue, read_stamp};

impl Reader<'_, '_> {
    /// `{equipment, at?, values}`
    pub(super) fn message(&mut self, place: &str, message: &Value) {
        let Some(table) = self.table(place, message, &["equipment", "at", "values"]) else {
            return;
        };
        let Some(equipment) = self.key(place, table, "equipment") else {
            return;
        };
        let Ok(at) = self.stamp(place, table) else {
            return;
        };
        let Some(values) = table.get("values").and_then(Value::as_object) else {
            return self.fault(
                &format!("{place}/values"),
                "bad_shape",
                "an object of point keys and values is expected",
            );
        };
        for (point, value) in values {
            let place = format!(
                "{place}/values/{}",
                point.replace('~', "~0").replace('/', "~1")
            );
            let address = Address {
                equipment: equipment.clone(),
                point: point.as_str().into(),
            };
            self.value(place, address, value, at, None, ReadingQuality::Good);
        }
    }

    /// `{equipment, point, value, at?, quality?, unit?}`
    pub(super) fn reading(&mut self, place: &str, reading: &Value) {
        let allowed = ["equipment", "point", "value", "at", "quality", "unit"];
        let Some(table) = self.table(place, reading, &allowed) else {
            return;
        };
        let Some(equipment) = self.key(place, table, "equipment") else {
            return;
        };
        let Some(point) = self.key(place, table, "point") else {
            return;
        };
        let Ok(at) = self.stamp(place, table) else {
            return;
        };
        let quality = match table.get("quality").map(|quality| quality.as_str()) {
            None | Some(Some("good")) => ReadingQuality::Good,
            Some(Some("uncertain")) => ReadingQuality::Uncertain,
            Some(Some("bad")) => ReadingQuality::Bad,
            Some(_) => {
                return self.fault(
                    &format!("{place}/quality"),
                    "bad_shape",
                    "`good`, `uncertain` or `bad` is expected",
                );
            }
        };
        let unit = match table.get("unit") {
            None | Some(Value::Null) => None,
            Some(Value::String(unit)) => Some(Arc::from(unit.as_str())),
            Some(_) => {
                return self.fault(&format!("{place}/unit"), "bad_shape", "a text is expected");
            }
        };
        let value = table.get("value").unwrap_or(&Value::Null);
        self.value(
            format!("{place}/value"),
            Address { equipment, point },
            value,
            at,
            unit,
            quality,
        );
    }

    fn value(
        &mut self,
        place: String,
        address: Address,
        value: &Value,
        observed_at_us: Option<i64>,
        unit: Option<Arc<str>>,
        quality: ReadingQuality,
    ) {
        let value = match value {
            Value::Null => return,
            Value::Bool(flag) => ReadingValue::Bool(*flag),
            Value::Number(number) => ReadingValue::Number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(word) if word.len() <= 256 => ReadingValue::State(word.as_str().into()),
            _ => {
                return self.fault(
                    &place,
                    "not_a_value",
                    "a number, a boolean or a short text is expected",
                );
            }
        };
        let reading = Reading {
            address,
            hint: self.hint.clone(),
            value,
            unit,
            quality,
            observed_at_us,
        };
        self.batches.reading(Place::Pointer(place), reading);
    }

    fn table<'v>(
        &mut self,
        place: &str,
        value: &'v Value,
        allowed: &[&str],
    ) -> Option<&'v Map<String, Value>> {
        let Value::Object(table) = value else {
            self.fault(
                place,
                "bad_shape",
                &format!("an object with {} is expected", allowed.join(", ")),
            );
            return None;
        };
        match table.keys().find(|key| !allowed.contains(&key.as_str())) {
            None => Some(table),
            Some(other) => {
                let message = format!("unknown key; allowed are {}", allowed.join(", "));
                self.fault(&format!("{place}/{other}"), "bad_shape", &message);
                None
            }
        }
    }

    fn key(&mut self, place: &str, table: &Map<String, Value>, name: &str) -> Option<Arc<str>> {
        let (reason, message) = match table.get(name).and_then(Value::as_str) {
            Some(key) if is_key(key) => return Some(key.into()),
            Some(_) => ("bad_key", KEY_RULE),
            None => ("bad_shape", "a text is expected"),
        };
        self.fault(&format!("{place}/{name}"), reason, message);
        None
    }

    fn stamp(&mut self, place: &str, table: &Map<String, Value>) -> Result<Option<i64>, ()> {
        let Some(at) = table.get("at").filter(|at| !at.is_null()) else {
            return Ok(None);
        };
        let stamp = read_stamp(at, self.zone);
        if stamp.is_none() {
            let message = "an ISO 8601 time or an epoch is expected";
            self.fault(&format!("{place}/at"), "bad_time", message);
        }
        stamp.map(Some).ok_or(())
    }
}
