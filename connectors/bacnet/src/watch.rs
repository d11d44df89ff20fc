//! How far subscriptions can be trusted, point by point.

use std::sync::{Mutex, PoisonError};
use tokio::time::Instant;

/// Polls that find another value than was told, before a subscription counts as dead.
const MISSES: u8 = 2;

/// How the points of a device are heard of.
#[derive(Debug)]
pub(crate) struct Watch(Mutex<Vec<Hearing>>);

#[derive(Debug, Clone, Default)]
struct Hearing {
    /// A subscription holds.
    is_told: bool,
    last: Option<f64>,
    misses: u8,
    rest_until: Option<Instant>,
}

impl Watch {
    pub(crate) fn new(points: usize) -> Self {
        Self(Mutex::new(vec![Hearing::default(); points]))
    }

    /// Whether a point is read at every poll.
    pub(crate) fn is_polled(&self, place: usize) -> bool {
        self.lock()
            .get(place)
            .is_none_or(|hearing| !hearing.is_told)
    }

    /// What a poll found.
    pub(crate) fn polled(&self, place: usize, number: f64) {
        if let Some(hearing) = self.lock().get_mut(place) {
            let differs = hearing
                .last
                .is_some_and(|last| last.to_bits() != number.to_bits());
            if hearing.is_told && differs {
                hearing.misses += 1;
                if hearing.misses >= MISSES {
                    *hearing = Hearing::default();
                }
            }
            hearing.last = Some(number);
        }
    }

    pub(crate) fn told(&self, place: usize, number: f64) {
        if let Some(hearing) = self.lock().get_mut(place) {
            (hearing.last, hearing.misses) = (Some(number), 0);
        }
    }

    pub(crate) fn subscribed(&self, place: usize, rest_until: Option<Instant>) {
        if let Some(hearing) = self.lock().get_mut(place) {
            hearing.is_told = rest_until.is_none();
            hearing.rest_until = rest_until;
        }
    }

    pub(crate) fn rests(&self, place: usize, now: Instant) -> bool {
        let rest = self
            .lock()
            .get(place)
            .and_then(|hearing| hearing.rest_until);
        rest.is_some_and(|until| now < until)
    }

    pub(crate) fn forget(&self) {
        self.lock().fill(Hearing::default());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Hearing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const REST: Duration = Duration::from_secs(600);

    #[test]
    fn a_subscription_that_misses_changes_twice_is_no_longer_trusted() {
        let watch = Watch::new(1);
        watch.subscribed(0, None);
        watch.told(0, 1.0);
        assert!(!watch.is_polled(0));
        watch.polled(0, 1.0);
        watch.polled(0, 2.0);
        assert!(!watch.is_polled(0), "one change may be on its way");
        watch.polled(0, 3.0);
        assert!(watch.is_polled(0));
    }

    #[test]
    fn a_notification_restores_the_trust() {
        let watch = Watch::new(1);
        watch.subscribed(0, None);
        watch.told(0, 1.0);
        watch.polled(0, 2.0);
        watch.told(0, 2.5);
        watch.polled(0, 3.0);
        assert!(!watch.is_polled(0));
    }

    #[test]
    fn what_cannot_be_subscribed_to_rests_and_is_polled() {
        let watch = Watch::new(1);
        let now = Instant::now();
        watch.subscribed(0, Some(now + REST));
        assert!(watch.is_polled(0) && watch.rests(0, now));
        assert!(!watch.rests(0, now + REST));
    }
}
