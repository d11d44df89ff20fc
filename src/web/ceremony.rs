//! The cookie that binds the two halves of a ceremony to one browser.

use super::{AppState, WebError};
use crate::domain::{Timestamp, UserId};
use crate::runtime::Client;
use crate::store::tenant::{CeremonyRow, ceremonies};
use crate::tenancy::credentials::{self, sha256};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

/// How long the second half may take.
const LIFETIME: i64 = 10 * 60 * Timestamp::SECOND;

/// What a ceremony is for; one begun for one thing ends no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To register a passkey.
    AddPasskey,
    /// To sign in with one.
    SignIn,
    /// To sign in through another provider.
    Provider,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AddPasskey => "passkey-add",
            Self::SignIn => "passkey-sign-in",
            Self::Provider => "provider",
        }
    }
}

/// Remembers `state` for this browser; the cookie that leads back to it.
pub async fn begin(
    state: &AppState,
    client: &Client,
    purpose: Purpose,
    user: Option<UserId>,
    remembered: Vec<u8>,
) -> Result<Cookie<'static>, WebError> {
    let token = credentials::token();
    let row = CeremonyRow {
        purpose: purpose.as_str().to_owned(),
        user_id: user,
        state: remembered,
    };
    let ends = state.clock.now().plus(LIFETIME);
    ceremonies::insert(client.scope().db(), &sha256(&token), &row, ends).await?;
    Ok(cookie(token, state.config.https))
}

/// What was remembered for this browser and purpose; it is forgotten with this.
pub async fn take(
    state: &AppState,
    client: &Client,
    jar: &CookieJar,
    purpose: Purpose,
) -> Result<Option<CeremonyRow>, WebError> {
    let Some(cookie) = jar.get(name(state.config.https)) else {
        return Ok(None);
    };
    let hash = sha256(cookie.value());
    let found = ceremonies::take(client.scope().db(), &hash, state.clock.now()).await?;
    Ok(found.filter(|row| row.purpose == purpose.as_str()))
}

const fn name(https: bool) -> &'static str {
    if https {
        "__Host-vigie-step"
    } else {
        "vigie_step"
    }
}

/// `Lax`: it must come along when a provider leads back here.
fn cookie(value: String, https: bool) -> Cookie<'static> {
    Cookie::build((name(https), value))
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::microseconds(LIFETIME))
        .build()
}
