//! All dashboards somebody sees, and a new one.

use crate::domain::DashboardId;
use crate::store::tenant::{DashboardRow, dashboards};
use crate::tenancy::dashboards::{By, DashboardError, Wish, create as make, person, remove as end};
use crate::web::extract::{Form, Origin, Path, Visit, Visitor};
use crate::web::form::Field;
use crate::web::format;
use crate::web::pages::page;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The list.
#[derive(Template)]
#[template(path = "pages/dashboards.html")]
pub struct ListPage {
    pub(super) shell: Shell,
    pub(super) own: Vec<Line>,
    pub(super) shared: Vec<Line>,
    /// The form of a new one; none for who may make none.
    pub(super) name: Option<Field>,
}

/// One dashboard.
pub struct Line {
    pub(super) id: DashboardId,
    pub(super) name: String,
    pub(super) is_shared: bool,
    pub(super) changed: String,
}

/// What the form of a new one sends.
#[derive(Debug, Deserialize)]
pub struct Named {
    name: String,
}

/// What the form that removes one sends.
#[derive(Debug, Deserialize)]
pub struct Removed {
    version: i64,
}

/// `GET /dashboards`
pub async fn list(visit: Visit) -> Result<Response, WebError> {
    page(&read(&visit, String::new(), None).await?)
}

/// `POST /dashboards`: makes an empty one and leads to where it is arranged.
pub async fn create(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Form(named): Form<Named>,
) -> Result<Response, WebError> {
    let actor = origin.actor(&visit.identity);
    let by = By {
        access: visit.access(),
        actor: &actor,
        at: state.clock.now(),
    };
    match make(visit.client.scope().db(), by, Wish::named(&named.name)).await {
        Ok(id) => Ok(Redirect::to(&format!("/dashboards/{id}/edit")).into_response()),
        Err(DashboardError::Name) => {
            let fault = visit.visitor.words().get("dashboard-name-fault");
            let again = read(&visit, named.name, Some(fault)).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /dashboards/{id}/remove`
pub async fn remove(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path(id): Path<DashboardId>,
    Form(removed): Form<Removed>,
) -> Result<Response, WebError> {
    let actor = origin.actor(&visit.identity);
    let by = By {
        access: visit.access(),
        actor: &actor,
        at: state.clock.now(),
    };
    end(visit.client.scope().db(), by, id, removed.version).await?;
    Ok(Redirect::to("/dashboards").into_response())
}

async fn read(visit: &Visit, typed: String, fault: Option<String>) -> Result<ListPage, WebError> {
    let user = person(visit.access());
    let rows = dashboards::list_seen(visit.client.scope().db(), user).await?;
    let (own, shared) = rows
        .into_iter()
        .partition(|row| row.owner_id.is_some() && row.owner_id == user);
    let page = ListPage::of(&visit.visitor, &visit.present(), own, shared);
    if user.is_none() {
        return Ok(page);
    }
    Ok(page.asking(typed, fault))
}

impl ListPage {
    fn of(
        visitor: &Visitor,
        present: &Present,
        own: Vec<DashboardRow>,
        shared: Vec<DashboardRow>,
    ) -> Self {
        let reader = &visitor.reader;
        let line = |row: DashboardRow| Line {
            id: row.id,
            name: row.dashboard.name,
            is_shared: row.dashboard.shared,
            changed: format::age(row.changed_at, reader.now, &reader.zone, reader.words),
        };
        Self {
            shell: Shell::of(visitor, Section::Dashboards, present),
            own: own.into_iter().map(line).collect(),
            shared: shared.into_iter().map(line).collect(),
            name: None,
        }
    }

    /// Their own, and those of others.
    fn groups(&self) -> [(String, &[Line]); 2] {
        let words = self.shell.words;
        [
            (words.get("dashboards-own"), &self.own),
            (words.get("dashboards-shared"), &self.shared),
        ]
    }

    /// With the form of a new one.
    fn asking(mut self, typed: String, fault: Option<String>) -> Self {
        let field = Field::new("name", "dashboard-name", self.shell.words);
        self.name = Some(field.value(typed).fault(fault));
        self
    }

    #[cfg(test)]
    pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let rows = vec![super::sample_row()];
        Self::of(visitor, present, rows, Vec::new())
            .asking("x".to_owned(), Some("Too long".to_owned()))
    }
}
