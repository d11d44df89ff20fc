//! `/api/v1/logo`: the picture of the client. Anybody sees it at `/brand/logo` of the portal.

use super::body::Payload;
use super::desk::Desk;
use super::maintenance::by;
use crate::tenancy::Reason;
use crate::tenancy::logo::{self, LogoError};
use crate::web::WebError;
use axum::http::StatusCode;

/// Shows a picture from now on: its bytes are the body, PNG, JPEG or WebP, at most 256 KiB.
#[utoipa::path(
    post, path = "/logo", tag = "client",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "Shown from now on"))
)]
pub async fn set(desk: Desk, payload: Payload) -> Result<StatusCode, WebError> {
    let scope = desk.caller.client.scope();
    let content = payload.body.to_vec();
    logo::set(scope.db(), by(&desk), &scope.tenant().slug, content).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes the picture away; the first letter of the name stands in its place.
#[utoipa::path(
    delete, path = "/logo", tag = "client",
    responses((status = 204, description = "Taken away"))
)]
pub async fn remove(desk: Desk) -> Result<StatusCode, WebError> {
    let scope = desk.caller.client.scope();
    logo::remove(scope.db(), by(&desk), &scope.tenant().slug).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<LogoError> for WebError {
    fn from(error: LogoError) -> Self {
        match error {
            LogoError::Unknown => Self::NotFound,
            LogoError::Kind => Self::fault("", Reason::Picture),
            LogoError::TooLarge => Self::TooLarge(logo::LARGEST),
            LogoError::Store(error) => error.into(),
        }
    }
}
