//! When the next poll is due, and the stamp its values carry.

use std::time::Duration;
use tokio::time::Instant;

/// How far the wall clock may move away before the stamps follow it.
const DRIFT_US: i64 = 1_000_000;

/// Evenly spaced instants that neither drift nor pile up: a poll that takes too long is one poll
/// less, and the stamps stay on the grid (which stores smaller than jittered ones).
#[derive(Debug)]
pub(crate) struct Ticks {
    every: Duration,
    next: Instant,
    next_us: i64,
}

impl Ticks {
    /// The first tick is `now`.
    pub(crate) fn new(every: Duration, now: Instant, now_us: i64) -> Self {
        Self {
            every,
            next: now,
            next_us: now_us,
        }
    }

    /// When the next tick is due.
    pub(crate) fn due(&self) -> Instant {
        self.next
    }

    /// Takes the tick that is due: its stamp. `now_us` is the wall clock.
    pub(crate) fn take(&mut self, now: Instant, now_us: i64) -> i64 {
        let late = now.saturating_duration_since(self.next);
        let late_us = late.as_micros() as i64;
        if (now_us - self.next_us - late_us).abs() > DRIFT_US {
            self.next_us = now_us - late_us;
        }
        let every_us = self.every.as_micros() as i64;
        let missed = late_us / every_us;
        let stamp = self.next_us + missed * every_us;
        self.next_us = stamp + every_us;
        self.next += self.every * (missed as u32 + 1);
        stamp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn ticks_stay_on_their_grid_and_missed_ones_are_left_out() {
        let start = Instant::now();
        let mut ticks = Ticks::new(SECOND, start, 10_000_000);
        assert_eq!(ticks.take(start, 10_000_000), 10_000_000);
        let late = start + Duration::from_millis(1_020);
        assert_eq!(ticks.take(late, 11_020_500), 11_000_000);
        let very_late = start + Duration::from_millis(5_300);
        assert_eq!(ticks.take(very_late, 15_300_000), 15_000_000);
        assert_eq!(ticks.due(), start + SECOND * 6);
    }

    #[test]
    fn the_stamps_follow_a_clock_that_was_set() {
        let start = Instant::now();
        let mut ticks = Ticks::new(SECOND, start, 0);
        ticks.take(start, 0);
        assert_eq!(ticks.take(start + SECOND, 3_600_000_000), 3_600_000_000);
        assert_eq!(ticks.take(start + SECOND * 2, 3_601_000_100), 3_601_000_000);
    }
}
