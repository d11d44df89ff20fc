//! Lists somebody keeps under a name: saved and forgotten from the list itself.

use super::list_filter::Filter;
use crate::domain::SavedFilterId;
use crate::store::tenant::{SavedFilterRow, saved_filters};
use crate::web::extract::{Form, Path, Visit};
use crate::web::{AppState, WebError, own};
use axum::extract::State;
use axum::response::Redirect;
use serde::Deserialize;

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
    let kept = (new.name.as_str(), new.query.as_str());
    own::keep_filter(db, user, kept, state.clock.now()).await?;
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
