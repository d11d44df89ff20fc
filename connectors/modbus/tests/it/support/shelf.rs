//! A sink that remembers everything.

use std::sync::{Arc, Mutex, MutexGuard};
use vigie_contract::{Delivery, Reading, ReadingSink, Refusal, Settlement, Settling};

#[derive(Default)]
pub(crate) struct Shelf(Mutex<Delivery>);

impl Shelf {
    /// Everything of a point, oldest first.
    pub(crate) fn readings(&self, equipment: &str, point: &str) -> Vec<Reading> {
        let is_it = |reading: &&Reading| {
            &*reading.address.equipment == equipment && &*reading.address.point == point
        };
        self.lock().readings.iter().filter(is_it).cloned().collect()
    }

    /// The newest value of a point, as text.
    pub(crate) fn value(&self, equipment: &str, point: &str) -> Option<String> {
        let newest = self.readings(equipment, point).pop();
        newest.map(|reading| reading.value.to_string())
    }

    pub(crate) fn refusals(&self) -> Vec<Refusal> {
        self.lock().refusals.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Delivery> {
        self.0.lock().unwrap()
    }
}

impl ReadingSink for Shelf {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        let mut all = self.lock();
        all.readings.extend(delivery.readings.iter().cloned());
        all.refusals.extend(delivery.refusals.iter().cloned());
        let settlement = Settlement {
            stored: delivery.readings.len() as u32,
            refused: delivery.refusals.iter().map(|refusal| refusal.count).sum(),
        };
        Box::pin(async move { Ok(settlement) })
    }
}
