//! Slows down whoever guesses passwords or codes, by account and by address, and whoever asks
//! for mail again and again.
//!
//! An attempt is booked as a failure before its password is looked at, so that many at
//! once are no way around; who was right gets the booking back. The counts lie in the
//! database: a restart forgets none, and all processes see the same ones.
//!
//! Invariant: only hashes of names are kept, for an hour after the last failure, and a right
//! password is never refused because of others for longer than [`LONGEST_WAIT`].

use crate::domain::{Timestamp, UserId, network_of};
use crate::store::attempts::{self, AttemptsRow};
use crate::store::{Db, StoreError, Tx};
use crate::tenancy::credentials::sha256;
use std::net::IpAddr;
use std::time::Duration;

/// Failures of an account that cost nothing.
const FREE_TRIES: i64 = 5;
/// Failures of an address that cost nothing: behind a proxy or a router it is many people.
const FREE_TRIES_OF_ADDRESS: i64 = 20;
/// The longest wait after a failure.
pub const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The same for second factors: only who has the password comes that far, and a code is short.
const LONGEST_WAIT_FOR_CODE: Duration = Duration::from_secs(900);
const FORGOTTEN_AFTER: i64 = Timestamp::HOUR;

/// What is guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// The password of the account with this address.
    Password(String),
    /// A code, or a passkey, of this user's second factor.
    Factor(UserId),
    /// Nothing; mail to this address is asked for again and again.
    Mail(String),
}

/// Somebody who tries: what they guess, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// What is guessed.
    pub guess: Guess,
    /// From where.
    pub address: Option<IpAddr>,
}

/// Who guesses: an account that is guessed at, or an address. As it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Guesser {
    name: [u8; 32],
    free_tries: i64,
    longest_wait: Duration,
}

/// An attempt that counts as a failure until it is given back.
#[derive(Debug)]
#[must_use = "a right password is to be told, else it counts as a wrong one"]
pub struct Booking {
    booked: Vec<Booked>,
    /// How long the account has to wait from now on, if this was the failure that locked it.
    pub locks_for: Option<Duration>,
}

/// One guesser's part of a booking: from when it had to wait before, and has to now.
#[derive(Debug)]
struct Booked {
    guesser: Guesser,
    before: Timestamp,
    after: Timestamp,
}

/// What came of asking to try.
#[derive(Debug)]
pub enum Turn {
    /// The attempt may be made; it is counted as a failure.
    Booked(Booking),
    /// Not before so many seconds.
    Wait(u64),
}

impl Attempt {
    /// The account first; always in this order, so that no two attempts wait for each other in a circle.
    fn guessers(&self) -> Vec<Guesser> {
        let account = Guesser::account(&self.guess);
        let address = self.address.map(Guesser::address);
        std::iter::once(account).chain(address).collect()
    }
}

impl Guesser {
    fn account(guess: &Guess) -> Self {
        let (name, longest_wait) = match guess {
            Guess::Password(email) => {
                let email = email.trim().to_lowercase();
                (format!("password {email}"), LONGEST_WAIT)
            }
            Guess::Factor(user) => (format!("factor {user}"), LONGEST_WAIT_FOR_CODE),
            Guess::Mail(email) => (format!("mail {email}"), LONGEST_WAIT),
        };
        Self {
            name: sha256(&name),
            free_tries: FREE_TRIES,
            longest_wait,
        }
    }

    fn address(address: IpAddr) -> Self {
        Self {
            name: sha256(&format!("address {}", network_of(address))),
            free_tries: FREE_TRIES_OF_ADDRESS,
            longest_wait: LONGEST_WAIT,
        }
    }

    /// Doubles with each failure beyond the free ones: 1 s, 2 s, 4 s …
    fn wait_after(&self, failures: i64) -> Duration {
        match u32::try_from(failures - self.free_tries) {
            Ok(doublings) => Duration::from_secs(1 << doublings.min(10)).min(self.longest_wait),
            Err(_) => Duration::ZERO,
        }
    }

    /// How long it has to wait; never longer than the longest wait, even when a clock was set back.
    fn wait(&self, row: &AttemptsRow, now: Timestamp) -> Duration {
        let micros = u64::try_from(row.not_before.since(now)).unwrap_or(0);
        Duration::from_micros(micros).min(self.longest_wait)
    }

    async fn count(
        &self,
        tx: &mut Tx,
        row: &AttemptsRow,
        now: Timestamp,
    ) -> Result<Booked, StoreError> {
        let counted = AttemptsRow {
            failures: row.failures + 1,
            not_before: now.plus(micros(self.wait_after(row.failures + 1))),
            last_at: now,
        };
        attempts::put(tx, &self.name, &counted).await?;
        Ok(Booked {
            guesser: *self,
            before: row.not_before,
            after: counted.not_before,
        })
    }
}

/// Lets an attempt be made and counts it as a failure, or says in how many seconds it may be.
pub async fn book(db: &Db, attempt: &Attempt, now: Timestamp) -> Result<Turn, StoreError> {
    let mut tx = db.begin().await?;
    let mut held = Vec::new();
    for guesser in attempt.guessers() {
        let row = attempts::hold(&mut tx, &guesser.name, now).await?;
        held.push((guesser, remembered(row, now)));
    }
    let wait = held
        .iter()
        .map(|(guesser, row)| guesser.wait(row, now))
        .max();
    if let Some(wait) = wait.filter(|wait| !wait.is_zero()) {
        tx.rollback().await?;
        return Ok(Turn::Wait(wait.as_millis().div_ceil(1_000) as u64));
    }
    let mut booked = Vec::new();
    for (guesser, row) in &held {
        booked.push(guesser.count(&mut tx, row, now).await?);
    }
    tx.commit().await?;
    let (account, row) = &held[0];
    let locks = row.failures + 1 == account.free_tries;
    Ok(Turn::Booked(Booking {
        booked,
        locks_for: locks.then(|| account.wait_after(account.free_tries)),
    }))
}

/// Forgets the failures of an account whose owner came; of the address only this booking,
/// so that owning one account does not help to guess another.
pub async fn succeeded(db: &Db, booking: Booking, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    for (at, part) in booking.booked.iter().enumerate() {
        if at == 0 {
            attempts::delete(&mut tx, &part.guesser.name).await?;
        } else {
            take_back(&mut tx, part, now).await?;
        }
    }
    tx.commit().await
}

/// Takes back an attempt whose password was not looked at.
pub async fn give_back(db: &Db, booking: Booking, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = db.begin().await?;
    for part in &booking.booked {
        take_back(&mut tx, part, now).await?;
    }
    tx.commit().await
}

/// Forgets who has not failed for long; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    attempts::prune(db, now.plus(-FORGOTTEN_AFTER)).await
}

async fn take_back(tx: &mut Tx, part: &Booked, now: Timestamp) -> Result<(), StoreError> {
    let row = attempts::hold(tx, &part.guesser.name, now).await?;
    let not_before = if row.not_before == part.after {
        part.before
    } else {
        row.not_before
    };
    let less = AttemptsRow {
        failures: (row.failures - 1).max(0),
        not_before,
        last_at: row.last_at,
    };
    attempts::put(tx, &part.guesser.name, &less).await
}

/// What is left of a row that nobody added to for long: nothing.
fn remembered(row: AttemptsRow, now: Timestamp) -> AttemptsRow {
    if now.since(row.last_at) < FORGOTTEN_AFTER {
        return row;
    }
    AttemptsRow {
        failures: 0,
        not_before: Timestamp(0),
        last_at: now,
    }
}

fn micros(wait: Duration) -> i64 {
    i64::try_from(wait.as_micros()).unwrap_or(i64::MAX)
}
