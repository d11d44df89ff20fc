//! A dialect that hears, and what it told.

mod recorder;

pub use recorder::{Run, until};

use serde_json::Value;
use std::sync::Arc;
use vigie_contract::{
    Delivery, Dialect, Dialects, EquipmentHint, Heard, ReadingQuality, ReadingValue, Terms,
};
use vigie_dialects::Known;

pub const NOW: i64 = 1_763_640_000_000_000;

/// One dialect, and a pack that speaks it.
pub struct Ear {
    pub dialect: Box<dyn Dialect>,
    equipment: Arc<str>,
}

impl Ear {
    pub fn new(name: &str, options: Value) -> Self {
        let terms = Terms {
            equipment: None,
            options: &options,
        };
        Self {
            dialect: Known.speak(name, &terms).unwrap().dialect,
            equipment: "pack".into(),
        }
    }

    pub fn hear(&mut self, topic: &str, payload: &[u8]) -> Told {
        let mut delivery = Delivery::default();
        let heard = Heard {
            topic,
            payload,
            equipment: &self.equipment,
            hint: &Arc::new(EquipmentHint::default()),
            arrival_us: NOW,
            room: 4_096,
        };
        self.dialect.hear(&heard, &mut delivery);
        Told(delivery)
    }
}

/// What came of one message.
pub struct Told(pub Delivery);

impl Told {
    pub fn has(&self, point: &str) -> bool {
        self.0
            .readings
            .iter()
            .any(|reading| &*reading.address.point == point)
    }

    /// The newest value of a point, in its own unit.
    #[track_caller]
    pub fn value(&self, point: &str) -> ReadingValue {
        let mut readings = self.0.readings.iter().rev();
        let found = readings.find(|reading| &*reading.address.point == point);
        found
            .unwrap_or_else(|| panic!("no `{point}` among {:?}", self.points()))
            .value
            .clone()
    }

    #[track_caller]
    pub fn number(&self, point: &str) -> f64 {
        match self.value(point) {
            ReadingValue::Number(number) => number,
            other => panic!("{point}: {other:?}"),
        }
    }

    #[track_caller]
    pub fn flag(&self, point: &str) -> bool {
        match self.value(point) {
            ReadingValue::Bool(flag) => flag,
            other => panic!("{point}: {other:?}"),
        }
    }

    #[track_caller]
    pub fn word(&self, point: &str) -> String {
        self.value(point).to_string()
    }

    pub fn quality(&self, point: &str) -> Option<ReadingQuality> {
        let mut readings = self.0.readings.iter();
        let found = readings.find(|reading| &*reading.address.point == point);
        found.map(|reading| reading.quality)
    }

    pub fn points(&self) -> Vec<&str> {
        let readings = self.0.readings.iter();
        readings.map(|reading| &*reading.address.point).collect()
    }

    pub fn reasons(&self) -> Vec<&str> {
        self.0
            .refusals
            .iter()
            .map(|refusal| refusal.reason)
            .collect()
    }
}
