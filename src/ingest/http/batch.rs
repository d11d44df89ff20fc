//! Readings leave a parser in batches, so that the memory of a request does not grow with its body.

use super::fault::Faults;
use std::fmt;
use vigie_contract::Reading;

/// Readings of one batch.
const FULL: usize = 10_000;

/// Readings in a row, and what between them was none.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) readings: Vec<Reading>,
    /// Where each reading stands in the body.
    pub(super) places: Vec<Place>,
    pub(super) faults: Faults,
}

/// Where something stands in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Counted from 1.
    Line(usize),
    /// A JSON pointer.
    Pointer(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(number) => write!(f, "line {number}"),
            Self::Pointer(pointer) => f.write_str(pointer),
        }
    }
}

/// Collects what a parser finds and hands over each batch when it is full.
pub(super) struct Batches<'a> {
    filling: Batch,
    /// Whether somebody still wants the next one.
    hand_over: &'a mut dyn FnMut(Batch) -> bool,
    is_wanted: bool,
}

impl<'a> Batches<'a> {
    pub(super) fn new(hand_over: &'a mut dyn FnMut(Batch) -> bool) -> Self {
        Self {
            filling: Batch::default(),
            hand_over,
            is_wanted: true,
        }
    }

    /// `false`: nobody waits for the rest of the body.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted
    }

    pub(super) fn reading(&mut self, place: Place, reading: Reading) {
        self.filling.readings.push(reading);
        self.filling.places.push(place);
        if self.filling.readings.len() >= FULL {
            let full = std::mem::take(&mut self.filling);
            self.is_wanted = self.is_wanted && (self.hand_over)(full);
        }
    }

    pub(super) fn fault(&mut self, reason: &'static str, words: impl FnOnce() -> (String, String)) {
        let after = self.filling.readings.len();
        self.filling.faults.add(after, reason, words);
    }

    /// Hands over what is left.
    pub(super) fn finish(self) {
        if self.is_wanted {
            (self.hand_over)(self.filling);
        }
    }
}
