//! `/api/v1/maintenance/{id}/files`: files that go with a piece of work.

use super::body::Payload;
use super::desk::Desk;
use super::maintenance::{by, seen};
use super::pages::{Page, PageQuery};
use crate::domain::{MaintenanceFileId, MaintenanceId};
use crate::store::tenant::FileRow;
use crate::store::tenant::maintenance_files;
use crate::tenancy::Reason;
use crate::tenancy::attachments::{self, AttachmentError};
use crate::web::WebError;
use crate::web::attachment::as_attachment;
use crate::web::extract::{Path, Query};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is told of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct FileOut {
    #[schema(value_type = i64)]
    id: MaintenanceFileId,
    name: String,
    /// By its first bytes.
    media_type: String,
    size: i64,
    /// Who added it: `user:7`.
    added_by: String,
    added_at: String,
}

/// What a new file is called.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Named {
    /// 1 to 120 characters, no slash.
    #[param(min_length = 1, max_length = 120, pattern = "^[^/\\\\]+$")]
    name: String,
}

/// The files of a piece of work.
#[utoipa::path(
    get, path = "/maintenance/{id}/files", tag = "maintenance", params(("id" = i64, Path), PageQuery),
    responses((status = 200, description = "A part of them", body = Page<FileOut>))
)]
pub async fn list(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FileOut>>, WebError> {
    let work = seen(&desk, id).await?;
    let rows = maintenance_files::list_of(desk.caller.client.scope().db(), work.id).await?;
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, FileOut::of)))
}

/// Keeps a file: its bytes are the body, at most 10 MiB.
#[utoipa::path(
    post, path = "/maintenance/{id}/files", tag = "maintenance", params(("id" = i64, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "Kept", body = FileOut))
)]
pub async fn add(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    Query(named): Query<Named>,
    payload: Payload,
) -> Result<(StatusCode, Json<FileOut>), WebError> {
    let work = seen(&desk, id).await?;
    let db = desk.caller.client.scope().db();
    let content = payload.body.to_vec();
    let made = attachments::add(db, by(&desk), work.id, &named.name, content).await?;
    let rows = maintenance_files::list_of(db, work.id).await?;
    let row = rows.into_iter().find(|row| row.id == made);
    let row = row.ok_or(WebError::NotFound)?;
    Ok((StatusCode::CREATED, Json(FileOut::of(row))))
}

/// A file, as an attachment.
#[utoipa::path(
    get, path = "/maintenance/{id}/files/{file}", tag = "maintenance",
    params(("id" = i64, Path), ("file" = i64, Path)),
    responses((status = 200, description = "Its bytes", body = Vec<u8>, content_type = "*/*",
        headers(("Content-Disposition" = String))))
)]
pub async fn one(
    desk: Desk,
    Path((id, file)): Path<(MaintenanceId, MaintenanceFileId)>,
) -> Result<Response, WebError> {
    let work = seen(&desk, id).await?;
    let db = desk.caller.client.scope().db();
    let found = maintenance_files::find(db, work.id, file).await?;
    Ok(as_attachment(found.ok_or(WebError::NotFound)?))
}

/// Removes a file.
#[utoipa::path(
    delete, path = "/maintenance/{id}/files/{file}", tag = "maintenance",
    params(("id" = i64, Path), ("file" = i64, Path)),
    responses((status = 204, description = "Removed"))
)]
pub async fn remove(
    desk: Desk,
    Path((id, file)): Path<(MaintenanceId, MaintenanceFileId)>,
) -> Result<StatusCode, WebError> {
    let work = seen(&desk, id).await?;
    let db = desk.caller.client.scope().db();
    attachments::remove(db, by(&desk), work.id, file).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl FileOut {
    fn of(row: FileRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            media_type: row.media_type,
            size: row.size,
            added_by: row.added_by,
            added_at: row.added_at.to_string(),
        }
    }
}

impl From<AttachmentError> for WebError {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::Unknown => Self::NotFound,
            AttachmentError::Empty => Self::invalid("body", error.to_string()),
            AttachmentError::TooLarge => Self::TooLarge(attachments::LARGEST),
            AttachmentError::Full => Self::Quota {
                what: "files",
                most: 20,
            },
            AttachmentError::Name => Self::invalid("name", error.to_string()),
            AttachmentError::Contact(field) => {
                let detail = error.to_string();
                Self::fault(format!("/{field}"), Reason::Shape { detail })
            }
            AttachmentError::Stale => Self::Changed,
            AttachmentError::Store(error) => error.into(),
        }
    }
}
