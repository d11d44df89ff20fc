//! Which address leads where, and the layers every request passes.

use super::extract::{LONGEST_FORM, host_of};
use super::guard::guard;
use super::{
    AppState, WebError, api, assets, console, faces, health, limits, pages, request_log, ws,
};
use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::CsrfLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

/// The longest a request may take; a history of a year is read in a fraction of it.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// Scripts, styles and connections from our own host only; nothing inline, nothing framed.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
     manifest-src 'self'";

const SECURITY_HEADERS: [(&str, &str); 6] = [
    ("content-security-policy", CONTENT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
];

/// The whole web of this process: the console on its own host, else the portals.
pub fn router(state: AppState) -> Router {
    let (portals, console) = (portals(&state), console(&state));
    let platform = Arc::clone(&state.platform);
    let steer = async move |request: Request<Body>| {
        let (parts, body) = request.into_parts();
        let host = host_of(&parts).unwrap_or_default();
        let is_console = platform.directory().is_console(host);
        let chosen = if is_console { console } else { portals };
        chosen.oneshot(Request::from_parts(parts, body)).await
    };
    let steered = Router::new().fallback(steer).layer(compression());
    let answered = steered.layer(TimeoutLayer::with_status_code(
        axum::http::StatusCode::SERVICE_UNAVAILABLE,
        ANSWER_WITHIN,
    ));
    request_log::follow(with_headers(answered, state.config.https))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(map_request(request_log::drop_foreign_id))
        .with_state(state)
}

/// What the staff reaches.
fn console(state: &AppState) -> Router {
    console::routes(state)
        .fallback(async || WebError::NotFound)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(CsrfLayer::new())
        .layer(from_fn_with_state(state.clone(), faces::as_page))
        .with_state(state.clone())
}

/// What clients and their devices reach.
fn portals(state: &AppState) -> Router {
    let guarded = from_fn_with_state(state.clone(), guard);
    let by_address = from_fn_with_state(state.clone(), limits::by_address);
    let pages = pages::routes()
        .route_layer(guarded.clone())
        .fallback(async || WebError::NotFound)
        .layer(DefaultBodyLimit::max(LONGEST_FORM))
        .layer(CsrfLayer::new())
        .layer(by_address.clone())
        .layer(from_fn_with_state(state.clone(), faces::as_page));
    let api = api::routes()
        .route_layer(from_fn_with_state(state.clone(), api::repeat))
        .route_layer(from_fn_with_state(state.clone(), limits::by_caller))
        .route_layer(guarded.clone())
        .fallback(async || WebError::NotFound)
        .layer(
            ServiceBuilder::new()
                .layer(RequestDecompressionLayer::new())
                .map_request(|request: Request<_>| request.map(Body::new)),
        )
        // A cookie signs a page of ours in, not a page of somebody else.
        .layer(CsrfLayer::new())
        .layer(by_address.clone())
        .layer(from_fn(faces::as_problem));
    let machines = Router::new()
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/ws", get(ws::feed))
        .route("/assets/{name}", get(assets::serve))
        .route_layer(guarded);
    Router::new()
        .nest("/api/v1", api)
        .merge(pages)
        .merge(machines)
        .with_state(state.clone())
}

/// What is compressed already at build time is left alone.
fn compression() -> CompressionLayer<impl Predicate> {
    CompressionLayer::new()
        .compress_when(DefaultPredicate::new().and(NotForContentType::const_new("image/")))
}

fn with_headers(router: Router<AppState>, https: bool) -> Router<AppState> {
    let set = |router: Router<AppState>, (name, value)| {
        let name = HeaderName::from_static(name);
        router.layer(SetResponseHeaderLayer::if_not_present(
            name,
            HeaderValue::from_static(value),
        ))
    };
    let router = SECURITY_HEADERS.into_iter().fold(router, set);
    if https {
        return set(
            router,
            (
                header::STRICT_TRANSPORT_SECURITY.as_str(),
                "max-age=31536000",
            ),
        );
    }
    router
}
