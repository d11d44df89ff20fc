//! Passwords at the door: checked in constant time, guessing slowed down.

use super::throttle::{Attempt, Guess};
use super::words::Words;
use super::{AppState, WebError, format};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, users};
use crate::tenancy::credentials::{self, CredentialError};
use axum::http::StatusCode;
use secrecy::SecretString;
use std::net::IpAddr;

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

/// Whose address and password these are. Takes as long for nobody as for somebody.
pub async fn admit(
    state: &AppState,
    client: &Client,
    email: &str,
    password: &SecretString,
    address: Option<IpAddr>,
) -> Result<Result<UserRow, Refusal>, WebError> {
    let attempt = Attempt {
        tenant: client.tenant().id,
        guess: Guess::Password(email.trim().to_lowercase()),
        address,
    };
    try_once(state, &attempt, async {
        let user = users::find_by_email(client.scope().db(), email.trim()).await?;
        let user = user.filter(|user| !user.disabled);
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
    address: Option<IpAddr>,
) -> Result<Result<(), Refusal>, WebError> {
    let attempt = Attempt {
        tenant: client.tenant().id,
        guess: Guess::Password(user.user.email.clone()),
        address,
    };
    try_once(state, &attempt, async {
        let right = is_right(password, user.password_hash.as_deref()).await?;
        Ok(right.then_some(()))
    })
    .await
}

/// Counts a request for mail to an address, which is refused when there were many lately.
pub fn try_ask(
    state: &AppState,
    client: &Client,
    email: &str,
    address: Option<IpAddr>,
) -> Result<(), Refusal> {
    let attempt = Attempt {
        tenant: client.tenant().id,
        guess: Guess::Mail(email.to_owned()),
        address,
    };
    // Every request counts: the booking is kept.
    state
        .throttle
        .book(&attempt)
        .map(drop)
        .map_err(Refusal::Wait)
}

/// Books the attempt, looks, and gives the booking back unless it was wrong.
pub async fn try_once<T>(
    state: &AppState,
    attempt: &Attempt,
    look: impl Future<Output = Result<Option<T>, WebError>>,
) -> Result<Result<T, Refusal>, WebError> {
    let booking = match state.throttle.book(attempt) {
        Ok(booking) => booking,
        Err(seconds) => return Ok(Err(Refusal::Wait(seconds))),
    };
    match look.await {
        Ok(Some(found)) => {
            state.throttle.succeeded(booking);
            Ok(Ok(found))
        }
        Ok(None) => Ok(Err(Refusal::Wrong)),
        Err(WebError::TooMany { retry_after_s }) => {
            state.throttle.give_back(booking);
            Ok(Err(Refusal::Wait(retry_after_s)))
        }
        Err(error) => {
            state.throttle.give_back(booking);
            Err(error)
        }
    }
}

async fn is_right(password: &SecretString, hash: Option<&str>) -> Result<bool, WebError> {
    credentials::verify(password, hash)
        .await
        .map_err(|error| match error {
            CredentialError::Busy => WebError::TooMany { retry_after_s: 1 },
            error => WebError::Internal(error.to_string()),
        })
}
