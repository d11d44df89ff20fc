//! Whether waiting for company before a commit pays.
//!
//! An idle engine commits at once. A busy one waits, up to the flush interval,
//! because a commit costs the same for one sample as for thousands. The wait
//! ends early when arrivals pause: then everybody is waiting for us. A wait that
//! nobody joins is tried half as often the next time.

use std::time::Duration;

const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// A pause is this many times the usual gap between two arrivals.
const GAPS_IN_A_PAUSE: u32 = 4;
/// After so many waits in vain in a row only every 64th flush waits.
const MOST_HALVINGS: u32 = 6;

/// What the last batches say about the next.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    gap: Duration,
    waits_in_vain: u32,
    batches: u32,
}

impl Pace {
    /// An engine that is idle so far.
    pub(super) const fn new(interval: Duration) -> Self {
        Self {
            interval,
            gap: LONGEST_PAUSE,
            waits_in_vain: 0,
            batches: 0,
        }
    }

    /// The longest wait for company.
    pub(super) const fn interval(&self) -> Duration {
        self.interval
    }

    /// After so long without an arrival nobody else will come.
    pub(super) fn pause(&self) -> Duration {
        (self.gap * GAPS_IN_A_PAUSE).max(SHORTEST_PAUSE)
    }

    /// Whether the next batch should wait at all.
    pub(super) fn worth_waiting(&self) -> bool {
        let sparse = self.pause() > LONGEST_PAUSE.min(self.interval);
        let every = 1_u32 << self.waits_in_vain.min(MOST_HALVINGS);
        !sparse && self.batches.is_multiple_of(every)
    }

    /// Learns how a wait went.
    pub(super) const fn note_wait(&mut self, somebody_came: bool) {
        self.waits_in_vain = if somebody_came {
            0
        } else {
            self.waits_in_vain.saturating_add(1)
        };
    }

    /// Learns of a batch: how many arrivals since the batch before.
    pub(super) fn note_batch(&mut self, arrivals: usize, elapsed: Duration) {
        let gap = (elapsed / arrivals.max(1) as u32).min(LONGEST_PAUSE * 16);
        self.gap = (self.gap * 3 + gap) / 4;
        self.batches = self.batches.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn after(batches: usize, arrivals: usize, elapsed: Duration) -> Pace {
        let mut pace = Pace::new(MS * 250);
        for _ in 0..batches {
            pace.note_batch(arrivals, elapsed);
        }
        pace
    }

    #[test]
    fn an_idle_engine_commits_at_once() {
        assert!(!Pace::new(MS * 250).worth_waiting());
        assert!(!after(20, 1, MS * 2_000).worth_waiting());
    }

    #[test]
    fn a_steady_stream_is_gathered() {
        let pace = after(20, 1, MS * 5);
        assert!(pace.worth_waiting());
        assert!((MS * 15..MS * 25).contains(&pace.pause()));
    }

    #[test]
    fn a_burst_is_followed_by_a_short_pause_only() {
        assert_eq!(after(60, 100, MS * 5).pause(), SHORTEST_PAUSE);
    }

    #[test]
    fn waits_in_vain_become_rare_and_company_makes_them_usual_again() {
        let mut pace = after(64, 1, MS * 5);
        for _ in 0..10 {
            pace.note_wait(false);
        }
        let waits = (0..64).filter(|_| {
            pace.note_batch(1, MS * 5);
            pace.worth_waiting()
        });
        assert_eq!(waits.count(), 1);
        pace.note_wait(true);
        assert!(pace.worth_waiting());
    }
}
