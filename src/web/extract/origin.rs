//! From where and with what a request comes, for the audit log.

use super::ClientAddress;
use crate::domain::audit::{Actor, Hand};
use crate::web::AppState;
use crate::web::arrival::Identity;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;

/// From where and with what a request comes; [`Self::actor`] adds who.
#[derive(Debug, Clone)]
pub struct Origin {
    address: Option<IpAddr>,
    agent: Option<String>,
}

impl Origin {
    /// Reads the parts of a request.
    pub fn of(parts: &Parts, state: &AppState) -> Self {
        let ClientAddress(address) = ClientAddress::of(parts, state);
        let agent = parts.headers.get(USER_AGENT);
        let agent = agent.and_then(|agent| agent.to_str().ok());
        Self {
            address,
            agent: agent.map(str::to_owned),
        }
    }

    /// From where.
    pub const fn address(&self) -> Option<IpAddr> {
        self.address
    }

    /// Who acts with this request.
    pub fn actor(&self, identity: &Identity) -> Actor {
        self.seal(identity.actor())
    }

    /// Somebody who is not signed in.
    pub fn nobody(&self) -> Actor {
        self.seal(Actor::of(Hand::Nobody))
    }

    /// An actor that is known otherwise, from here.
    pub fn seal(&self, actor: Actor) -> Actor {
        actor.from_where(self.address, self.agent.as_deref())
    }
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}
