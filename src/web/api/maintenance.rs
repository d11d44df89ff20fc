//! `/api/v1/maintenance`: work on equipment, planned and done.

use super::conditions::{IfMatch, IfNoneMatch, changed, created, shown};
use super::desk::Desk;
use super::json_body::JsonBody;
use super::pages::{Page, PageQuery, Slice};
use crate::domain::{EquipmentId, MaintenanceId};
use crate::store::tenant::{Work, WorkRow, maintenance};
use crate::tenancy::Reason;
use crate::tenancy::change::Version;
use crate::tenancy::maintenance::{self as service, By};
use crate::web::extract::{Path, Query};
use crate::web::{WebError, days};
use axum::Json;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Work that is read at once.
const AT_ONCE: i64 = 1_000;

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
    #[schema(max_length = 10_000)]
    notes: String,
    /// `2026-11-20`
    #[schema(format = Date)]
    due_on: Option<String>,
    /// `2026-11-20`; left out while it is not done.
    #[schema(format = Date)]
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
    let slice = page.slice()?;
    let rows = seen_part(&desk, &filter, slice).await?;
    Ok(Json(slice.of(
        rows,
        |row| row.id.0,
        |row| WorkOut::of(&row),
    )))
}

/// One more than a part holds of what the caller sees, read a piece at a time.
async fn seen_part(
    desk: &Desk,
    filter: &WorkFilter,
    slice: Slice,
) -> Result<Vec<WorkRow>, WebError> {
    let db = desk.caller.client.scope().db();
    let (mut found, mut after) = (Vec::new(), slice.after.unwrap_or(0));
    while found.len() <= slice.limit {
        let asked = maintenance::Asked {
            equipment: filter.equipment,
            done: filter.done,
            after: MaintenanceId(after),
        };
        let rows = maintenance::list_part(db, &asked, AT_ONCE).await?;
        let Some(last) = rows.last() else { break };
        after = last.id.0;
        let is_seen = |row: &WorkRow| desk.model.equipment(row.equipment_id).is_some();
        found.extend(rows.into_iter().filter(is_seen));
    }
    Ok(found)
}

/// Writes down work.
#[utoipa::path(
    post, path = "/maintenance", tag = "maintenance", request_body = WorkIn,
    responses((status = 201, description = "Made", body = WorkOut,
        headers(("ETag" = String), ("Location" = String))))
)]
pub async fn create(desk: Desk, body: JsonBody) -> Result<Response, WebError> {
    let wanted: WorkIn = body.read()?;
    let equipment = desk.model.equipment(wanted.equipment);
    let unknown = || Reason::Unknown {
        noun: "equipment".to_owned(),
        key: wanted.equipment.to_string(),
    };
    let equipment = equipment.ok_or_else(|| WebError::fault("/equipment", unknown()))?;
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
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "Changed", body = WorkOut, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    Path(id): Path<MaintenanceId>,
    IfMatch(looked): IfMatch,
    body: JsonBody,
) -> Result<Response, WebError> {
    let row = seen(&desk, id).await?;
    let wanted: WorkIn = body.read()?;
    if wanted.equipment != row.equipment_id {
        let detail = "cannot be another".to_owned();
        return Err(WebError::fault("/equipment", Reason::Shape { detail }));
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
    params(("id" = i64, Path), IfMatch),
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

impl WorkIn {
    fn work(self) -> Result<Work, WebError> {
        Ok(Work {
            title: self.title,
            notes: self.notes,
            due_on: day("/due_on", self.due_on.as_deref())?,
            done_on: day("/done_on", self.done_on.as_deref())?,
            done_by: None,
        })
    }
}

/// A day of a body; none where it is left out.
pub(super) fn day(pointer: &str, text: Option<&str>) -> Result<Option<i64>, WebError> {
    let Some(text) = text else { return Ok(None) };
    let wrong = || Reason::Shape {
        detail: "must be a date such as 2026-11-20".to_owned(),
    };
    let day = days::parse(text).ok_or_else(|| WebError::fault(pointer, wrong()))?;
    Ok(Some(day))
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
