//! From where and with what a request comes, for sessions and the audit log.

use super::ClientAddress;
use crate::domain::audit::{Actor, Origin};
use crate::web::AppState;
use crate::web::arrival::Identity;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::convert::Infallible;

impl Origin {
    /// What the parts of a request tell.
    pub fn of(parts: &Parts, state: &AppState) -> Self {
        let ClientAddress(address) = ClientAddress::of(parts, state);
        let agent = parts.headers.get(USER_AGENT);
        Self::new(address, agent.and_then(|agent| agent.to_str().ok()))
    }

    /// Who acts from there.
    pub fn actor(&self, identity: &Identity) -> Actor {
        identity.actor().from_where(self)
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}
