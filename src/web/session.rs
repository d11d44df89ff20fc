//! The session cookie: 32 random bytes; the database knows only their SHA-256.

use crate::domain::{Timestamp, UserId};
use crate::store::StoreError;
use crate::store::tenant::{Session, SessionUserRow, sessions};
use crate::tenancy::{TenantScope, credentials};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use std::net::IpAddr;

/// A session ends when it was not used for this long.
const LIFETIME: i64 = 14 * Timestamp::DAY;
/// Use is written down at most this often.
const TOUCHED_EVERY: i64 = 5 * 60 * Timestamp::SECOND;
const USER_AGENT_KEPT: usize = 200;

/// The name of the cookie: with https it is bound to the host and to TLS.
pub const fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-vigie" } else { "vigie" }
}

/// Opens a session and gives the cookie that carries it.
pub async fn open(
    scope: &TenantScope,
    user: UserId,
    from: (Option<IpAddr>, Option<String>),
    now: Timestamp,
    https: bool,
) -> Result<Cookie<'static>, StoreError> {
    let token = BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>());
    let (address, user_agent) = from;
    let session = Session {
        token_hash: credentials::sha256(&token).to_vec(),
        user_id: user,
        signed_in_at: now,
        last_seen_at: now,
        expires_at: now.plus(LIFETIME),
        address: address.map(|address| address.to_string()),
        user_agent: user_agent.map(|text| text.chars().take(USER_AGENT_KEPT).collect()),
    };
    sessions::insert(scope.db(), &session).await?;
    Ok(cookie(token, https))
}

/// The session a request carries, if it is one of this client; its use is noted.
pub async fn find(
    scope: &TenantScope,
    jar: &CookieJar,
    now: Timestamp,
    https: bool,
) -> Result<Option<SessionUserRow>, StoreError> {
    match jar.get(cookie_name(https)) {
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

/// Ends the session a request carries.
pub async fn close(scope: &TenantScope, jar: &CookieJar, https: bool) -> Result<(), StoreError> {
    if let Some(cookie) = jar.get(cookie_name(https)) {
        sessions::revoke(scope.db(), &credentials::sha256(cookie.value())).await?;
    }
    Ok(())
}

/// The cookie that removes the session cookie.
pub fn removal(https: bool) -> Cookie<'static> {
    let mut gone = cookie(String::new(), https);
    gone.make_removal();
    gone
}

fn cookie(value: String, https: bool) -> Cookie<'static> {
    Cookie::build((cookie_name(https), value))
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::microseconds(LIFETIME))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn with_https_the_cookie_is_bound_to_host_and_tls() {
        let text = cookie("x".to_owned(), true).to_string();
        assert!(text.starts_with("__Host-vigie=x"), "{text}");
        for part in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("Domain"), "{text}");
    }
}
