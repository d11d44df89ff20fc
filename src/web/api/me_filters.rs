//! `/api/v1/me/filters`: lists of equipment a person keeps under names.

use super::json_body::JsonBody;
use super::pages::Items;
use crate::domain::SavedFilterId;
use crate::store::tenant::{SavedFilterRow, saved_filters};
use crate::web::extract::{Account, Path};
use crate::web::{AppState, WebError, own};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A list of equipment kept under a name.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterOut {
    #[schema(value_type = i64)]
    id: SavedFilterId,
    name: String,
    /// The query of its page: `type=charger&state=offline`.
    query: String,
}

/// A list to keep.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterWish {
    /// 1 to 60 characters.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// The query of its page.
    #[schema(max_length = 2000)]
    query: String,
}

/// Lists of equipment the person keeps.
#[utoipa::path(
    get, path = "/me/filters", tag = "me",
    responses((status = 200, description = "At most 50", body = Items<FilterOut>))
)]
pub async fn list(account: Account) -> Result<Json<Items<FilterOut>>, WebError> {
    let rows = saved_filters::list(account.client.scope().db(), account.user.id).await?;
    Ok(Json(Items {
        items: rows.into_iter().map(FilterOut::of).collect(),
    }))
}

/// Keeps a list; one of the same name is replaced.
#[utoipa::path(
    post, path = "/me/filters", tag = "me", request_body = FilterWish,
    responses((status = 201, description = "Kept", body = FilterOut))
)]
pub async fn keep(
    State(state): State<AppState>,
    account: Account,
    body: JsonBody,
) -> Result<(StatusCode, Json<FilterOut>), WebError> {
    let wish: FilterWish = body.read()?;
    let (db, user) = (account.client.scope().db(), account.user.id);
    own::keep_filter(db, user, (&wish.name, &wish.query), state.clock.now()).await?;
    let mut rows = saved_filters::list(db, user).await?.into_iter();
    let row = rows.find(|row| row.name == wish.name.trim());
    let row = row.ok_or(WebError::NotFound)?;
    Ok((StatusCode::CREATED, Json(FilterOut::of(row))))
}

/// Forgets a list.
#[utoipa::path(
    delete, path = "/me/filters/{id}", tag = "me", params(("id" = i64, Path)),
    responses((status = 204, description = "Forgotten"))
)]
pub async fn forget(
    account: Account,
    Path(id): Path<SavedFilterId>,
) -> Result<StatusCode, WebError> {
    let db = account.client.scope().db();
    if saved_filters::delete(db, account.user.id, id).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(WebError::NotFound)
}

impl FilterOut {
    fn of(row: SavedFilterRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            query: row.query,
        }
    }
}
