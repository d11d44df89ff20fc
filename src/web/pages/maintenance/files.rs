//! Files of a piece of work: taken out as attachments, removed.

use super::work::seen_work;
use crate::domain::{MaintenanceFileId, MaintenanceId};
use crate::store::tenant::maintenance_files;
use crate::tenancy::attachments;
use crate::tenancy::maintenance::By;
use crate::web::attachment::as_attachment;
use crate::web::extract::{Origin, Path, Visit};
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};

/// `GET /maintenance/{id}/files/{file}`: never shown in place, whatever it is.
pub async fn file(
    visit: Visit,
    Path((id, file)): Path<(MaintenanceId, MaintenanceFileId)>,
) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    let found = maintenance_files::find(visit.client.scope().db(), row.id, file).await?;
    let found = found.ok_or(WebError::NotFound)?;
    Ok(as_attachment(found))
}

/// `POST /maintenance/{id}/files/{file}/remove`
pub async fn remove_file(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path((id, file)): Path<(MaintenanceId, MaintenanceFileId)>,
) -> Result<Response, WebError> {
    let row = seen_work(&visit, id).await?;
    let actor = origin.actor(&visit.identity);
    let by = By {
        actor: &actor,
        at: state.clock.now(),
    };
    attachments::remove(visit.client.scope().db(), by, row.id, file).await?;
    Ok(Redirect::to(&format!("/maintenance/{id}")).into_response())
}
