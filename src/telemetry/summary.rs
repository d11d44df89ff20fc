//! What a run of samples amounts to, in a form that two neighbours can be joined in.

use super::codec::Columns;
use super::rollup::Rollup;
use crate::domain::{PointId, Timestamp};
use crate::store::tenant::rollups::RollupRow;

/// A rollup with all that is needed to join it with the one after it.
///
/// The mean is weighted by time as a step function: a value stands until the
/// next sample. The time before the first sample of a span and after its last is
/// not weighted; time in which the value was NaN is not either.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Summary {
    pub(super) n: u64,
    pub(super) nan_n: u64,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) sum: f64,
    /// Value times microseconds.
    integral: f64,
    covered: i64,
    pub(super) first: f64,
    pub(super) last: f64,
    first_at: i64,
    last_at: i64,
}

impl Summary {
    /// Sums up the samples `range`; none when it is empty.
    pub(super) fn of(columns: &Columns, range: std::ops::Range<usize>) -> Option<Self> {
        let times = &columns.times[range.clone()];
        let values = &columns.values[range];
        let (&first_at, &first) = times.first().zip(values.first())?;
        let mut summary = Self::single(first_at, first);
        for (&at, &value) in times.iter().zip(values).skip(1) {
            summary.add(at, value);
        }
        Some(summary)
    }

    fn single(at: i64, value: f64) -> Self {
        let is_nan = value.is_nan();
        Self {
            n: 1,
            nan_n: u64::from(is_nan),
            min: value,
            max: value,
            sum: if is_nan { 0.0 } else { value },
            integral: 0.0,
            covered: 0,
            first: value,
            last: value,
            first_at: at,
            last_at: at,
        }
    }

    fn add(&mut self, at: i64, value: f64) {
        self.hold_until(at);
        self.n += 1;
        if value.is_nan() {
            self.nan_n += 1;
        } else {
            self.sum += value;
        }
        // `f64::min` gives the other operand when one is NaN.
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.last = value;
        self.last_at = at;
    }

    /// Lets the last value stand until `at`.
    fn hold_until(&mut self, at: i64) {
        if !self.last.is_nan() {
            let micros = at.saturating_sub(self.last_at);
            self.integral += self.last * micros as f64;
            self.covered = self.covered.saturating_add(micros);
        }
    }

    /// Joins it with the summary of what came after.
    #[must_use]
    pub(super) fn then(mut self, next: &Self) -> Self {
        self.hold_until(next.first_at);
        Self {
            n: self.n + next.n,
            nan_n: self.nan_n + next.nan_n,
            min: self.min.min(next.min),
            max: self.max.max(next.max),
            sum: self.sum + next.sum,
            integral: self.integral + next.integral,
            covered: self.covered.saturating_add(next.covered),
            first: self.first,
            last: next.last,
            first_at: self.first_at,
            last_at: next.last_at,
        }
    }

    /// Joins summaries that follow one another.
    pub(super) fn join<'a>(summaries: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut summaries = summaries.into_iter();
        let first = *summaries.next()?;
        Some(summaries.fold(first, Self::then))
    }

    fn mean(&self) -> f64 {
        let numbers = self.n - self.nan_n;
        if self.covered > 0 {
            self.integral / self.covered as f64
        } else if numbers > 0 {
            self.sum / numbers as f64
        } else {
            f64::NAN
        }
    }

    /// The sum, NaN when every sample is.
    pub(super) fn total(&self) -> f64 {
        if self.n == self.nan_n {
            f64::NAN
        } else {
            self.sum
        }
    }

    /// As the API gives it.
    pub(super) fn rollup(&self, start: i64, end: i64) -> Rollup {
        Rollup {
            start: Timestamp(start),
            end: Timestamp(end),
            n: self.n,
            min: self.min,
            max: self.max,
            sum: self.total(),
            mean: self.mean(),
            first: self.first,
            last: self.last,
        }
    }

    /// As it is stored.
    pub(super) fn row(&self, point: PointId, start: i64, end: i64) -> RollupRow {
        RollupRow {
            point_id: point,
            start_at: start,
            end_at: end,
            n: self.n as i64,
            nan_n: self.nan_n as i64,
            min: number(self.min),
            max: number(self.max),
            sum: number(self.total()),
            mean: number(self.mean()),
            covered: self.covered,
            first: number(self.first),
            last: number(self.last),
            first_at: self.first_at,
            last_at: self.last_at,
        }
    }

    /// Back from a row.
    pub(super) fn from_row(row: &RollupRow) -> Self {
        let covered = row.covered;
        let mean = row.mean.unwrap_or(f64::NAN);
        Self {
            n: row.n as u64,
            nan_n: row.nan_n as u64,
            min: row.min.unwrap_or(f64::NAN),
            max: row.max.unwrap_or(f64::NAN),
            sum: if row.n == row.nan_n {
                0.0
            } else {
                row.sum.unwrap_or(f64::NAN)
            },
            integral: if covered > 0 {
                mean * covered as f64
            } else {
                0.0
            },
            covered,
            first: row.first.unwrap_or(f64::NAN),
            last: row.last.unwrap_or(f64::NAN),
            first_at: row.first_at,
            last_at: row.last_at,
        }
    }
}

/// A value for a column that cannot keep NaN on both databases.
pub(super) fn number(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Quality, Sample};

    fn summary(samples: &[(i64, f64)]) -> Summary {
        let columns: Columns = samples
            .iter()
            .map(|&(at, value)| Sample {
                at: Timestamp(at),
                value,
                quality: Quality::Good,
            })
            .collect();
        Summary::of(&columns, 0..samples.len()).unwrap()
    }

    fn mean(samples: &[(i64, f64)]) -> f64 {
        summary(samples).rollup(0, 1).mean
    }

    #[test]
    fn the_mean_weighs_a_value_by_how_long_it_stood() {
        assert!((mean(&[(0, 10.0), (30, 20.0), (40, 99.0)]) - 12.5).abs() < 1e-12);
    }

    #[test]
    fn one_sample_is_its_own_mean() {
        assert!((mean(&[(5, 3.0)]) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn time_without_a_number_is_not_weighed() {
        let figures = [(0, 10.0), (10, f64::NAN), (30, 20.0), (40, 0.0)];
        assert!((mean(&figures) - 15.0).abs() < 1e-12);
        let rollup = summary(&figures).rollup(0, 1);
        assert_eq!(rollup.n, 4);
        assert!((rollup.min, rollup.max, rollup.sum) == (0.0, 20.0, 30.0));
    }

    #[test]
    fn joining_two_halves_is_the_whole() {
        let samples = [(0, 1.0), (7, f64::NAN), (9, -4.0), (20, 8.0), (21, 2.0)];
        for cut in 1..samples.len() {
            let joined = summary(&samples[..cut]).then(&summary(&samples[cut..]));
            assert_eq!(joined, summary(&samples), "cut at {cut}");
        }
    }

    #[test]
    fn nothing_but_nan_has_no_figures() {
        let rollup = summary(&[(0, f64::NAN), (1, f64::NAN)]).rollup(0, 1);
        assert!(rollup.mean.is_nan() && rollup.sum.is_nan() && rollup.min.is_nan());
    }
}
