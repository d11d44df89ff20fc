//! API keys. A key is shown once.

use crate::domain::ApiKeyId;
use crate::store::tenant::{ApiKeyRow, api_keys};
use crate::tenancy::change::{self, ApiKeyWish};
use crate::web::WebError;
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use axum::http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

/// One key.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyOut {
    #[schema(value_type = i64)]
    id: ApiKeyId,
    name: String,
    /// Its first characters.
    prefix: String,
    scopes: Vec<String>,
    /// The whole key, in the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    expires_at: Option<String>,
    created_at: String,
    last_used_at: Option<String>,
    /// Since when it is refused.
    revoked_at: Option<String>,
}

/// All keys, those that ended included.
#[utoipa::path(
    get, path = "/api-keys", tag = "api-keys", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<ApiKeyOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ApiKeyOut>>, WebError> {
    let rows = api_keys::list(desk.caller.client.scope().db()).await?;
    let show = |row: ApiKeyRow| ApiKeyOut::of(row, None);
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

/// One key.
#[utoipa::path(
    get, path = "/api-keys/{id}", tag = "api-keys", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = ApiKeyOut))
)]
pub async fn one(desk: Desk, Path(id): Path<i64>) -> Result<Json<ApiKeyOut>, WebError> {
    let row = api_keys::find(desk.caller.client.scope().db(), ApiKeyId(id)).await?;
    let row = row.ok_or(WebError::NotFound)?;
    Ok(Json(ApiKeyOut::of(row, None)))
}

/// Makes a key; it may do no more than who makes it. What it may do is never changed: revoke it, make another.
#[utoipa::path(
    post, path = "/api-keys", tag = "api-keys", request_body = ApiKeyWish,
    responses((status = 201, description = "Made; the secret is shown once", body = ApiKeyOut))
)]
pub async fn create(
    desk: Desk,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<ApiKeyOut>), WebError> {
    let held = desk.caller.access().permissions;
    let made = change::make_key(&desk.office(), body, held).await?;
    let row = api_keys::find(desk.caller.client.scope().db(), made.id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    Ok((
        StatusCode::CREATED,
        Json(ApiKeyOut::of(row, Some(made.secret))),
    ))
}

/// Makes another secret; the former one is refused at once. Only who may do all that the key may, may.
#[utoipa::path(
    post, path = "/api-keys/{id}/secret", tag = "api-keys", params(("id" = i64, Path)),
    responses((status = 200, description = "With its new secret, shown once", body = ApiKeyOut))
)]
pub async fn rotate(desk: Desk, Path(id): Path<i64>) -> Result<Json<ApiKeyOut>, WebError> {
    let held = desk.caller.access().permissions;
    let made = change::rotate_key(&desk.office(), ApiKeyId(id), held).await?;
    let row = api_keys::find(desk.caller.client.scope().db(), made.id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    Ok(Json(ApiKeyOut::of(row, Some(made.secret))))
}

/// Refuses a key from now on.
#[utoipa::path(
    delete, path = "/api-keys/{id}", tag = "api-keys", params(("id" = i64, Path)),
    responses((status = 204, description = "Revoked"))
)]
pub async fn revoke(desk: Desk, Path(id): Path<i64>) -> Result<StatusCode, WebError> {
    change::revoke_key(&desk.office(), ApiKeyId(id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl ApiKeyOut {
    fn of(row: ApiKeyRow, secret: Option<SecretString>) -> Self {
        let scopes = row.api_key.scopes.split(' ').map(str::to_owned);
        Self {
            id: row.id,
            scopes: scopes.filter(|scope| !scope.is_empty()).collect(),
            name: row.api_key.name,
            prefix: row.api_key.prefix,
            secret: secret.map(|secret| secret.expose_secret().to_owned()),
            expires_at: row.api_key.expires_at.map(|at| at.to_string()),
            created_at: row.created_at.to_string(),
            last_used_at: row.last_used_at.map(|at| at.to_string()),
            revoked_at: row.revoked_at.map(|at| at.to_string()),
        }
    }
}
