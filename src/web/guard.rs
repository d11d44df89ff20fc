//! Nobody passes without a row in the table: the one door of every route.
//!
//! Looks the route up in [`permissions`](super::permissions), finds out once who asks, and
//! puts the [`Arrival`] into the request, from which `Visit`, `Caller` and `Account` take
//! what they give to handlers.

use super::arrival::Arrival;
use super::extract::Origin;
use super::permissions::{Requirement, Ruling, ruling};
use super::{AppState, WebError};
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{ALLOW, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses what the table does not allow.
pub async fn guard(
    State(state): State<AppState>,
    path: MatchedPath,
    mut request: Request,
    next: Next,
) -> Result<Response, WebError> {
    let (requirement, callers) = match ruling(request.method(), path.as_str()) {
        Ruling::Rule(requirement, callers) => (requirement, callers),
        Ruling::NotThisMethod(allowed) => return Ok(not_this_method(&allowed)),
        Ruling::Unknown => {
            tracing::error!(path = path.as_str(), "a route has no row in the table");
            return Err(WebError::NotFound);
        }
    };
    if requirement == Requirement::Public {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let arrival = Arrival::of(&parts, &state, callers).await?;
    let origin = Origin::of(&parts, &state);
    let places = &state.key_places;
    places
        .note(&state, &arrival.client, &arrival.identity, &origin)
        .await?;
    arrival.check(requirement, callers)?;
    request = Request::from_parts(parts, body);
    request.extensions_mut().insert(arrival);
    Ok(next.run(request).await)
}

fn not_this_method(allowed: &str) -> Response {
    let mut response = WebError::MethodNotAllowed.into_response();
    if let Ok(allowed) = HeaderValue::from_str(allowed) {
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}
