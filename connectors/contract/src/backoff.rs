//! How long to wait between two attempts.

use std::time::Duration;

/// Exponential back-off with full jitter ("Exponential Backoff And Jitter", AWS
/// Architecture Blog, 2015): attempt n waits between 0 and `min(cap, base * 2^n)`,
/// never less than a twentieth of `base`.
#[derive(Debug, Clone)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
    attempt: u32,
}

impl Backoff {
    /// Starts at `base`, never waits longer than `cap`.
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self {
            base,
            cap,
            attempt: 0,
        }
    }

    /// The next pause; `random` is uniform in `0.0..1.0`.
    pub fn next_pause(&mut self, random: f64) -> Duration {
        let ceiling = self
            .base
            .saturating_mul(1_u32 << self.attempt.min(20))
            .min(self.cap);
        self.attempt = self.attempt.saturating_add(1);
        ceiling.mul_f64(random.clamp(0.0, 1.0)).max(self.base / 20)
    }

    /// Attempts since the last success.
    pub const fn attempts(&self) -> u32 {
        self.attempt
    }

    /// Forget the past after a success.
    pub fn reset(&mut self) {
        self.attempt = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_the_cap_and_start_again_after_a_success() {
        let mut backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
        let pauses: Vec<_> = (0..7).map(|_| backoff.next_pause(1.0).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.next_pause(1.0).as_secs(), 1);
    }
}
