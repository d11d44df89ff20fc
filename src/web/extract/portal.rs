//! Whose portal a request is for.

use crate::runtime::{self, Client};
use crate::tenancy::admits;
use crate::web::extract::ClientAddress;
use crate::web::{AppState, WebError};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::header::HOST;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::sync::Arc;

/// The running client that the host of the request names. Nobody need be signed in.
#[derive(Clone)]
pub struct Portal(pub Arc<Client>);

impl Portal {
    /// Reads the host of a request; refuses who comes from outside the client's allow-list.
    pub fn of(parts: &Parts, state: &AppState) -> Result<Self, WebError> {
        let host = host_of(parts).ok_or(WebError::UnknownHost)?;
        match state.platform.by_host(host) {
            runtime::Portal::Open(client) => {
                let ClientAddress(address) = ClientAddress::of(parts, state);
                if admits(&client.tenant().allow_list, address) {
                    return Ok(Self(client));
                }
                Err(WebError::AddressRefused)
            }
            runtime::Portal::Suspended => Err(WebError::Suspended),
            runtime::Portal::Unserved => {
                Err(WebError::Unavailable(format!("{host} is not served")))
            }
            runtime::Portal::Unknown => Err(WebError::UnknownHost),
        }
    }
}

impl FromRequestParts<AppState> for Portal {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, WebError> {
        Self::of(parts, state)
    }
}

impl OptionalFromRequestParts<AppState> for Portal {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Infallible> {
        Ok(Self::of(parts, state).ok())
    }
}

/// The host a request names, with its port.
pub fn host_of(parts: &Parts) -> Option<&str> {
    parts
        .uri
        .authority()
        .map(axum::http::uri::Authority::as_str)
        .or_else(|| parts.headers.get(HOST)?.to_str().ok())
}
