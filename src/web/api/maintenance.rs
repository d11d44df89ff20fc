//! `/api/v1/maintenance`: work on equipment, planned and done.

use super::conditions::{IfMatch, IfNoneMatch, changed, created, shown};
use super::desk::Desk;
use super::json_body::JsonBody;
use super::pages::{Page, PageQuery};
use crate::domain::{EquipmentId, MaintenanceId};
use crate::store::tenant::{Work, WorkRow, maintenance};
use crate::tenancy::change::Version;
use crate::tenancy::maintenance::{self as service, By};
use crate::web::extract::{Path, Query};
use crate::web::{WebError, days};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The most that is read for a list.
const MOST: i64 = 10_000;

/// One piece of work.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkOut {
    #[schema(value_type = i64)]
    id: MaintenanceId,
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    title: String,
    notes: String,
    /// `2026-11-20`
    due_on: Option<String>,
    /// `2026-11-20`; absent while it is not done.
    done_on: Option<String>,
    /// By whom: `user:7`.
    done_by: Option<String>,
    created_by: String,
    created_at: String,
}

/// What a piece of work is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkIn {
    /// On what; it stays there.
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    /// 1 to 120 characters.
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    #[serde(default)]
    notes: String,
    due_on: Option<String>,
    done_on: Option<String>,
}

/// Which work.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct WorkFilter {
    /// Only that on this equipment.
    #[param(value_type = Option<i64>)]
    equipment: Option<EquipmentId>,
    /// Only what is done, or only what is not.
    done: Option<bool>,
}

/// All work on what the caller sees.
#[utoipa::path(
    get, path = "/maintenance", tag = "maintenance", params(WorkFilter, PageQuery),
    responses((status = 200, description = "A part of it", body = Page<WorkOut>))
)]
pub async fn list(
    desk: Desk,
    Query(filter): Query<WorkFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<WorkOut>>, WebError> {
    let db = desk.caller.client.scope().db();
    let rows = if let Some(id) = filter.equipment {
        maintenance::list_of(db, id).await?
    } else {
        let mut rows = maintenance::list_open(db, MOST).await?;
        rows.extend(maintenance::list_done(db, MOST).await?);
        rows
    };
    let wanted = |row: &WorkRow| {
        let done = row.work.done_on.is_some();
        desk.model.equipment(row.equipment_id).is_some()
            && filter.done.is_none_or(|wanted| wanted == done)
    };
    let rows = rows.into_iter().filter(wanted);
    Ok(Json(page.slice()?.of(
        rows,
        |row| row.id.0,
        |row| WorkOut::of(&row),
    )))
}

/// Writes down work.
#[utoipa::path(
    post, path = "/maintenance", tag = "maintenance", request_body = WorkIn,
    responses((status = 201, description = "Made", body = WorkOut,
        headers(("ETag" = String), ("Location" = String))))
)]
pub async fn create(desk: Desk, JsonBody(body): JsonBody) -> Result<Response, WebError> {
    let wanted = read(body)?;
    let equipment = desk.model.equipment(wanted.equipment);
    let equipment = equipment.ok_or_else(|| WebError::invalid("equipment", "is not there"))?;
    let on = (equipment.id, equipment.equipment.key.as_str());
    let db = desk.caller.client.scope().db();
    let id = service::plan(db, by(&desk), on, wanted.work()?).await?;
    let row = seen(&desk, id).await?;
    let at = format!("/api/v1/maintenance/{id}");
    Ok(created(&at, &version(&row), WorkOut::of(&row)))
}

/// One piece of work, with its version as `ETag`.
#[utoipa::path(
    get, path = "/maintenance/{id}", tag = "maintenance", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = WorkOut, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn one(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    asked: IfNoneMatch,
) -> Result<Response, WebError> {
    let row = seen(&desk, id).await?;
    Ok(shown(&asked, &version(&row), WorkOut::of(&row)))
}

/// Says otherwise what is to be done, or that it was.
#[utoipa::path(
    put, path = "/maintenance/{id}", tag = "maintenance", request_body = WorkIn,
    params(("id" = i64, Path), ("If-Match" = String, Header, description = "The ETag of what was looked at, or *")),
    responses((status = 200, description = "Changed", body = WorkOut, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    IfMatch(looked): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<Response, WebError> {
    let row = seen(&desk, id).await?;
    let wanted = read(body)?;
    if wanted.equipment != row.equipment_id {
        return Err(WebError::invalid("equipment", "cannot be another"));
    }
    let number = number(looked, &row)?;
    let db = desk.caller.client.scope().db();
    service::change(db, by(&desk), id, number, wanted.work()?).await?;
    let row = seen(&desk, id).await?;
    Ok(changed(&version(&row), WorkOut::of(&row)))
}

/// Removes it.
#[utoipa::path(
    delete, path = "/maintenance/{id}", tag = "maintenance",
    params(("id" = i64, Path), ("If-Match" = String, Header, description = "The ETag of what was looked at, or *")),
    responses((status = 204, description = "Removed"))
)]
pub async fn remove(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    IfMatch(looked): IfMatch,
) -> Result<StatusCode, WebError> {
    let row = seen(&desk, id).await?;
    let number = number(looked, &row)?;
    let db = desk.caller.client.scope().db();
    service::remove(db, by(&desk), id, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn by(desk: &Desk) -> By<'_> {
    By {
        actor: desk.actor(),
        at: desk.state.clock.now(),
    }
}

/// Work on equipment the caller sees; any other is not there.
pub(super) async fn seen(desk: &Desk, id: MaintenanceId) -> Result<WorkRow, WebError> {
    let row = maintenance::find(desk.caller.client.scope().db(), id).await?;
    row.filter(|row| desk.model.equipment(row.equipment_id).is_some())
        .ok_or(WebError::NotFound)
}

fn version(row: &WorkRow) -> Version {
    Version::known(row.version.to_string())
}

/// The version that is to be changed: the one that was looked at, or whatever it is now.
fn number(looked: Option<Version>, row: &WorkRow) -> Result<i64, WebError> {
    match looked {
        Some(version) => version.as_str().parse().map_err(|_| WebError::Changed),
        None => Ok(row.version),
    }
}

fn read(body: serde_json::Value) -> Result<WorkIn, WebError> {
    serde_json::from_value(body).map_err(|error| WebError::invalid("body", error.to_string()))
}

impl WorkIn {
    fn work(self) -> Result<Work, WebError> {
        let day = |field, text: Option<String>| match text {
            None => Ok(None),
            Some(text) => match days::parse(&text) {
                Some(day) => Ok(Some(day)),
                None => Err(WebError::invalid(
                    field,
                    "must be a date such as 2026-11-20",
                )),
            },
        };
        Ok(Work {
            title: self.title,
            notes: self.notes,
            due_on: day("due_on", self.due_on)?,
            done_on: day("done_on", self.done_on)?,
            done_by: None,
        })
    }
}

impl WorkOut {
    fn of(row: &WorkRow) -> Self {
        Self {
            id: row.id,
            equipment: row.equipment_id,
            title: row.work.title.clone(),
            notes: row.work.notes.clone(),
            due_on: row.work.due_on.map(days::field),
            done_on: row.work.done_on.map(days::field),
            done_by: row.work.done_by.clone(),
            created_by: row.created_by.clone(),
            created_at: row.created_at.to_string(),
        }
    }
}
