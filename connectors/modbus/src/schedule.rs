//! When something is due, without drift.
//!
//! Ticks lie on multiples of the period since the epoch (UTC), so that everything read every
//! ten seconds carries the same stamps. A tick that is missed is left out, never read twice.

use std::time::Duration;

/// Something to do at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tick<J> {
    pub(crate) job: J,
    /// When it was due; what is read is stamped with it.
    pub(crate) at_us: i64,
    /// Ticks that were left out since the one before.
    pub(crate) missed: u32,
}

/// Jobs and their next ticks; times are microseconds since the epoch.
#[derive(Debug, Clone)]
pub(crate) struct Schedule<J> {
    entries: Vec<Entry<J>>,
}

#[derive(Debug, Clone)]
struct Entry<J> {
    job: J,
    every_us: i64,
    next_us: i64,
}

impl<J> Default for Schedule<J> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
        }
    }
}

impl<J: Copy + PartialEq> Schedule<J> {
    /// Adds a job that is due now, and then at every multiple of its period.
    pub(crate) fn add(&mut self, job: J, every: Duration, now_us: i64) {
        let every_us = (every.as_micros() as i64).max(1);
        self.entries.push(Entry {
            job,
            every_us,
            next_us: now_us,
        });
    }

    /// Drops the jobs that are not kept.
    pub(crate) fn retain(&mut self, keep: impl Fn(J) -> bool) {
        self.entries.retain(|entry| keep(entry.job));
    }

    /// What is due for the longest time, if anything is.
    pub(crate) fn due(&mut self, now_us: i64) -> Option<Tick<J>> {
        let due = self.entries.iter_mut().filter(|entry| entry.is_due(now_us));
        due.min_by_key(|entry| entry.next_us)
            .map(|entry| entry.take(now_us))
    }

    /// How long until something is due.
    pub(crate) fn pause(&self, now_us: i64) -> Duration {
        let waits = self.entries.iter().map(|entry| entry.wait(now_us));
        let wait_us = waits.min().unwrap_or(i64::MAX).max(0);
        Duration::from_micros(wait_us.unsigned_abs()).min(Duration::from_secs(3_600))
    }

    /// The job is due again at once, at the same tick.
    pub(crate) fn put_back(&mut self, tick: Tick<J>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.job == tick.job) {
            entry.next_us = tick.at_us;
        }
    }

    /// The job is next due at `at_us`, within its period.
    pub(crate) fn move_to(&mut self, job: J, at_us: i64) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.job == job) {
            entry.next_us = at_us;
        }
    }
}

impl<J: Copy> Entry<J> {
    /// A next tick further away than a period means that the clock was set back.
    fn is_due(&self, now_us: i64) -> bool {
        self.next_us <= now_us || self.next_us - now_us > self.every_us
    }

    fn wait(&self, now_us: i64) -> i64 {
        if self.is_due(now_us) {
            0
        } else {
            self.next_us - now_us
        }
    }

    /// A tick that is read late by half a period or more says when it was read.
    fn take(&mut self, now_us: i64) -> Tick<J> {
        let late_us = now_us - self.next_us;
        let is_in_time = (0..self.every_us / 2).contains(&late_us);
        let at_us = if is_in_time { self.next_us } else { now_us };
        let missed = (late_us.max(0) / self.every_us) as u32;
        self.next_us = (now_us.div_euclid(self.every_us) + 1) * self.every_us;
        Tick {
            job: self.job,
            at_us,
            missed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000;
    const TEN: Duration = Duration::from_secs(10);

    fn schedule(now_us: i64) -> Schedule<u8> {
        let mut schedule = Schedule::default();
        schedule.add(1, TEN, now_us);
        schedule
    }

    #[test]
    fn the_first_tick_is_now_and_the_next_are_multiples_of_the_period() {
        let mut schedule = schedule(1_003 * SECOND);
        assert_eq!(schedule.due(1_003 * SECOND).unwrap().at_us, 1_003 * SECOND);
        assert_eq!(schedule.pause(1_004 * SECOND), Duration::from_secs(6));
        assert_eq!(schedule.due(1_009 * SECOND), None);
        let tick = schedule.due(1_010 * SECOND + 4_321).unwrap();
        assert_eq!((tick.at_us, tick.missed), (1_010 * SECOND, 0));
    }

    #[test]
    fn a_late_tick_says_when_it_was_read_and_what_was_left_out() {
        let mut schedule = schedule(1_000 * SECOND);
        schedule.due(1_000 * SECOND).unwrap();
        let tick = schedule.due(1_037 * SECOND).unwrap();
        assert_eq!((tick.at_us, tick.missed), (1_037 * SECOND, 2));
        assert_eq!(schedule.due(1_040 * SECOND).unwrap().at_us, 1_040 * SECOND);
    }

    #[test]
    fn a_clock_that_is_set_back_stops_nothing() {
        let mut schedule = schedule(1_000_000 * SECOND);
        schedule.due(1_000_000 * SECOND).unwrap();
        let tick = schedule.due(5_003 * SECOND).unwrap();
        assert_eq!((tick.at_us, tick.missed), (5_003 * SECOND, 0));
        assert_eq!(schedule.pause(5_003 * SECOND), Duration::from_secs(7));
    }

    #[test]
    fn who_waits_longest_is_first() {
        let mut schedule = schedule(1_000 * SECOND);
        schedule.add(2, TEN, 999 * SECOND);
        let order: Vec<u8> = std::iter::from_fn(|| schedule.due(1_001 * SECOND))
            .map(|tick| tick.job)
            .collect();
        assert_eq!(order, [2, 1]);
        assert_eq!(schedule.pause(1_001 * SECOND), Duration::from_secs(9));
    }

    proptest! {
        #[test]
        fn however_late_it_is_called_no_tick_comes_twice_and_none_drifts(
            period_ms in 100..100_000_u64,
            steps in prop::collection::vec(0..300_000_000_i64, 1..200),
        ) {
            let every = Duration::from_millis(period_ms);
            let every_us = every.as_micros() as i64;
            let mut now = 1_700_000_000 * SECOND;
            let mut schedule = Schedule::default();
            schedule.add((), every, now);
            let mut last = schedule.due(now).unwrap().at_us;
            for step in steps {
                now += step;
                while let Some(tick) = schedule.due(now) {
                    prop_assert!(tick.at_us > last && tick.at_us <= now);
                    let is_on_time = now - tick.at_us < every_us / 2 && tick.at_us != now;
                    prop_assert!(!is_on_time || tick.at_us % every_us == 0);
                    last = tick.at_us;
                }
                prop_assert!(schedule.pause(now) <= every);
            }
        }
    }
}
