//! The front end, embedded: each file under a name that carries the hash of its content.
//!
//! Invariant: what a name serves never changes, so a browser keeps it for ever.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use std::sync::LazyLock;

#[derive(RustEmbed)]
#[folder = "$OUT_DIR/dist"]
struct Dist;

/// The address of the script bundle.
pub static SCRIPT: LazyLock<String> = LazyLock::new(|| address_of("main-", ".js"));
/// The address of the style sheet.
pub static STYLE: LazyLock<String> = LazyLock::new(|| address_of("main-", ".css"));
/// The address of the service worker's script; it is served under a name of its own.
pub static WORKER: LazyLock<String> = LazyLock::new(|| address_of("worker-", ".js"));

/// The same of the page of the API, which is much larger.
pub static DOCS_SCRIPT: LazyLock<String> = LazyLock::new(|| address_of("docs-", ".js"));
/// See [`DOCS_SCRIPT`].
pub static DOCS_STYLE: LazyLock<String> = LazyLock::new(|| address_of("docs-", ".css"));

const FOR_EVER: &str = "public, max-age=31536000, immutable";

fn address_of(start: &str, end: &str) -> String {
    Dist::iter()
        .find(|name| name.starts_with(start) && name.ends_with(end))
        .map(|name| format!("/assets/{name}"))
        .unwrap_or_default()
}

/// `GET /assets/{name}`: the best form the browser accepts, to be kept for ever.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let Some((encoding, file)) = best_form(&name, accepted) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mime = mime_guess::from_path(&name).first_or_octet_stream();
    let mut response = Response::new(Body::from(file.data.into_owned()));
    let out = response.headers_mut();
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    if let Ok(mime) = mime.as_ref().parse() {
        out.insert(header::CONTENT_TYPE, mime);
    }
    if let Some(encoding) = encoding {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    response
}

fn best_form(
    name: &str,
    accepted: &str,
) -> Option<(Option<&'static str>, rust_embed::EmbeddedFile)> {
    let accepts = |coding: &str| {
        accepted.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some(coding) && parts.all(|weight| weight != "q=0")
        })
    };
    for (coding, ending) in [("br", ".br"), ("gzip", ".gz")] {
        if accepts(coding)
            && let Some(file) = Dist::get(&format!("{name}{ending}"))
        {
            return Some((Some(coding), file));
        }
    }
    Some((None, Dist::get(name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundle_is_embedded_in_three_forms() {
        let all = [&*SCRIPT, &*STYLE, &*DOCS_SCRIPT, &*DOCS_STYLE];
        for address in all.map(String::as_str) {
            let name = address.strip_prefix("/assets/").unwrap();
            let plain = best_form(name, "").unwrap();
            assert_eq!(plain.0, None);
            let brotli = best_form(name, "gzip, deflate, br").unwrap();
            assert_eq!(brotli.0, Some("br"));
            assert!(brotli.1.data.len() < plain.1.data.len());
            assert_eq!(
                best_form(name, "gzip;q=1.0, br;q=0").unwrap().0,
                Some("gzip")
            );
        }
    }

    #[test]
    fn the_front_end_type_checks() {
        let front = concat!(env!("OUT_DIR"), "/front");
        let output = std::process::Command::new("node")
            .args(["node_modules/typescript/bin/tsc", "--noEmit"])
            .current_dir(front)
            .output()
            .expect("node is there: the build used it");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
