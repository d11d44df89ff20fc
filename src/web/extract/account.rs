//! Somebody who deals with what is their own.

use crate::domain::audit::{Actor, Origin};
use crate::runtime::Client;
use crate::store::tenant::UserRow;
use crate::web::arrival::{Proof, arrival};
use crate::web::{AppState, WebError};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::sync::Arc;

/// A person of the client, by a session or a token of their own: never a key, a link or support.
pub struct Account {
    /// Whose portal it is.
    pub client: Arc<Client>,
    /// Who asks.
    pub user: UserRow,
    /// The same, as the log names them.
    pub actor: Actor,
    /// SHA-256 of the cookie they came with, if they came with one.
    pub session: Option<[u8; 32]>,
}

impl FromRequestParts<AppState> for Account {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        let arrival = arrival(parts)?;
        let user = arrival.identity.user().ok_or(WebError::SignedOut)?.clone();
        let session = match &arrival.identity.proof {
            Proof::Session { token_hash, .. } => Some(*token_hash),
            Proof::Key | Proof::Token { .. } | Proof::Support(_) | Proof::Share(_) => None,
        };
        Ok(Self {
            actor: Origin::of(parts, state).actor(&arrival.identity),
            client: arrival.client,
            user,
            session,
        })
    }
}
