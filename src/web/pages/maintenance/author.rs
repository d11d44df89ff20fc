//! Who writes in the maintenance log, and when.

use crate::domain::Timestamp;
use crate::domain::audit::Actor;
use crate::tenancy::maintenance::By;
use crate::web::extract::{Origin, Visit};
use crate::web::{AppState, WebError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

/// Who writes, for the audit log.
pub struct Author {
    actor: Actor,
    at: Timestamp,
}

impl Author {
    /// As the log wants to know.
    pub const fn by(&self) -> By<'_> {
        By {
            actor: &self.actor,
            at: self.at,
        }
    }
}

impl FromRequestParts<AppState> for Author {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let visit = Visit::from_request_parts(parts, state).await?;
        Ok(Self {
            actor: Origin::of(parts, state).actor(&visit.identity),
            at: state.clock.now(),
        })
    }
}
