//! Slows down whoever guesses passwords or codes, by address and by account.
//!
//! An attempt is booked as a failure before its password is looked at, so that many at
//! once are no way around; who was right gets the booking back.
//!
//! Invariant: it remembers a bounded number of names, for a bounded time, and a
//! right password is never refused because of others for longer than
//! [`LONGEST_WAIT`].

use crate::domain::{Clock, TenantId, Timestamp, UserId};
use moka::sync::Cache;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Failures of an account that cost nothing.
const FREE_TRIES: u32 = 5;
/// Failures of an address that cost nothing: behind a proxy or a router it is many people.
const FREE_TRIES_OF_ADDRESS: u32 = 20;
/// The longest wait after a failure.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The same for second factors: only who has the password comes that far, and a code is short.
const LONGEST_WAIT_FOR_CODE: Duration = Duration::from_secs(900);
const REMEMBERED: u64 = 10_000;
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3_600);

/// What is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Guess {
    /// The password of the account with this address, in lower case.
    Password(String),
    /// A code of this user's second factor.
    Code(UserId),
    /// Nothing; mail to this address is asked for again and again.
    Mail(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Guesser {
    Account(TenantId, Guess),
    /// At one client: what goes wrong at another one is not theirs to wait for.
    Address(TenantId, IpAddr),
}

impl Guesser {
    const fn free_tries(&self) -> u32 {
        match self {
            Self::Account(..) => FREE_TRIES,
            Self::Address(..) => FREE_TRIES_OF_ADDRESS,
        }
    }

    const fn longest_wait(&self) -> Duration {
        match self {
            Self::Account(_, Guess::Code(_)) => LONGEST_WAIT_FOR_CODE,
            _ => LONGEST_WAIT,
        }
    }
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
    /// Held while an attempt is judged and booked; two never see the same count.
    booking: Arc<Mutex<()>>,
    clock: Arc<dyn Clock>,
}

/// Somebody who tries to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Where.
    pub tenant: TenantId,
    /// What is guessed.
    pub guess: Guess,
    /// From where.
    pub address: Option<IpAddr>,
}

impl Attempt {
    fn account(&self) -> Guesser {
        Guesser::Account(self.tenant, self.guess.clone())
    }

    fn guessers(&self) -> impl Iterator<Item = Guesser> {
        let address = self.address.map(|it| Guesser::Address(self.tenant, it));
        std::iter::once(self.account()).chain(address)
    }
}

/// An attempt that counts as a failure until it is given back.
#[derive(Debug)]
#[must_use = "a right password is to be told, else it counts as a wrong one"]
pub struct Booking {
    account: Guesser,
    /// What was booked, and from when the guesser had to wait before.
    booked: Vec<(Guesser, Timestamp, Timestamp)>,
}

impl Throttle {
    /// Remembers nothing yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let failures = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(FORGOTTEN_AFTER)
            .build();
        let booking = Arc::default();
        Self {
            failures,
            booking,
            clock,
        }
    }

    /// Lets the attempt be made and counts it as a failure, or says in how many seconds it may be.
    pub fn book(&self, attempt: &Attempt) -> Result<Booking, u64> {
        let _alone = self.booking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(seconds) = self.wait_s(attempt) {
            return Err(seconds);
        }
        Ok(Booking {
            account: attempt.account(),
            booked: attempt.guessers().map(|one| self.count(one)).collect(),
        })
    }

    /// Forgets the failures of an account whose owner came; of the address only this booking,
    /// so that owning one account does not help to guess another.
    pub fn succeeded(&self, booking: Booking) {
        let account = booking.account.clone();
        self.give_back(booking);
        self.failures.invalidate(&account);
    }

    /// Takes back an attempt whose password was not looked at.
    pub fn give_back(&self, Booking { booked, .. }: Booking) {
        let _alone = self.booking.lock().unwrap_or_else(PoisonError::into_inner);
        for (guesser, before, after) in booked {
            let Some(mut failures) = self.failures.get(&guesser) else {
                continue;
            };
            failures.n = failures.n.saturating_sub(1);
            if failures.not_before == after {
                failures.not_before = before;
            }
            self.failures.insert(guesser, failures);
        }
    }

    /// Seconds until the attempt may be made; none when it may be made now.
    fn wait_s(&self, attempt: &Attempt) -> Option<u64> {
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

    fn count(&self, guesser: Guesser) -> (Guesser, Timestamp, Timestamp) {
        let before = self.failures.get(&guesser).unwrap_or_default();
        let n = before.n.saturating_add(1);
        let wait = wait_after(n, guesser.free_tries()).min(guesser.longest_wait());
        let not_before = self.clock.now().plus(wait.as_micros() as i64);
        self.failures
            .insert(guesser.clone(), Failures { n, not_before });
        (guesser, before.not_before, not_before)
    }
}

/// Doubles with each failure beyond the free ones: 1 s, 2 s, 4 s …
fn wait_after(failures: u32, free: u32) -> Duration {
    let Some(doublings) = failures.checked_sub(free) else {
        return Duration::ZERO;
    };
    Duration::from_secs(1 << doublings.min(10))
}

#[cfg(test)]
#[path = "throttle_tests.rs"]
mod tests;
