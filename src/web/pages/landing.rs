//! The page of the base domain, which belongs to no client.

use super::{Link, page};
use crate::web::extract::{Language, host_of};
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::http::request::Parts;
use axum::response::Response;

/// Says where portals are; names them only in a demo.
#[derive(Template)]
#[template(path = "pages/landing.html")]
pub struct LandingPage {
    pub(super) shell: Shell,
    pub(super) text: String,
    pub(super) portals: Vec<Link>,
}

#[cfg(test)]
impl LandingPage {
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            text: shell
                .words
                .with("landing-text", &[("example", "client.localhost")]),
            portals: vec![Link::new("http://demo.localhost/", "Demo")],
            shell,
        }
    }
}

/// The page of the base domain; `None` for another host.
pub fn landing(state: &AppState, parts: &Parts) -> Option<Result<Response, WebError>> {
    let host = host_of(parts)?;
    let (name, port) = host
        .split_once(':')
        .map_or((host, ""), |(name, port)| (name, port));
    let is_base = name.eq_ignore_ascii_case(&state.config.base_domain);
    (is_base && parts.uri.path() == "/").then(|| {
        let language = Language::of(&parts.headers);
        let words = Words::of(language.resolve(None, "en"));
        page(&LandingPage {
            shell: Shell::bare(words, language.theme, "", "/", state.clock.now()),
            text: words.with("landing-text", &[("example", &format!("client.{host}"))]),
            portals: portals(state, name, port),
        })
    })
}

fn portals(state: &AppState, base: &str, port: &str) -> Vec<Link> {
    if !state.lists_portals {
        return Vec::new();
    }
    let scheme = if state.config.https { "https" } else { "http" };
    let port = if port.is_empty() {
        String::new()
    } else {
        format!(":{port}")
    };
    let link = |tenant: &crate::tenancy::Tenant| {
        Link::new(
            format!("{scheme}://{}.{base}{port}/", tenant.slug),
            tenant.name.clone(),
        )
    };
    state
        .platform
        .clients()
        .iter()
        .map(|client| link(client.tenant()))
        .collect()
}
