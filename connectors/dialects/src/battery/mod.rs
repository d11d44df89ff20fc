//! The one battery: the points that every battery dialect speaks of, as the library type `battery` has them.
//!
//! Charging is positive, discharging negative. Cells and sensors count from 1.

mod cells;
mod faults;
mod state;

pub(crate) use cells::{Cells, Sensed, tell_extremes};
pub(crate) use faults::{Fault, Flags, Severity, source};
pub(crate) use state::State;

use serde::Deserialize;

/// Which direction of the current a device counts as positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Positive {
    /// As we do.
    Charging,
    /// The other way round.
    Discharging,
}

impl Positive {
    /// A current or power of the device as we count it.
    pub(crate) fn ours(self, value: f64) -> f64 {
        match self {
            Self::Charging => value,
            // Adding zero: there is no negative nothing.
            Self::Discharging => -value + 0.0,
        }
    }
}
