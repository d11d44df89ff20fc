//! The quota of samples of one client: so many a second, on average over a minute.

use crate::domain::Timestamp;
use std::sync::{Mutex, PoisonError};

/// What may be sent at once by somebody who was quiet: the samples of a minute.
const BURST_S: i64 = 60;

/// A bucket that fills with the quota and empties with what is stored.
#[derive(Debug)]
pub(super) struct Budget {
    per_s: i64,
    /// What is left, in millionths of a sample, and when that was true.
    left: Mutex<(i128, Timestamp)>,
}

impl Budget {
    /// So many samples a second; none is without a limit.
    pub(super) fn new(per_s: Option<i64>, now: Timestamp) -> Option<Self> {
        let per_s = per_s?;
        Some(Self {
            per_s,
            left: Mutex::new((full(per_s), now)),
        })
    }

    /// Takes `n` samples out; false, and nothing taken, when there are not as many.
    pub(super) fn take(&self, n: usize, now: Timestamp) -> bool {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (millionths, then) = *left;
        let grown = i128::from(now.since(then).max(0)) * i128::from(self.per_s);
        let there = (millionths + grown).min(full(self.per_s));
        let wanted = n as i128 * i128::from(Timestamp::SECOND);
        let enough = wanted <= there;
        *left = (there - if enough { wanted } else { 0 }, now.max(then));
        enough
    }
}

fn full(per_s: i64) -> i128 {
    i128::from(per_s) * i128::from(BURST_S) * i128::from(Timestamp::SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_may_be_sent_at_once_and_then_a_second_each_second() {
        let start = Timestamp::from_seconds(1_800_000_000);
        let budget = Budget::new(Some(10), start).unwrap();
        assert!(budget.take(600, start));
        assert!(!budget.take(1, start), "the minute is used up");
        assert!(!budget.take(11, start.plus(Timestamp::SECOND)));
        assert!(budget.take(10, start.plus(Timestamp::SECOND)));
        let later = start.plus(Timestamp::HOUR);
        assert!(budget.take(600, later) && !budget.take(1, later));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let start = Timestamp::from_seconds(1_800_000_000);
        let budget = Budget::new(Some(1), start).unwrap();
        assert!(budget.take(60, start));
        assert!(!budget.take(1, start.plus(-Timestamp::HOUR)));
        assert!(!budget.take(1, start));
    }
}
