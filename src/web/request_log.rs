//! What the log knows of a request: every line carries the number a visitor is told to quote.
//!
//! Invariant: the text of the number is ours or a UUID; nobody writes into the log with it.
//! Why a request failed is logged where its [`WebError`](super::WebError) is made.

use super::AppState;
use super::routes::ANSWER_WITHIN;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use std::time::Duration;
use tower_http::classify::ServerErrorsFailureClass;
use tower_http::trace::TraceLayer;
use tracing::Span;

/// Header that carries the number of a request.
const REQUEST_ID: &str = "x-request-id";

/// One span per request, with its number.
pub(super) fn follow(router: Router<AppState>) -> Router<AppState> {
    router.layer(
        TraceLayer::new_for_http()
            .make_span_with(span)
            .on_failure(note),
    )
}

/// Forgets an id from outside that is not shaped like a UUID; the request gets one of ours.
pub(super) async fn drop_foreign_id<B>(mut request: Request<B>) -> Request<B> {
    if !is_uuid(&id(request.headers())) {
        request.headers_mut().remove(REQUEST_ID);
    }
    request
}

/// The number of a request; empty for one that did not pass the layers.
pub(super) fn id(headers: &HeaderMap) -> String {
    headers
        .get(REQUEST_ID)
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default()
        .to_owned()
}

fn span(request: &Request<Body>) -> Span {
    tracing::info_span!(
        "request",
        request.id = id(request.headers()),
        method = %request.method(),
        path = without_secret(request.uri().path()),
    )
}

/// A path without the secret that some links carry as their last part.
fn without_secret(path: &str) -> &str {
    const BEFORE_SECRET: [&str; 2] = ["/support/", "/shared/"];
    BEFORE_SECRET
        .into_iter()
        .find(|known| path.starts_with(known))
        .unwrap_or(path)
}

fn note(failure: ServerErrorsFailureClass, latency: Duration, _: &Span) {
    let duration_ms = latency.as_millis() as u64;
    if latency >= ANSWER_WITHIN {
        tracing::warn!(duration_ms, "request not answered in time");
    } else {
        tracing::debug!(duration_ms, %failure, "request answered with a failure");
    }
}

/// 8-4-4-4-12 hexadecimal digits (RFC 9562, 4).
fn is_uuid(text: &str) -> bool {
    let parts = text.split('-').map(str::len);
    parts.eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|one| one == b'-' || one.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_a_link_is_not_logged() {
        assert_eq!(without_secret("/support/s3cret"), "/support/");
        assert_eq!(without_secret("/shared/s3cret?x"), "/shared/");
        assert_eq!(without_secret("/sites/1"), "/sites/1");
    }

    #[tokio::test]
    async fn only_an_id_shaped_like_a_uuid_is_taken_over() {
        for (given, kept) in [
            ("018f4a1e-7c3b-7d2a-9f00-0123456789ab", true),
            ("forged entry request.id=1", false),
            ("018f4a1e-7c3b-7d2a-9f00-0123456789xy", false),
            ("018f4a1e7c3b7d2a9f000123456789ab", false),
            ("", false),
        ] {
            let request = Request::builder().header(REQUEST_ID, given).body(());
            let request = drop_foreign_id(request.unwrap()).await;
            assert_eq!(request.headers().contains_key(REQUEST_ID), kept, "{given}");
        }
    }
}
