//! Notes on charts, for programs that act for a person.

use super::json_body::JsonBody;
use super::pages::Items;
use super::query;
use crate::domain::{AnnotationId, EquipmentId};
use crate::store::tenant::AnnotationRow;
use crate::tenancy::Reason;
use crate::web::extract::{Path, Query, Visit};
use crate::web::notes::Notes;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
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
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    start: Option<String>,
    /// The same; after `start`.
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    end: Option<String>,
}

/// A new note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNote {
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    /// RFC 3339, or milliseconds since 1970; from then to a year from now.
    #[schema(schema_with = query::instant_text)]
    at: String,
    /// 1 to 1,000 characters.
    #[schema(min_length = 1, max_length = 1000)]
    text: String,
}

/// Another text of a note.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewText {
    /// 1 to 1,000 characters.
    #[schema(min_length = 1, max_length = 1000)]
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
    body: JsonBody,
) -> Result<(StatusCode, Json<Made>), WebError> {
    let new: NewNote = body.read()?;
    let at = query::instant("at", &new.at).map_err(|_| WebError::fault("/at", Reason::Instant))?;
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
    body: JsonBody,
) -> Result<StatusCode, WebError> {
    let new: NewText = body.read()?;
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
