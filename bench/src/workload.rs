//! What field devices send: points polled every ten seconds, stamps with jitter, values that walk.

use vigie::domain::{PointId, PointSample, Quality, Sample, Timestamp};

/// Seconds between two samples of a point.
pub const PERIOD_S: i64 = 10;
/// Stamps are up to this much late, in milliseconds.
pub const JITTER_MS: u64 = 100;
/// A value moves by up to so many thousandths per step.
const STEP: u64 = 5;

/// Points and where their values are.
pub struct Workload {
    values: Vec<i64>,
    random: u64,
    start: Timestamp,
}

impl Workload {
    /// So many points, the first sample at `start`.
    pub fn new(points: usize, start: Timestamp) -> Self {
        let values = (0..points as i64)
            .map(|point| 3_000 + point % 1_000)
            .collect();
        Self {
            values,
            random: 0x9e37_79b9_7f4a_7c15,
            start,
        }
    }

    /// All samples of one tick, in the order of points.
    pub fn tick(&mut self, tick: i64) -> Vec<PointSample> {
        let at = self.start.plus(tick * PERIOD_S * Timestamp::SECOND);
        (0..self.values.len())
            .map(|point| self.sample(point, at))
            .collect()
    }

    fn sample(&mut self, point: usize, at: Timestamp) -> PointSample {
        let (jitter, step) = (self.below(JITTER_MS), self.below(2 * STEP + 1));
        self.values[point] += step as i64 - STEP as i64;
        PointSample {
            point: PointId(point as i64 + 1),
            sample: Sample {
                at: at.plus(jitter as i64 * 1_000),
                value: self.values[point] as f64 / 1_000.0,
                quality: Quality::Good,
            },
        }
    }

    /// Marsaglia's xorshift: fast, and the same in every run.
    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 33) % limit
    }
}

/// Says what it is, for the notes of a report.
pub fn describe(points: usize) -> String {
    format!(
        "workload: {points} points every {PERIOD_S} s, stamps 0–{JITTER_MS} ms late in whole milliseconds, \
         values walk by up to {STEP} thousandths per step"
    )
}
