//! What makes a portal an application of its own: its manifest, its service worker, its page without network.

use super::brand;
use super::page;
use crate::web::extract::{Language, Portal};
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError, assets};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

const FOR_AN_HOUR: &str = "private, max-age=3600";
/// Under an icon there is room for so many letters.
const SHORT_NAME: usize = 12;

/// What is shown when there is no network and the page was never opened.
#[derive(Template)]
#[template(path = "pages/offline.html")]
pub struct OfflinePage {
    pub(super) shell: Shell,
}

/// `GET /manifest.webmanifest` (W3C Web Application Manifest): the client's name and colour.
pub async fn manifest(Portal(client): Portal) -> Response {
    let tenant = client.tenant();
    let short: String = tenant.name.chars().take(SHORT_NAME).collect();
    let (brand, _) = brand::colours(tenant.brand.color.as_deref());
    let icon = |purpose: &str| json!({ "src": "/favicon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": purpose });
    let manifest = json!({
        "id": "/",
        "name": tenant.name,
        "short_name": short.trim_end(),
        "lang": tenant.locale,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": brand,
        "icons": [icon("any"), icon("maskable")],
    });
    let headers = [
        (header::CONTENT_TYPE, "application/manifest+json"),
        (header::CACHE_CONTROL, FOR_AN_HOUR),
    ];
    (headers, manifest.to_string()).into_response()
}

/// `GET /worker.js`: at the root, so that all pages are in its reach; asked for anew each time.
pub async fn worker(headers: HeaderMap) -> Response {
    let name = assets::WORKER.trim_start_matches("/assets/").to_owned();
    let mut response = assets::serve(axum::extract::Path(name), headers).await;
    let fresh = header::HeaderValue::from_static("no-cache");
    response.headers_mut().insert(header::CACHE_CONTROL, fresh);
    response
}

/// `GET /offline`: what the service worker keeps for pages nobody opened yet.
pub async fn offline(
    State(state): State<AppState>,
    Portal(client): Portal,
    language: Language,
) -> Result<Response, WebError> {
    let tenant = client.tenant();
    let words = Words::of(language.resolve(None, &tenant.locale));
    let now = state.clock.now();
    let shell = Shell::bare(words, language.theme, &tenant.name, "/", now);
    page(&OfflinePage { shell })
}
