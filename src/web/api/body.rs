//! The body of a request that writes: unpacked and bounded.

use crate::web::WebError;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_LENGTH;
use http_body_util::{BodyExt, LengthLimitError, Limited};

/// Bytes of one request, after unpacking.
pub const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The whole body of a request.
pub struct Payload(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = WebError;

    async fn from_request(request: Request, _: &S) -> Result<Self, WebError> {
        let announced = request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse().ok());
        if announced.is_some_and(|length: usize| length > MOST_BYTES) {
            return Err(WebError::TooLarge(MOST_BYTES));
        }
        match Limited::new(request.into_body(), MOST_BYTES)
            .collect()
            .await
        {
            Ok(collected) => Ok(Self(collected.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(WebError::TooLarge(MOST_BYTES)),
            Err(error) => Err(WebError::invalid(
                "body",
                format!("cannot be read: {error}"),
            )),
        }
    }
}
