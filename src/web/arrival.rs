//! Who stands at the door: found out once per request, from a cookie, a key or a token.
//!
//! What was found is remembered until the client's access version moves, so that a busy
//! page costs one small statement. Nothing is remembered longer than it is true: whatever
//! ends a right moves the version in the same transaction.

mod credentials;
mod identities;
mod places;

pub use credentials::Credentials;
pub use identities::{Identities, Identity, Proof, SupportNotice};
pub use places::KeyPlaces;

use super::extract::Portal;
use super::permissions::{Callers, Requirement};
use super::{AppState, WebError};
use crate::runtime::Client;
use crate::store::tenant::{Versions, settings};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::sync::Arc;

/// Somebody known, on the portal they asked. In the request once the guard let it pass.
#[derive(Clone)]
pub struct Arrival {
    /// Whose portal it is.
    pub client: Arc<Client>,
    /// Who asks.
    pub identity: Arc<Identity>,
    /// Of the model and of rights, when they came.
    pub versions: Versions,
    /// What they came with.
    pub credentials: Credentials,
}

impl Arrival {
    /// Finds out who asks: the first that is welcome of what they came with.
    /// [`WebError::SignedOut`] for nobody.
    pub async fn of(parts: &Parts, state: &AppState, callers: Callers) -> Result<Self, WebError> {
        let Portal(client) = Portal::of(parts, state)?;
        let versions = settings::versions(client.scope().db()).await?;
        for credentials in Credentials::all(&parts.headers, state.config.https) {
            let found = state
                .identities
                .find(state, &client, &credentials, versions.access);
            if let Some(identity) = found.await?
                && identity.proof.is_welcome(callers)
            {
                return Ok(Self {
                    client,
                    identity,
                    versions,
                    credentials,
                });
            }
        }
        Err(WebError::SignedOut)
    }

    /// Whether they may pass: by what they came with, then by what they hold.
    pub fn check(&self, requirement: Requirement, callers: Callers) -> Result<(), WebError> {
        if !self.identity.proof.is_welcome(callers) {
            return Err(WebError::SignedOut);
        }
        match requirement {
            Requirement::Needs(permission) if !self.identity.access.may(permission) => {
                Err(WebError::Forbidden(permission.as_str()))
            }
            Requirement::Staff(role) => Err(WebError::Forbidden(role.as_str())),
            _ => Ok(()),
        }
    }
}

/// What the guard found; a route it does not watch has none.
pub fn arrival(parts: &Parts) -> Result<Arrival, WebError> {
    parts.extensions.get().cloned().ok_or(WebError::SignedOut)
}

impl FromRequestParts<AppState> for Arrival {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, WebError> {
        arrival(parts)
    }
}
