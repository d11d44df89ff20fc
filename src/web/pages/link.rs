//! What pages behind a mailed link share: its token, and what is said when it has ended.

use super::page;
use super::sign_in::bare_shell;
use crate::web::extract::{Language, Portal};
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// What the address of such a page carries.
#[derive(Deserialize)]
pub struct Token {
    #[serde(default)]
    pub(super) token: String,
}

/// The page of a link that opens nothing.
#[derive(Template)]
#[template(path = "pages/link_over.html")]
pub struct LinkOverPage {
    pub(super) shell: Shell,
}

/// What somebody is told whose link has ended, was used, or never was.
pub(super) fn over(
    state: &AppState,
    portal: &Portal,
    language: &Language,
) -> Result<Response, WebError> {
    let over = LinkOverPage {
        shell: bare_shell(state, portal, language, "/"),
    };
    Ok((StatusCode::NOT_FOUND, page(&over)?).into_response())
}

/// The token is in the address of this page: no page after it is told the address.
pub(super) fn unreferred(mut response: Response) -> Response {
    let nothing = HeaderValue::from_static("no-referrer");
    response
        .headers_mut()
        .insert(header::REFERRER_POLICY, nothing);
    response
}
