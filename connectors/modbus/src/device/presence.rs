//! Whether something is there, told when it changes.

use std::sync::Arc;
use vigie_contract::{Address, EquipmentHint, Reading, ReadingQuality, ReadingValue};

/// The `online` of a gateway or a device.
#[derive(Debug)]
pub(crate) struct Presence {
    point: Option<Address>,
    hint: Arc<EquipmentHint>,
    told: Option<bool>,
}

impl Presence {
    /// Nothing told yet; without a point nothing ever will be.
    pub(crate) const fn new(point: Option<Address>, hint: Arc<EquipmentHint>) -> Self {
        Self {
            point,
            hint,
            told: None,
        }
    }

    /// What to tell, if that is new.
    pub(crate) fn tell(&mut self, is_there: bool, at_us: i64) -> Option<Reading> {
        if self.told == Some(is_there) {
            return None;
        }
        let address = self.point.clone()?;
        self.told = Some(is_there);
        Some(Reading {
            address,
            hint: self.hint.clone(),
            value: ReadingValue::Bool(is_there),
            unit: None,
            quality: ReadingQuality::Good,
            observed_at_us: Some(at_us),
        })
    }
}
