//! Lists somebody keeps under a name: saved and forgotten from the list itself.

use super::list_filter::Filter;
use crate::domain::SavedFilterId;
use crate::store::tenant::{SavedFilterRow, saved_filters};
use crate::web::extract::{Form, Path, Visit};
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

/// A user keeps at most so many.
const AT_MOST: i64 = 50;
const LONGEST_NAME: usize = 60;
const LONGEST_QUERY: usize = 2_000;

/// A kept list as the page shows it.
#[derive(Debug, Clone)]
pub struct SavedLink {
    /// Which.
    pub id: SavedFilterId,
    /// What its owner calls it.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Whether it is what the page shows.
    pub current: bool,
}

impl SavedLink {
    /// All of a user, the one that is shown marked.
    pub fn all(rows: Vec<SavedFilterRow>, shown: &Filter) -> Vec<Self> {
        let query = shown.query();
        rows.into_iter()
            .map(|row| Self {
                id: row.id,
                current: row.query == query,
                href: format!("/equipment?{}", row.query),
                name: row.name,
            })
            .collect()
    }
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct NewFilter {
    name: String,
    query: String,
}

/// `POST /filters`: keeps a list; one of the same name is replaced.
pub async fn save(
    State(state): State<AppState>,
    visit: Visit,
    Form(new): Form<NewFilter>,
) -> Result<Redirect, WebError> {
    let db = visit.client.scope().db();
    let user = visit.identity.user().ok_or(WebError::SignedOut)?.id;
    let name = new.name.trim();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(WebError::invalid(
            "name",
            format!("must have 1 to {LONGEST_NAME} characters"),
        ));
    }
    if new.query.len() > LONGEST_QUERY {
        return Err(WebError::invalid("query", "is too long to be kept"));
    }
    if saved_filters::count(db, user).await? >= AT_MOST {
        return Err(WebError::invalid(
            "name",
            format!("{AT_MOST} filters are kept already; forget one first"),
        ));
    }
    saved_filters::put(db, user, name, &new.query, state.clock.now()).await?;
    Ok(Redirect::to(&format!("/equipment?{}", new.query)))
}

/// `POST /filters/{id}/forget`
pub async fn forget(visit: Visit, Path(id): Path<SavedFilterId>) -> Result<Redirect, WebError> {
    let db = visit.client.scope().db();
    let user = visit.identity.user().ok_or(WebError::SignedOut)?.id;
    if !saved_filters::delete(db, user, id).await? {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to("/equipment"))
}
