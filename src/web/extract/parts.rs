//! Parts of a request, refused in words where they cannot be read.

use crate::web::WebError;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

/// `axum_extra::extract::Query` (a name may come several times) whose refusal is a problem.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        if holds_nul(parts.uri.query().unwrap_or_default().as_bytes()) {
            return Err(WebError::invalid("query", "holds a NUL"));
        }
        let query = axum_extra::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|query| Self(query.0))
            .map_err(|error| WebError::invalid("query", error.body_text()))
    }
}

/// The longest form; passwords and addresses are much shorter.
pub const LONGEST_FORM: usize = 64 * 1024;

/// `axum_extra::extract::Form` (a name may come several times) whose refusal is a page of ours.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        let (parts, body) = request.into_parts();
        let read = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
        let body = read.map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge(LONGEST_FORM),
            _ => WebError::invalid("form", "cannot be read"),
        })?;
        if holds_nul(&body) {
            return Err(WebError::invalid("form", "holds a NUL"));
        }
        let request = Request::from_parts(parts, body.into());
        let form = axum_extra::extract::Form::from_request(request, state).await;
        form.map(|form| Self(form.0))
            .map_err(|error| match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => WebError::TooLarge(LONGEST_FORM),
                _ => WebError::invalid("form", "a field is missing or not as it should be"),
            })
    }
}

/// Whether what is form-encoded holds the one character no text of a database may.
fn holds_nul(encoded: &[u8]) -> bool {
    encoded.contains(&0) || encoded.windows(3).any(|part| part == b"%00")
}

/// `axum::extract::Path` whose refusal is a problem.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, WebError> {
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0))
            .map_err(|_| WebError::NotFound)
    }
}
