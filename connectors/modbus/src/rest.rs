//! A device that does not answer is left in peace, so that it does not hold up the others.

use std::time::Duration;
use tokio::time::Instant;
use vigie_contract::Backoff;

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A single failure may be the connection's; it is tried again at once.
const PATIENCE: u32 = 2;

/// How long a device rests.
#[derive(Debug)]
pub(crate) struct Rest {
    backoff: Backoff,
    failures: u32,
    until: Option<Instant>,
}

impl Default for Rest {
    fn default() -> Self {
        Self {
            backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE),
            failures: 0,
            until: None,
        }
    }
}

impl Rest {
    /// Whether it is to be left in peace now.
    pub(crate) fn is_on(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    /// It answered.
    pub(crate) fn end(&mut self) {
        if self.failures > 0 {
            *self = Self::default();
        }
    }

    /// It did not. Whether it counts as gone by now.
    pub(crate) fn fail(&mut self, now: Instant) -> bool {
        self.failures = self.failures.saturating_add(1);
        if self.failures < PATIENCE {
            return false;
        }
        self.until = Some(now + self.backoff.next_pause(rand::random()));
        true
    }

    /// Its gateway says that it is gone.
    pub(crate) fn begin(&mut self, now: Instant) {
        self.failures = self.failures.max(PATIENCE);
        self.fail(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_second_failure_makes_it_rest_until_it_answers() {
        let mut rest = Rest::default();
        let now = Instant::now();
        assert!(!rest.fail(now) && !rest.is_on(now));
        assert!(rest.fail(now) && rest.is_on(now));
        assert!(!rest.is_on(now + LONGEST_PAUSE));
        rest.end();
        assert!(!rest.is_on(now) && !rest.fail(now));
    }
}
