//! Custom fields of sites and equipment.

use crate::domain::FieldId;
use crate::store::tenant::{FieldRow, fields};
use crate::tenancy::change::{self, Act, FieldWish};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

/// One custom field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOut {
    #[schema(value_type = i64)]
    id: FieldId,
    #[serde(flatten)]
    #[schema(inline)]
    wish: FieldWish,
}

/// All custom fields.
#[utoipa::path(
    get, path = "/fields", tag = "fields", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<FieldOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FieldOut>>, WebError> {
    let rows = fields::list(desk.caller.client.scope().db()).await?;
    let show = |row: FieldRow| FieldOut::of(&row);
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

/// One custom field, with its version as `ETag`.
#[utoipa::path(
    get, path = "/fields/{id}", tag = "fields", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = FieldOut, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn one(
    desk: Desk,
    Path(id): Path<i64>,
    asked: IfNoneMatch,
) -> Result<Response, WebError> {
    let row = find(&desk, FieldId(id)).await?;
    let version = change::version_of_field(&row.field);
    Ok(conditions::shown(&asked, &version, FieldOut::of(&row)))
}

/// Makes a custom field.
#[utoipa::path(
    post, path = "/fields", tag = "fields", request_body = FieldWish,
    responses((status = 201, description = "Made", body = FieldOut, headers(("ETag" = String), ("Location" = String))))
)]
pub async fn create(desk: Desk, JsonBody(body): JsonBody) -> Result<Response, WebError> {
    let id = change::change_field(&desk.office(), &Act::Create(body)).await?;
    let row = find(&desk, id).await?;
    let version = change::version_of_field(&row.field);
    let at = format!("/api/v1/fields/{id}");
    Ok(conditions::created(&at, &version, FieldOut::of(&row)))
}

/// Gives it other values; what it belongs to and its kind are fixed.
#[utoipa::path(
    put, path = "/fields/{id}", tag = "fields", request_body = FieldWish,
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "Changed", body = FieldOut, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    Path(id): Path<i64>,
    IfMatch(seen): IfMatch,
    JsonBody(with): JsonBody,
) -> Result<Response, WebError> {
    change_to(&desk, Act::Replace { id, with, seen }).await
}

/// Changes what is given (RFC 7396).
#[utoipa::path(
    patch, path = "/fields/{id}", tag = "fields",
    request_body(content = Object, content_type = "application/merge-patch+json", description = "Any of the fields of a PUT"),
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "Changed", body = FieldOut, headers(("ETag" = String))))
)]
pub async fn patch(
    desk: Desk,
    Path(id): Path<i64>,
    IfMatch(seen): IfMatch,
    JsonBody(with): JsonBody,
) -> Result<Response, WebError> {
    change_to(&desk, Act::Patch { id, with, seen }).await
}

/// Removes it with all its values.
#[utoipa::path(
    delete, path = "/fields/{id}", tag = "fields",
    params(("id" = i64, Path), IfMatch),
    responses((status = 204, description = "Removed"))
)]
pub async fn remove(
    desk: Desk,
    Path(id): Path<i64>,
    IfMatch(seen): IfMatch,
) -> Result<StatusCode, WebError> {
    change::change_field(&desk.office(), &Act::Remove { id, seen }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn change_to(desk: &Desk, act: Act) -> Result<Response, WebError> {
    let id = change::change_field(&desk.office(), &act).await?;
    let row = find(desk, id).await?;
    let version = change::version_of_field(&row.field);
    Ok(conditions::changed(&version, FieldOut::of(&row)))
}

async fn find(desk: &Desk, id: FieldId) -> Result<FieldRow, WebError> {
    let row = fields::find(desk.caller.client.scope().db(), id).await?;
    row.ok_or(WebError::NotFound)
}

impl FieldOut {
    fn of(row: &FieldRow) -> Self {
        Self {
            id: row.id,
            wish: FieldWish::of(&row.field),
        }
    }
}
