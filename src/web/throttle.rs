//! Slows down whoever guesses passwords, by address and by account.
//!
//! Invariant: it remembers a bounded number of names, for a bounded time, and a
//! right password is never refused because of others for longer than
//! [`LONGEST_WAIT`].

use crate::domain::{Clock, TenantId, Timestamp};
use moka::sync::Cache;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// Failures that cost nothing.
const FREE_TRIES: u32 = 5;
/// The longest wait after a failure.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
const REMEMBERED: u64 = 10_000;
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Guesser {
    Account(TenantId, String),
    Address(IpAddr),
}

#[derive(Debug, Clone, Copy, Default)]
struct Failures {
    n: u32,
    not_before: Timestamp,
}

/// Failed sign-ins of the last hour.
#[derive(Debug, Clone)]
pub struct Throttle {
    failures: Cache<Guesser, Failures>,
    clock: Arc<dyn Clock>,
}

/// Somebody who tries to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Where.
    pub tenant: TenantId,
    /// As whom.
    pub email: String,
    /// From where.
    pub address: Option<IpAddr>,
}

impl Attempt {
    fn account(&self) -> Guesser {
        Guesser::Account(self.tenant, self.email.to_lowercase())
    }

    fn guessers(&self) -> impl Iterator<Item = Guesser> {
        std::iter::once(self.account()).chain(self.address.map(Guesser::Address))
    }
}

impl Throttle {
    /// Remembers nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let failures = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(FORGOTTEN_AFTER)
            .build();
        Self { failures, clock }
    }

    /// Seconds until the attempt may be made; none when it may be made now.
    pub fn wait_s(&self, attempt: &Attempt) -> Option<u64> {
        let now = self.clock.now();
        let latest = attempt
            .guessers()
            .filter_map(|guesser| self.failures.get(&guesser))
            .map(|failures| failures.not_before)
            .max()?;
        let micros = latest.since(now);
        (micros > 0).then(|| {
            micros
                .cast_unsigned()
                .div_ceil(Timestamp::SECOND.cast_unsigned())
        })
    }

    /// Notes a wrong password.
    pub fn failed(&self, attempt: &Attempt) {
        for guesser in attempt.guessers() {
            let n = self.failures.get(&guesser).unwrap_or_default().n + 1;
            let wait = wait_after(n);
            let not_before = self.clock.now().plus(wait.as_micros() as i64);
            self.failures.insert(guesser, Failures { n, not_before });
        }
    }

    /// Forgets the failures of an account whose owner came; those of the address stay, so
    /// that owning one account does not help to guess another.
    pub fn succeeded(&self, attempt: &Attempt) {
        self.failures.invalidate(&attempt.account());
    }
}

/// Doubles with each failure beyond the free ones: 1 s, 2 s, 4 s … a minute.
fn wait_after(failures: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(FREE_TRIES) else {
        return Duration::ZERO;
    };
    Duration::from_secs(1 << doublings.min(10)).min(LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ManualClock;

    fn attempt(email: &str, address: [u8; 4]) -> Attempt {
        Attempt {
            tenant: TenantId(1),
            email: email.to_owned(),
            address: Some(address.into()),
        }
    }

    #[test]
    fn guessing_gets_slower_and_waiting_helps() {
        let clock = Arc::new(ManualClock::at(Timestamp(0)));
        let throttle = Throttle::new(clock.clone());
        let guess = attempt("a@x", [10, 0, 0, 1]);
        for _ in 1..FREE_TRIES {
            throttle.failed(&guess);
        }
        assert_eq!(throttle.wait_s(&guess), None);
        throttle.failed(&guess);
        throttle.failed(&guess);
        assert_eq!(throttle.wait_s(&guess), Some(2));
        clock.advance(2 * Timestamp::SECOND);
        assert_eq!(throttle.wait_s(&guess), None);
    }

    #[test]
    fn many_accounts_from_one_address_are_slowed_and_others_are_not() {
        let throttle = Throttle::new(Arc::new(ManualClock::at(Timestamp(0))));
        for n in 0..40 {
            throttle.failed(&attempt(&format!("user{n}@x"), [10, 0, 0, 1]));
        }
        assert_eq!(throttle.wait_s(&attempt("new@x", [10, 0, 0, 1])), Some(60));
        assert_eq!(throttle.wait_s(&attempt("user1@x", [10, 0, 0, 2])), None);
    }

    #[test]
    fn a_right_password_clears_the_account() {
        let throttle = Throttle::new(Arc::new(ManualClock::at(Timestamp(0))));
        let own = attempt("a@x", [10, 0, 0, 1]);
        (0..9).for_each(|_| throttle.failed(&own));
        throttle.succeeded(&own);
        assert_eq!(throttle.wait_s(&attempt("a@x", [10, 0, 0, 2])), None);
        assert_eq!(throttle.wait_s(&attempt("b@x", [10, 0, 0, 1])), Some(16));
    }
}
