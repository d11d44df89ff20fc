//! The page of the API: what `/api/v1/openapi.json` says, to be read and tried.

use super::page;
use crate::web::extract::{Visit, Visitor};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{WebError, assets};
use askama::Template;
use axum::response::Response;

/// The page of the API.
#[derive(Template)]
#[template(path = "pages/docs.html")]
pub struct DocsPage {
    pub(super) shell: Shell,
    pub(super) script: &'static str,
    pub(super) style: &'static str,
}

/// `GET /docs`
pub async fn show(visit: Visit) -> Result<Response, WebError> {
    page(&DocsPage::of(&visit.visitor, &visit.present()))
}

impl DocsPage {
    pub(super) fn of(visitor: &Visitor, present: &Present) -> Self {
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            script: &assets::DOCS_SCRIPT,
            style: &assets::DOCS_STYLE,
        }
    }

    /// The page as somebody meets it.
    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        Self::of(visitor, present)
    }
}
