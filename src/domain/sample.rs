//! What the engine keeps.

use super::{PointId, Quality, Timestamp};

/// One value of a point at an instant. States and booleans are kept as their code.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// When the value was true at the source, UTC.
    pub at: Timestamp,
    /// The value in the unit of its point; any bit pattern is kept.
    pub value: f64,
    /// How far it can be trusted.
    pub quality: Quality,
}

impl PartialEq for Sample {
    /// Bit for bit, so that NaN equals itself and -0.0 differs from 0.0.
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at
            && self.value.to_bits() == other.value.to_bits()
            && self.quality == other.quality
    }
}

/// A sample with the point it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PointSample {
    /// Whose value it is.
    pub point: PointId,
    /// The value.
    pub sample: Sample,
}
