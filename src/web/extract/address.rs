//! Where a request comes from.

use crate::web::AppState;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

/// The address of the other side, if it is known. Behind a trusted proxy it is the last
/// one the proxy added to `X-Forwarded-For`.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

impl FromRequestParts<AppState> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}

impl ClientAddress {
    /// Where these parts of a request come from.
    pub fn of(parts: &Parts, state: &AppState) -> Self {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|peer| peer.0.ip());
        if !state.config.trust_forwarded {
            return Self(peer);
        }
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .map(|value| value.to_str().unwrap_or_default());
        // Only what the proxy itself wrote: an unreadable end says nothing, as does what is before.
        let forwarded = forwarded.map(|value| value.rsplit(',').next()?.trim().parse().ok());
        Self(forwarded.unwrap_or(peer))
    }
}
