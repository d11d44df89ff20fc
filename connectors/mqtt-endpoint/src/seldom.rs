//! Lets one log line a second through and counts the others.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(1);

/// The turns of a line that strangers can cause as often as they like.
#[derive(Debug, Default)]
pub(crate) struct Seldom(Mutex<Turns>);

#[derive(Debug, Default)]
struct Turns {
    next: Option<Instant>,
    held_back: u64,
}

impl Seldom {
    /// Whether the line may be written now; then, how many were held back since the last one.
    pub(crate) fn turn(&self, now: Instant) -> Option<u64> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if turns.next.is_some_and(|next| now < next) {
            turns.held_back += 1;
            return None;
        }
        turns.next = Some(now + EVERY);
        Some(std::mem::take(&mut turns.held_back))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_second_says_how_many_it_stands_for() {
        let (seldom, start) = (Seldom::default(), Instant::now());
        assert_eq!(seldom.turn(start), Some(0));
        assert_eq!(seldom.turn(start), None);
        assert_eq!(seldom.turn(start + EVERY / 2), None);
        assert_eq!(seldom.turn(start + EVERY), Some(2));
    }
}
