//! When a message arrived.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Stamps arrivals in microseconds since the epoch (UTC), each later than the one before.
///
/// Two messages of one point that arrive in the same microsecond must not share
/// a stamp: the engine keeps one value per point and instant.
#[derive(Clone)]
pub struct ArrivalClock {
    now_us: Arc<dyn Fn() -> i64 + Send + Sync>,
    last_us: Arc<AtomicI64>,
}

impl ArrivalClock {
    /// A clock that asks `now_us` for the time.
    pub fn new(now_us: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self {
            now_us: Arc::new(now_us),
            last_us: Arc::new(AtomicI64::new(i64::MIN)),
        }
    }

    /// Now, or one microsecond after the last stamp when the clock has not moved (or went back).
    pub fn stamp(&self) -> i64 {
        let now = (self.now_us)();
        let after = |last: i64| now.max(last.saturating_add(1));
        self.last_us
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
                Some(after(last))
            })
            .map_or(now, after)
    }
}

impl fmt::Debug for ArrivalClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArrivalClock")
            .field("last_us", &self.last_us)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_never_share_a_stamp_even_when_the_clock_stands() {
        let clock = ArrivalClock::new(|| 1_000);
        assert_eq!(
            [clock.stamp(), clock.stamp(), clock.stamp()],
            [1_000, 1_001, 1_002]
        );
    }
}
