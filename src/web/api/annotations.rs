//! Notes on charts, for programs that act for a person.

use super::json_body::JsonBody;
use super::pages::Items;
use super::query;
use crate::domain::{AnnotationId, EquipmentId};
use crate::store::tenant::AnnotationRow;
use crate::web::extract::{Path, Query, Visit};
use crate::web::notes::Notes;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteOut {
    #[schema(value_type = i64)]
    id: AnnotationId,
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    at: String,
    text: String,
    /// Who wrote it; left out when they are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    changed_at: String,
}

/// Which notes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NotesQuery {
    /// Whose notes.
    #[param(value_type = i64)]
    equipment: EquipmentId,
    /// RFC 3339, or milliseconds since 1970.
    start: Option<String>,
    /// The same; after `start`.
    end: Option<String>,
}

/// A new note.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewNote {
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    at: String,
    text: String,
}

/// Another text of a note.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewText {
    text: String,
}

/// The id of what was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct Made {
    #[schema(value_type = i64)]
    id: AnnotationId,
}

/// Notes on the charts of an equipment, the latest first, a hundred at most.
#[utoipa::path(
    get, path = "/annotations", tag = "equipment", params(NotesQuery),
    responses((status = 200, description = "Notes", body = Items<NoteOut>))
)]
pub async fn list(
    State(state): State<AppState>,
    visit: Visit,
    Query(asked): Query<NotesQuery>,
) -> Result<Json<Items<NoteOut>>, WebError> {
    let range = query::range(asked.start.as_deref(), asked.end.as_deref())?;
    if visit.model.equipment(asked.equipment).is_none() {
        return Err(WebError::NotFound);
    }
    let found = notes(&state, &visit)
        .list(&[asked.equipment], range)
        .await?;
    Ok(Json(Items {
        items: found.into_iter().map(NoteOut::of).collect(),
    }))
}

/// Writes a note; people only, under their name.
#[utoipa::path(
    post, path = "/annotations", tag = "equipment", request_body = NewNote,
    responses((status = 201, description = "It is there", body = Made))
)]
pub async fn add(
    State(state): State<AppState>,
    visit: Visit,
    JsonBody(body): JsonBody,
) -> Result<(StatusCode, Json<Made>), WebError> {
    let new: NewNote = read(body)?;
    let at = query::instant("at", &new.at)?;
    let id = notes(&state, &visit)
        .add(new.equipment, at, &new.text)
        .await?;
    Ok((StatusCode::CREATED, Json(Made { id })))
}

/// Writes another text into a note of one's own.
#[utoipa::path(
    patch, path = "/annotations/{id}", tag = "equipment", params(("id" = i64, Path)), request_body = NewText,
    responses((status = 204, description = "It says so now"))
)]
pub async fn change(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<AnnotationId>,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, WebError> {
    let new: NewText = read(body)?;
    notes(&state, &visit).change(id, &new.text).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes away a note of one's own.
#[utoipa::path(
    delete, path = "/annotations/{id}", tag = "equipment", params(("id" = i64, Path)),
    responses((status = 204, description = "It is gone"))
)]
pub async fn remove(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<AnnotationId>,
) -> Result<StatusCode, WebError> {
    notes(&state, &visit).remove(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: DeserializeOwned>(body: serde_json::Value) -> Result<T, WebError> {
    serde_json::from_value(body).map_err(|error| WebError::invalid("body", error.to_string()))
}

fn notes<'a>(state: &AppState, visit: &'a Visit) -> Notes<'a> {
    Notes {
        scope: visit.client.scope(),
        model: &visit.model,
        identity: &visit.identity,
        now: state.clock.now(),
    }
}

impl NoteOut {
    fn of(row: AnnotationRow) -> Self {
        Self {
            id: row.id,
            equipment: row.equipment_id,
            at: row.at.to_string(),
            text: row.text,
            author: row.author,
            changed_at: row.changed_at.to_string(),
        }
    }
}
