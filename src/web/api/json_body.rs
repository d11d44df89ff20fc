//! The JSON body of a change.

use crate::web::WebError;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde_json::Value;

/// The longest body of a change.
pub const LONGEST_CHANGE: usize = 1024 * 1024;

/// A JSON object or array; what it says is looked at by whom it is for.
pub struct JsonBody(pub Value);

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        if !is_json(&request) {
            return Err(WebError::UnknownType);
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| match error.status() {
            axum::http::StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge(LONGEST_CHANGE),
            _ => WebError::invalid("body", "cannot be read"),
        })?;
        let body = serde_json::from_slice(&bytes);
        body.map(Self)
            .map_err(|error| WebError::invalid("body", error.to_string()))
    }
}

/// `application/json` and what ends in `+json`, like merge patches.
fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE);
    let kind = kind
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}
