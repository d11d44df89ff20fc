//! The session cookie: 32 random bytes; the database knows only their SHA-256.
//!
//! A session may have a step left to take ([`SignInStep`]); it then lives for minutes,
//! opens nothing, and is replaced by another cookie when the step is taken.

use crate::domain::audit::Origin;
use crate::domain::{SignInStep, Timestamp, UserId};
use crate::store::StoreError;
use crate::store::tenant::{Session, SessionUserRow, sessions};
use crate::tenancy::{TenantScope, credentials};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

/// A session ends when it was not used for this long.
const LIFETIME: i64 = 14 * Timestamp::DAY;
/// One with a step left ends after this long in any case.
const UNFINISHED_LIFETIME: i64 = 15 * 60 * Timestamp::SECOND;
/// Use is written down at most this often.
const TOUCHED_EVERY: i64 = 5 * 60 * Timestamp::SECOND;

/// What a new session is to be.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Whose.
    pub user: UserId,
    /// From where.
    pub origin: Origin,
    /// What is still missing.
    pub step: Option<SignInStep>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
}

/// Cookies that let somebody in. With https each is bound to the host and to TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostCookie {
    /// A person of the client.
    Session,
    /// Support that was let in.
    Support,
    /// Whoever followed a link to one dashboard.
    Share,
    /// Staff on the console.
    Console,
}

impl HostCookie {
    /// Its name.
    pub const fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-vigie",
            (Self::Session, false) => "vigie",
            (Self::Support, true) => "__Host-vigie-support",
            (Self::Support, false) => "vigie_support",
            (Self::Share, true) => "__Host-vigie-share",
            (Self::Share, false) => "vigie_share",
            (Self::Console, true) => "__Host-vigie-console",
            (Self::Console, false) => "vigie_console",
        }
    }

    /// The cookie that carries this secret for so many microseconds.
    pub fn carrying(self, secret: String, lifetime: i64, https: bool) -> Cookie<'static> {
        Cookie::build((self.name(https), secret))
            .path("/")
            .http_only(true)
            .secure(https)
            .same_site(SameSite::Lax)
            .max_age(time::Duration::microseconds(lifetime))
            .build()
    }

    /// The cookie that removes it.
    pub fn removal(self, https: bool) -> Cookie<'static> {
        let mut gone = self.carrying(String::new(), 0, https);
        gone.make_removal();
        gone
    }
}

/// Opens a session and gives the cookie that carries it.
pub async fn open(
    scope: &TenantScope,
    opening: Opening,
    now: Timestamp,
    https: bool,
) -> Result<Cookie<'static>, StoreError> {
    let token = credentials::token();
    let lifetime = match opening.step {
        Some(_) => UNFINISHED_LIFETIME,
        None => LIFETIME,
    };
    let session = Session {
        token_hash: credentials::sha256(&token).to_vec(),
        user_id: opening.user,
        signed_in_at: now,
        last_seen_at: now,
        expires_at: now.plus(lifetime),
        address: opening.origin.address.map(|address| address.to_string()),
        user_agent: opening.origin.agent,
        step: opening.step,
        second_factor: opening.second_factor,
    };
    sessions::insert(scope.db(), &session).await?;
    Ok(HostCookie::Session.carrying(token, LIFETIME, https))
}

/// The session a request carries, if it is one of this client; its use is noted.
pub async fn find(
    scope: &TenantScope,
    jar: &CookieJar,
    now: Timestamp,
    https: bool,
) -> Result<Option<SessionUserRow>, StoreError> {
    match jar.get(HostCookie::Session.name(https)) {
        Some(cookie) => recognise(scope, cookie.value(), now).await,
        None => Ok(None),
    }
}

/// The session this cookie carries, if it is one of this client; its use is noted.
pub async fn recognise(
    scope: &TenantScope,
    cookie: &str,
    now: Timestamp,
) -> Result<Option<SessionUserRow>, StoreError> {
    let hash = credentials::sha256(cookie);
    let Some(found) = sessions::find_with_user(scope.db(), &hash, now).await? else {
        return Ok(None);
    };
    if now.since(found.session.last_seen_at) > TOUCHED_EVERY {
        sessions::touch(scope.db(), &hash, now, now.plus(LIFETIME)).await?;
    }
    Ok(Some(found))
}

/// The session a request carries, if it has a step left to take.
pub async fn find_unfinished(
    scope: &TenantScope,
    jar: &CookieJar,
    now: Timestamp,
    https: bool,
) -> Result<Option<SessionUserRow>, StoreError> {
    match hash_of(jar, https) {
        Some(hash) => sessions::find_unfinished(scope.db(), &hash, now).await,
        None => Ok(None),
    }
}

/// Ends the session a request carries.
pub async fn close(scope: &TenantScope, jar: &CookieJar, https: bool) -> Result<(), StoreError> {
    if let Some(hash) = hash_of(jar, https) {
        sessions::revoke(scope.db(), &hash).await?;
    }
    Ok(())
}

/// The SHA-256 of the cookie a request carries.
pub fn hash_of(jar: &CookieJar, https: bool) -> Option<[u8; 32]> {
    let cookie = jar.get(HostCookie::Session.name(https))?;
    Some(credentials::sha256(cookie.value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_https_the_cookie_is_bound_to_host_and_tls() {
        let text = HostCookie::Session.carrying("x".to_owned(), LIFETIME, true);
        let text = text.to_string();
        assert!(text.starts_with("__Host-vigie=x"), "{text}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Domain"), "{text}");
    }
}
