//! Somebody whose sign-in has a step left.

use super::sign_in::Wanted;
use crate::domain::SignInStep;
use crate::store::tenant::{Session, SessionUserRow, UserRow};
use crate::web::extract::{Portal, Query};
use crate::web::{AppState, WebError, session};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::CookieJar;

/// A session that opens nothing yet. Nobody else gets past this extractor: they are led to the sign-in.
pub struct Unfinished {
    found: SessionUserRow,
    /// Where they wanted to go.
    pub next: String,
}

impl Unfinished {
    /// Who signs in, if this is the step they are at.
    pub fn at(&self, step: SignInStep) -> Result<&UserRow, WebError> {
        if self.found.session.step == Some(step) {
            Ok(&self.found.user)
        } else {
            Err(WebError::SignedOut)
        }
    }

    /// The session as it is so far.
    pub const fn session(&self) -> &Session {
        &self.found.session
    }
}

impl FromRequestParts<AppState> for Unfinished {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let Portal(client) =
            <Portal as FromRequestParts<AppState>>::from_request_parts(parts, state).await?;
        let Query(wanted) = Query::<Wanted>::from_request_parts(parts, state).await?;
        let jar = CookieJar::from_headers(&parts.headers);
        let (now, https) = (state.clock.now(), state.config.https);
        let found = session::find_unfinished(client.scope(), &jar, now, https).await?;
        Ok(Self {
            found: found.ok_or(WebError::SignedOut)?,
            next: wanted.next,
        })
    }
}
