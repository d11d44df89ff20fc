//! The JSON body of `POST /api/v1/telemetry`, in three shapes:
//!
//! ```json
//! {"equipment": "pack-1", "at": "2026-11-20T06:00:00Z", "values": {"voltage": 52.1, "state": "CHARGING"}}
//! [{"equipment": "pack-1", "values": {"voltage": 52.1}}, {"equipment": "pack-2", "values": {"soc": 81}}]
//! {"readings": [{"equipment": "pack-1", "point": "voltage", "value": 52.1, "at": 1763640000, "quality": "good", "unit": "V"}]}
//! ```
//! `at` is a stamp in any usual form (wall time is in the zone of the client), arrival when absent.
//! `null` is no value. A fault names the place as a JSON pointer.

mod element;

use super::batch::Batches;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;
use vigie_contract::EquipmentHint;

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
mod tests;
