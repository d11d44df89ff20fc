//! Randomness that is a function: the same seed and place give the same number.

use crate::domain::Timestamp;

/// Where a series of random numbers starts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seed(u64);

impl Seed {
    /// FNV-1a of a name.
    pub(super) const fn of(name: &str) -> Self {
        let (mut hash, mut index) = (0xcbf2_9ce4_8422_2325_u64, 0);
        while index < name.len() {
            hash = (hash ^ name.as_bytes()[index] as u64).wrapping_mul(0x0100_0000_01b3);
            index += 1;
        }
        Self(hash)
    }

    /// A seed of its own for a part.
    pub(super) const fn part(self, number: u64) -> Self {
        Self(mix(self.0.wrapping_add(mix(number))))
    }

    /// Uniform in `0.0..1.0`.
    pub(super) fn uniform(self, index: i64) -> f64 {
        let bits = mix(self.0 ^ mix(index as u64));
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Uniform between two values.
    pub(super) fn between(self, index: i64, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform(index)
    }

    /// A smooth curve between -1 and 1 that turns about once in `period_s` seconds.
    pub(super) fn wave(self, at: Timestamp, period_s: i64) -> f64 {
        let period = period_s * Timestamp::SECOND;
        let index = at.0.div_euclid(period);
        let x = at.0.rem_euclid(period) as f64 / period as f64;
        let (from, to) = (self.uniform(index), self.uniform(index + 1));
        2.0 * (from + (to - from) * ease(x)) - 1.0
    }
}

/// From 0 to 1 while `x` goes from 0 to 1, with a soft start and end.
pub(super) fn ease(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}

/// The slope of [`ease`].
pub(super) fn ease_slope(x: f64) -> f64 {
    if (0.0..=1.0).contains(&x) {
        6.0 * x * (1.0 - x)
    } else {
        0.0
    }
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014).
const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
