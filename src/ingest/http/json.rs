//! The JSON body of `POST /api/v1/telemetry`, in three shapes:
//!
//! ```json
//! {"equipment": "pack-1", "at": "2026-11-20T06:00:00Z", "values": {"voltage": 52.1, "state": "CHARGING"}}
//! [{"equipment": "pack-1", "values": {"voltage": 52.1}}, {"equipment": "pack-2", "values": {"soc": 81}}]
//! {"readings": [{"equipment": "pack-1", "point": "voltage", "value": 52.1, "at": 1763640000, "quality": "good", "unit": "V"}]}
//! ```
//! `at` is a stamp in any usual form (wall time is in the zone of the client), arrival when absent.
//! `null` is no value. A fault names the place as a JSON pointer.

use super::Fault;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::sync::Arc;
use vigie_contract::{Address, EquipmentHint, Reading, ReadingQuality, ReadingValue, read_stamp};

/// Most readings of one body.
pub const MAX_READINGS: usize = 500_000;

/// What a body holds.
#[derive(Debug, Default)]
pub struct Parsed {
    /// What could be read.
    pub readings: Vec<Reading>,
    /// Where each reading stands, as a JSON pointer.
    pub places: Vec<String>,
    /// What could not.
    pub faults: Vec<Fault>,
}

/// Reads a body; never fails, a body that is no JSON is one fault.
pub fn parse(body: &[u8], zone: &TimeZone, hint: &Arc<EquipmentHint>) -> Parsed {
    let mut reader = Reader {
        parsed: Parsed::default(),
        zone,
        hint,
    };
    match serde_json::from_slice::<Value>(body) {
        Err(error) => reader.fault("", "bad_json", &error.to_string()),
        Ok(Value::Array(messages)) => {
            for (index, message) in messages.iter().enumerate() {
                reader.message(&format!("/{index}"), message);
            }
        }
        Ok(Value::Object(table)) if table.contains_key("readings") => match &table["readings"] {
            Value::Array(readings) => {
                for (index, reading) in readings.iter().enumerate() {
                    reader.reading(&format!("/readings/{index}"), reading);
                }
            }
            _ => reader.fault("/readings", "bad_shape", "an array is expected"),
        },
        Ok(message) => reader.message("", &message),
    }
    reader.parsed
}

struct Reader<'a> {
    parsed: Parsed,
    zone: &'a TimeZone,
    hint: &'a Arc<EquipmentHint>,
}

impl Reader<'_> {
    /// `{equipment, at?, values}`
    fn message(&mut self, place: &str, message: &Value) {
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
    fn reading(&mut self, place: &str, reading: &Value) {
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
        if self.parsed.readings.len() >= MAX_READINGS {
            return self.fault(
                &place,
                "too_many",
                "more readings than one request may bring",
            );
        }
        let hint = self.hint.clone();
        self.parsed.readings.push(Reading {
            address,
            hint,
            value,
            unit,
            quality,
            observed_at_us,
        });
        self.parsed.places.push(place);
    }

    fn table<'a>(
        &mut self,
        place: &str,
        value: &'a Value,
        allowed: &[&str],
    ) -> Option<&'a Map<String, Value>> {
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
        match table.get(name).and_then(Value::as_str) {
            Some(key) if !key.is_empty() && key.len() <= 128 => Some(key.into()),
            _ => {
                self.fault(
                    &format!("{place}/{name}"),
                    "bad_shape",
                    "a text of 1 to 128 bytes is expected",
                );
                None
            }
        }
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

    fn fault(&mut self, place: &str, reason: &'static str, message: &str) {
        self.parsed.faults.push(Fault {
            place: place.to_owned(),
            reason,
            message: message.to_owned(),
        });
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
