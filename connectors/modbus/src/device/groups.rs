//! What is read together: the registers of a device with the same period.

use crate::image::Image;
use crate::plan::{Limits, Place, finer, plan};
use crate::register::Register;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::{Address, Delivery, EquipmentHint, Reading, ReadingQuality, Refusal};

/// After so long an address that the device refused is asked for again.
const BARRED: Duration = Duration::from_secs(300);

/// A register and the point that it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) register: Register,
    pub(crate) address: Address,
    pub(crate) hint: Arc<EquipmentHint>,
}

impl Item {
    /// A reading of this point.
    pub(crate) fn reading(&self, value: vigie_contract::ReadingValue, at_us: i64) -> Reading {
        Reading {
            address: self.address.clone(),
            hint: self.hint.clone(),
            value,
            unit: self.register.unit.clone(),
            quality: ReadingQuality::Good,
            observed_at_us: Some(at_us),
        }
    }
}

/// Items with one period, and the reads that fetch them.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) every: Duration,
    pub(crate) items: Vec<Item>,
    limits: Limits,
    reads: Vec<Read>,
}

#[derive(Debug, Clone, Copy)]
struct Read {
    place: Place,
    barred_until: Option<Instant>,
}

impl Group {
    /// The groups of these items, the shortest period first.
    pub(crate) fn of(items: Vec<Item>, every: Duration, limits: Limits) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for item in items {
            let every = item.register.every.unwrap_or(every);
            match groups.iter_mut().find(|group| group.every == every) {
                Some(group) => group.items.push(item),
                None => groups.push(Self {
                    every,
                    items: vec![item],
                    limits,
                    reads: Vec::new(),
                }),
            }
        }
        groups.sort_by_key(|group| group.every);
        for group in &mut groups {
            group.reads = reads(plan(group.places(), limits));
        }
        groups
    }

    /// The reads to do now.
    pub(crate) fn reads(&self, now: Instant) -> Vec<Place> {
        let open = |read: &&Read| read.barred_until.is_none_or(|until| until <= now);
        self.reads
            .iter()
            .filter(open)
            .map(|read| read.place)
            .collect()
    }

    /// The device refused `place` for its addresses: it is read in smaller pieces from now on,
    /// or, when it is one value, left out for a while.
    pub(crate) fn refine(&mut self, place: Place, now: Instant) {
        let Some(at) = self.reads.iter().position(|read| read.place == place) else {
            return;
        };
        match finer(place, &self.places(), self.limits) {
            Some(pieces) => _ = self.reads.splice(at..=at, reads(pieces)),
            None => self.reads[at].barred_until = Some(now + BARRED),
        }
    }

    /// How many values a read brings.
    pub(crate) fn values_in(&self, place: Place) -> u32 {
        let inside = |item: &&Item| place.holds(item.register.place);
        self.items.iter().filter(inside).count() as u32
    }

    /// What the answers mean.
    pub(crate) fn decode(&self, unit: u8, image: &Image, at_us: i64, into: &mut Delivery) {
        for item in &self.items {
            match item.register.decode(image) {
                Ok(Some(value)) => into.readings.push(item.reading(value, at_us)),
                Ok(None) => {}
                Err(nonsense) => {
                    let place = item.register.place;
                    let words = image.words(place).unwrap_or_default();
                    let raw: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
                    let source = format!("unit {unit}, {place}");
                    into.refusals.push(Refusal::new(
                        nonsense.reason,
                        source,
                        nonsense.detail,
                        &raw,
                    ));
                }
            }
        }
    }

    fn places(&self) -> Vec<Place> {
        let places = self.items.iter().flat_map(|item| item.register.places());
        places.collect()
    }
}

fn reads(places: Vec<Place>) -> Vec<Read> {
    let read = |place| Read {
        place,
        barred_until: None,
    };
    places.into_iter().map(read).collect()
}
