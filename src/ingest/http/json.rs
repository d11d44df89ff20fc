//! The JSON body of `POST /api/v1/telemetry`, in three shapes:
//!
//! ```json
//! {"equipment": "pack-1", "at": "2026-11-20T06:00:00Z", "values": {"voltage": 52.1, "state": "CHARGING"}}
//! [{"equipment": "pack-1", "values": {"voltage": 52.1}}, {"equipment": "pack-2", "values": {"soc": 81}}]
//! {"readings": [{"equipment": "pack-1", "point": "voltage", "value": 52.1, "at": 1763640000, "quality": "good", "unit": "V"}]}
//! ```
//! `at` is a stamp in any usual form (wall time is in the zone of the client), arrival when absent.
//! `null` is no value. A fault names the place as a JSON pointer.

use super::batch::{Batches, Place};
use crate::domain::{KEY_RULE, is_key};
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::sync::Arc;
use vigie_contract::{Address, EquipmentHint, Reading, ReadingQuality, ReadingValue, read_stamp};

/// Bytes of one message, which is unfolded in memory as a whole.
const LONGEST_MESSAGE: usize = 512 * 1024;

/// Reads a body; never fails, a body that is no JSON is one fault.
pub(super) fn read(
    body: &[u8],
    zone: &TimeZone,
    hint: &Arc<EquipmentHint>,
    batches: &mut Batches<'_>,
) {
    let mut reader = Reader {
        batches,
        zone,
        hint,
    };
    if let Err(error) = reader.body(body) {
        reader.fault("", "bad_json", &error.to_string());
    }
}

/// What tells the shapes of a body apart.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    readings: Option<&'a RawValue>,
}

struct Reader<'a, 'b> {
    batches: &'a mut Batches<'b>,
    zone: &'a TimeZone,
    hint: &'a Arc<EquipmentHint>,
}

impl<'a, 'b> Reader<'a, 'b> {
    /// Nothing of a body is taken when it is no JSON.
    fn body(&mut self, body: &[u8]) -> Result<(), serde_json::Error> {
        serde_json::from_slice::<IgnoredAny>(body)?;
        match body.trim_ascii_start().first() {
            Some(b'[') => self.each(body, "", Self::message),
            Some(b'{') => match serde_json::from_slice::<Envelope<'_>>(body)?.readings {
                Some(all) if all.get().starts_with('[') => {
                    self.each(all.get().as_bytes(), "/readings", Self::reading)
                }
                Some(_) => {
                    self.fault("/readings", "bad_shape", "an array is expected");
                    Ok(())
                }
                None => {
                    self.unfold("", serde_json::from_slice(body)?, Self::message);
                    Ok(())
                }
            },
            _ => {
                self.fault("", "bad_shape", "an array or an object is expected");
                Ok(())
            }
        }
    }

    /// Unfolds the elements of an array one after the other.
    fn each(
        &mut self,
        array: &[u8],
        place: &str,
        take: Take<'a, 'b>,
    ) -> Result<(), serde_json::Error> {
        let elements = Elements {
            reader: self,
            place,
            take,
        };
        serde::Deserializer::deserialize_seq(
            &mut serde_json::Deserializer::from_slice(array),
            elements,
        )
    }

    fn unfold(&mut self, place: &str, raw: &RawValue, take: Take<'a, 'b>) {
        if raw.get().len() > LONGEST_MESSAGE {
            let message = "one message is larger than 512 kB; send several in an array";
            return self.fault(place, "too_large", message);
        }
        match serde_json::from_str(raw.get()) {
            Ok(value) => take(self, place, &value),
            Err(error) => self.fault(place, "bad_json", &error.to_string()),
        }
    }

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

    fn fault(&mut self, place: &str, reason: &'static str, message: &str) {
        self.batches
            .fault(reason, || (place.to_owned(), message.to_owned()));
    }
}

/// How one element of a body is taken.
type Take<'a, 'b> = fn(&mut Reader<'a, 'b>, &str, &Value);

/// Goes through an array without keeping it.
struct Elements<'a, 'b, 'c> {
    reader: &'a mut Reader<'b, 'c>,
    place: &'a str,
    take: Take<'b, 'c>,
}

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(raw) = elements.next_element::<&'de RawValue>()? {
            if self.reader.batches.is_wanted() {
                let place = format!("{}/{index}", self.place);
                self.reader.unfold(&place, raw, self.take);
            }
            index += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "json_tests.rs"]
mod tests;
