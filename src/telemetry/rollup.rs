//! Sums of a span of time.

use crate::domain::Timestamp;
use serde::{Deserialize, Serialize};

/// How long one rollup is. Hours are UTC; days and months are those of the point's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolution {
    /// A UTC hour.
    Hour,
    /// A calendar day of the point's zone: 23, 24 or 25 hours.
    Day,
    /// A calendar month of the point's zone.
    Month,
}

/// What the samples of `start..end` amount to. There is none for a span without samples.
///
/// NaN samples count in `n` and may be `first` or `last`; they take no part in
/// `min`, `max`, `sum` and `mean`, which are NaN when there was nothing else.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rollup {
    /// The first instant of the span.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// Samples in the span.
    pub n: u64,
    /// The least value.
    pub min: f64,
    /// The greatest value.
    pub max: f64,
    /// All values added in the order of time.
    pub sum: f64,
    /// The mean weighted by how long each value stood.
    pub mean: f64,
    /// The oldest value.
    pub first: f64,
    /// The newest value.
    pub last: f64,
}

/// How long a point stood in one state within a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StateSpan {
    /// The first instant of the span.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
    /// The value of the state, its code.
    pub state: f64,
    /// Microseconds in this state.
    pub micros: i64,
}
