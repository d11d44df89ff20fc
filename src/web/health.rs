//! What machines ask: are we alive, are we ready, what do we count.

use super::AppState;
use super::error::WebError;
use super::extract::ClientAddress;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use std::time::Duration;
use subtle::ConstantTimeEq;

const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// Text format of Prometheus, version 0.0.4.
const PROMETHEUS_TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /health/live`: this process answers.
pub async fn live() -> &'static str {
    "alive\n"
}

/// `GET /health/ready`: the control database answers and every client is served.
/// A client that is not served is counted, not named, and does not make the others unready.
pub async fn ready(State(state): State<AppState>) -> Response {
    let ping = tokio::time::timeout(PING_TIMEOUT, state.platform.directory().ping());
    let database = matches!(ping.await, Ok(Ok(())));
    let status = if database {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let body = json!({
        "ready": database,
        "clients": state.platform.clients().len(),
        "unserved": state.platform.unserved().len(),
    });
    (status, Json(body)).into_response()
}

/// `GET /metrics`: for who has the token; without one, for loopback itself and not for
/// those a proxy on this machine speaks for.
pub async fn metrics(
    State(state): State<AppState>,
    ClientAddress(address): ClientAddress,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let loopback = address.is_some_and(|address| address.to_canonical().is_loopback());
    let allowed = match &state.config.metrics_token {
        Some(token) => carries(&headers, token),
        None => loopback && !is_forwarded(&headers),
    };
    if !allowed {
        return Err(WebError::NotFound);
    }
    state.platform.record_figures();
    Ok((
        [(header::CONTENT_TYPE, PROMETHEUS_TEXT)],
        state.metrics.render(),
    )
        .into_response())
}

fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(header::FORWARDED) || headers.contains_key("x-forwarded-for")
}

fn carries(headers: &HeaderMap, token: &SecretString) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let given = given
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    given
        .as_bytes()
        .ct_eq(token.expose_secret().as_bytes())
        .into()
}
