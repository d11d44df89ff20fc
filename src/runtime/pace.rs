//! How fast samples come in, from a count that only grows.

use crate::domain::Timestamp;

/// The least time a pace is measured over.
const WINDOW: i64 = 30 * Timestamp::SECOND;

/// The pace of one client.
#[derive(Debug, Default)]
pub(super) struct Pace {
    since: Option<(Timestamp, u64)>,
    /// Samples a second in the last whole window.
    pub(super) per_second: f64,
}

impl Pace {
    /// Takes note of the count.
    pub(super) fn note(&mut self, count: u64, now: Timestamp) {
        let Some((start, counted)) = self.since else {
            self.since = Some((now, count));
            return;
        };
        let elapsed = now.since(start);
        if elapsed >= WINDOW {
            let seconds = elapsed as f64 / Timestamp::SECOND as f64;
            self.per_second = count.saturating_sub(counted) as f64 / seconds;
            self.since = Some((now, count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_that_of_the_last_whole_window() {
        let mut pace = Pace::default();
        let at = |second| Timestamp::from_seconds(second);
        pace.note(1_000, at(0));
        pace.note(1_100, at(10));
        assert!(pace.per_second.abs() < f64::EPSILON, "no window is over");
        pace.note(4_000, at(30));
        assert!((pace.per_second - 100.0).abs() < 1e-9);
        pace.note(4_000, at(60));
        assert!(pace.per_second.abs() < f64::EPSILON);
    }
}
