//! What a dialect writes down while it hears one message.

use std::sync::Arc;
use vigie_contract::{
    Address, Delivery, EquipmentHint, Heard, Reading, ReadingQuality, ReadingValue, Refusal,
};

/// Longest word of a state, in bytes.
const MAX_WORD: usize = 256;

/// Readings and refusals of one message; holds its bounds.
pub(crate) struct Notes<'a> {
    source: &'a str,
    raw: &'a [u8],
    pub(crate) equipment: Arc<str>,
    hint: Arc<EquipmentHint>,
    pub(crate) at_us: i64,
    pub(crate) quality: ReadingQuality,
    room: usize,
    earlier_refusals: usize,
    delivery: &'a mut Delivery,
}

impl<'a> Notes<'a> {
    /// An empty sheet for what was heard; readings are of the route's equipment, and of now.
    pub(crate) fn new(heard: &Heard<'a>, delivery: &'a mut Delivery) -> Self {
        Self {
            source: heard.topic,
            raw: heard.payload,
            equipment: heard.equipment.clone(),
            hint: heard.hint.clone(),
            at_us: heard.arrival_us,
            quality: ReadingQuality::Good,
            room: heard.room,
            earlier_refusals: delivery.refusals.len(),
            delivery,
        }
    }

    /// The message.
    pub(crate) fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// A number; those that are none (NaN, infinities) are left to ingest.
    pub(crate) fn number(&mut self, point: impl Into<Arc<str>>, number: f64, unit: Option<&str>) {
        self.put(point, ReadingValue::Number(number), unit);
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, point: impl Into<Arc<str>>, flag: bool) {
        self.put(point, ReadingValue::Bool(flag), None);
    }

    /// The word of a state; one without characters, or of very many, is refused.
    pub(crate) fn state(&mut self, point: impl Into<Arc<str>>, word: &str) {
        if word.is_empty() || word.len() > MAX_WORD {
            return self.refuse(
                "not_a_value",
                "an empty or very long text where a value is expected",
            );
        }
        self.put(point, ReadingValue::State(word.into()), None);
    }

    pub(crate) fn put(
        &mut self,
        point: impl Into<Arc<str>>,
        value: ReadingValue,
        unit: Option<&str>,
    ) {
        if self.room == 0 {
            return self.refuse("too_many", "more values than one message may bring");
        }
        self.room -= 1;
        self.delivery.readings.push(Reading {
            address: Address {
                equipment: self.equipment.clone(),
                point: point.into(),
            },
            hint: self.hint.clone(),
            value,
            unit: unit.map(Arc::from),
            quality: self.quality,
            observed_at_us: Some(self.at_us),
        });
    }

    /// Counts with the last refusal of this message when the reason is the same.
    pub(crate) fn refuse(&mut self, reason: &'static str, detail: impl Into<String>) {
        let own = &mut self.delivery.refusals[self.earlier_refusals..];
        if let Some(last) = own.last_mut()
            && last.reason == reason
        {
            last.count = last.count.saturating_add(1);
            return;
        }
        let refusal = Refusal::new(reason, self.source, detail, self.raw);
        self.delivery.refusals.push(refusal);
    }
}

/// A device's own name as the key of a point: `rPackVoltage` and `Pack Voltage` become
/// `pack_voltage`. At most 128 characters; empty when nothing of it can be read.
pub(crate) fn point_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    let mut characters = name.chars().peekable();
    while let Some(c) = characters.next() {
        let next_is_small = characters.peek().is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit() && next_is_small
                || before.is_ascii_uppercase() && next_is_small);
        let gap = !c.is_ascii_alphanumeric();
        if (begins || gap) && !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
        if !gap {
            key.push(c.to_ascii_lowercase());
        }
        before = c;
        if key.len() >= 128 {
            break;
        }
    }
    key.truncate(128);
    key.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::point_key;

    #[test]
    fn names_of_devices_become_keys() {
        for (name, key) in [
            ("PackVoltage", "pack_voltage"),
            ("SOCLevel", "soc_level"),
            ("Inputs/Tank 1/Level (%)", "inputs_tank_1_level"),
            ("Dc/0/Voltage", "dc_0_voltage"),
            ("L1", "l1"),
            ("IVT_Result_I", "ivt_result_i"),
            ("__", ""),
            ("é", ""),
        ] {
            assert_eq!(point_key(name), key, "{name}");
        }
        assert!(point_key(&"aB".repeat(500)).len() <= 128);
    }
}
