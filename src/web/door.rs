//! Tries at the door: booked before they are looked at, slowed down, and in the audit log when
//! they were wrong.

use super::words::Words;
use super::{AppState, WebError, format, sign_in_log};
use crate::domain::Clock;
use crate::domain::audit::{Actor, Hand, Origin, Subject};
use crate::identity::journal;
use crate::identity::lockout::{self, Attempt, Guess, Turn};
use crate::runtime::Client;
use crate::store::Db;
use crate::store::tenant::{UserRow, users};
use crate::tenancy::credentials::{self, CredentialError};
use axum::http::StatusCode;
use secrecy::SecretString;

/// Why somebody is not let in. Unknown accounts and wrong passwords are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Not that.
    Wrong,
    /// Nothing was looked at; after so many seconds it will be.
    Wait(u64),
}

impl Refusal {
    /// In words; `wrong` is the message for [`Refusal::Wrong`].
    pub fn text(self, wrong: &str, words: Words) -> String {
        match self {
            Self::Wrong => words.get(wrong),
            Self::Wait(seconds) => {
                let wait = format::duration(seconds.cast_signed(), words);
                words.with("sign-in-wait", &[("wait", &wait)])
            }
        }
    }

    /// The status of the page that says so.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// Seconds to wait, for `Retry-After`.
    pub const fn wait_s(self) -> Option<u64> {
        match self {
            Self::Wrong => None,
            Self::Wait(seconds) => Some(seconds),
        }
    }
}

/// Somebody who tries to show who they are, in words of the log too.
pub struct Try<'a> {
    /// Where failures are counted and written down.
    pub db: &'a Db,
    /// What is guessed.
    pub guess: Guess,
    /// From where.
    pub origin: &'a Origin,
    /// Who tries, as far as that is known.
    pub by: Actor,
    /// Whose account it is.
    pub subject: Subject,
    /// With what.
    pub what: &'static str,
}

impl<'a> Try<'a> {
    /// Somebody tries with `what` to be of the staff, or to show again that they are.
    pub fn of_staff(
        control: &'a Db,
        guess: Guess,
        origin: &'a Origin,
        subject: Subject,
        what: &'static str,
    ) -> Self {
        Self {
            db: control,
            guess,
            origin,
            by: Actor::of(Hand::Nobody).from_where(origin),
            subject,
            what,
        }
    }

    /// Somebody who is not signed in tries with `what` to be this user.
    pub fn of_nobody(
        client: &'a Client,
        guess: Guess,
        origin: &'a Origin,
        user: Option<&UserRow>,
        what: &'static str,
    ) -> Self {
        Self {
            db: client.scope().db(),
            guess,
            origin,
            by: Actor::of(Hand::Nobody).from_where(origin),
            subject: user.map_or_else(sign_in_log::unknown, journal::subject),
            what,
        }
    }
}

/// Whose address and password these are. Takes as long for nobody as for somebody.
pub async fn admit(
    state: &AppState,
    client: &Client,
    email: &str,
    password: &SecretString,
    origin: &Origin,
) -> Result<Result<UserRow, Refusal>, WebError> {
    let user = users::find_by_email(client.scope().db(), email.trim()).await?;
    let guess = Guess::Password(email.to_owned());
    let attempt = Try::of_nobody(client, guess, origin, user.as_ref(), "the password");
    let user = user.filter(|user| !user.disabled);
    try_once(&*state.clock, attempt, async {
        let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
        let right = is_right(password, hash).await?;
        Ok(user.filter(|_| right))
    })
    .await
}

/// Whether a signed-in user knows their password; for what a borrowed browser must not do.
pub async fn confirm(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    password: &SecretString,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    let attempt = Try {
        by: journal::actor(user, origin),
        ..Try::of_nobody(
            client,
            Guess::Password(user.user.email.clone()),
            origin,
            Some(user),
            "the password, asked for again",
        )
    };
    try_once(&*state.clock, attempt, async {
        let right = is_right(password, user.password_hash.as_deref()).await?;
        Ok(right.then_some(()))
    })
    .await
}

/// Counts a request for mail to an address, which is refused when there were many lately.
pub async fn try_ask(
    state: &AppState,
    client: &Client,
    email: &str,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    let attempt = Attempt {
        guess: Guess::Mail(email.to_owned()),
        address: origin.address,
    };
    // Every request counts: the booking is kept.
    match lockout::book(client.scope().db(), &attempt, state.clock.now()).await? {
        Turn::Booked(_) => Ok(Ok(())),
        Turn::Wait(seconds) => Ok(Err(Refusal::Wait(seconds))),
    }
}

/// Books the attempt, looks, and gives the booking back unless it was wrong; then the log has it.
pub async fn try_once<T>(
    clock: &dyn Clock,
    attempt: Try<'_>,
    look: impl Future<Output = Result<Option<T>, WebError>>,
) -> Result<Result<T, Refusal>, WebError> {
    let (db, now) = (attempt.db, clock.now());
    let guessed = Attempt {
        guess: attempt.guess.clone(),
        address: attempt.origin.address,
    };
    let booking = match lockout::book(db, &guessed, now).await? {
        Turn::Booked(booking) => booking,
        Turn::Wait(seconds) => return Ok(Err(Refusal::Wait(seconds))),
    };
    match look.await {
        Ok(Some(found)) => {
            lockout::succeeded(db, booking, now).await?;
            Ok(Ok(found))
        }
        Ok(None) => {
            sign_in_log::failed(attempt, booking.locks_for, now).await?;
            Ok(Err(Refusal::Wrong))
        }
        Err(WebError::TooMany { retry_after_s }) => {
            lockout::give_back(db, booking, now).await?;
            Ok(Err(Refusal::Wait(retry_after_s)))
        }
        Err(error) => {
            lockout::give_back(db, booking, now).await?;
            Err(error)
        }
    }
}

/// Whether a password is the one behind a hash; nobody's takes as long.
pub async fn is_right(password: &SecretString, hash: Option<&str>) -> Result<bool, WebError> {
    credentials::verify(password, hash)
        .await
        .map_err(|error| match error {
            CredentialError::Busy => WebError::TooMany { retry_after_s: 1 },
            error => WebError::Internal(error.to_string()),
        })
}
