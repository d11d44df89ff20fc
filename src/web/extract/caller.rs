//! A program or a page that uses the API.

use super::Portal;
use crate::runtime::Client;
use crate::store::tenant::api_keys;
use crate::tenancy::credentials;
use crate::web::{AppState, WebError, session};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;
use std::marker::PhantomData;
use std::sync::Arc;

/// What a key must allow.
pub trait Scope: Send + Sync + 'static {
    /// The word in the key's scopes.
    const NAME: &'static str;
    /// Whether the session of a browser will do instead.
    const SESSION_DOES: bool;
}

/// Reading: a key with `read`, or a signed-in browser.
pub struct Read;
/// Writing samples: a key with `write`.
pub struct Write;

impl Scope for Read {
    const NAME: &'static str = "read";
    const SESSION_DOES: bool = true;
}

impl Scope for Write {
    const NAME: &'static str = "write";
    const SESSION_DOES: bool = false;
}

/// Somebody who may use the API of their client for `S`.
pub struct Caller<S: Scope> {
    /// Whose data.
    pub client: Arc<Client>,
    scope: PhantomData<S>,
}

impl<S: Scope> FromRequestParts<AppState> for Caller<S> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let Portal(client) =
            <Portal as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        match bearer(parts) {
            Some(key) => check_key::<S>(&client, key, state).await?,
            None if S::SESSION_DOES => check_session(&client, parts, state).await?,
            None => return Err(WebError::SignedOut),
        }
        Ok(Self {
            client,
            scope: PhantomData,
        })
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    // Influx clients say `Token`, everybody else `Bearer`.
    (scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token"))
        .then(|| key.trim())
}

async fn check_key<S: Scope>(client: &Client, key: &str, state: &AppState) -> Result<(), WebError> {
    let now = state.clock.now();
    let hash = credentials::sha256(key);
    let db = client.scope().db();
    let row = api_keys::find_by_hash(db, &hash, now)
        .await?
        .ok_or(WebError::SignedOut)?;
    if !row.allows(S::NAME) {
        return Err(WebError::Forbidden(S::NAME));
    }
    if row
        .last_used_at
        .is_none_or(|last| now.since(last) > crate::domain::Timestamp::HOUR)
    {
        api_keys::touch(db, row.id, now).await?;
    }
    Ok(())
}

async fn check_session(client: &Client, parts: &Parts, state: &AppState) -> Result<(), WebError> {
    let jar = CookieJar::from_headers(&parts.headers);
    let found = session::find(client.scope(), &jar, state.clock.now(), state.config.https).await?;
    found.map(|_| ()).ok_or(WebError::SignedOut)
}
