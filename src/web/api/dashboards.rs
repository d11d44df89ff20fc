//! `/api/v1/dashboards`: own ones, and those that are shared in the client.

use super::conditions::{IfMatch, IfNoneMatch, changed, created, shown};
use super::json_body::JsonBody;
use super::pages::{Page, PageQuery};
use crate::domain::DashboardId;
use crate::domain::audit::Actor;
use crate::domain::dashboard::Layout;
use crate::store::tenant::{DashboardRow, dashboards};
use crate::tenancy::change::Version;
use crate::tenancy::dashboards::{self as service, By, Wish, layout, may_change, person, seen};
use crate::web::extract::{Caller, Path, Query};
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One dashboard.
#[derive(Debug, Serialize, ToSchema)]
pub struct DashboardOut {
    #[schema(value_type = i64)]
    id: DashboardId,
    name: String,
    /// Whether everybody of the client sees it.
    shared: bool,
    /// Whether it is the caller's.
    own: bool,
    /// Whether the caller may change it.
    may_change: bool,
    /// Tiles on a grid of 12 columns.
    #[schema(value_type = Object)]
    layout: Layout,
    created_at: String,
    changed_at: String,
}

/// What a dashboard is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardIn {
    /// 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    #[serde(default)]
    shared: bool,
    /// `tiles`: each with `kind` (value, range, chart, states, table, map, text), `x`, `y`, `w`, `h`,
    /// and `title`, `points`, `text` as the kind needs.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    layout: Layout,
}

/// All that the caller sees, in the order they were made.
#[utoipa::path(
    get, path = "/dashboards", tag = "dashboards", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<DashboardOut>))
)]
pub async fn list(
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DashboardOut>>, WebError> {
    let user = person(caller.access());
    let rows = dashboards::list_seen(caller.client.scope().db(), user).await?;
    let slice = page.slice()?;
    Ok(Json(slice.of(
        rows,
        |row| row.id.0,
        |row| DashboardOut::of(&row, &caller),
    )))
}

/// Makes one. What a program makes is shared.
#[utoipa::path(
    post, path = "/dashboards", tag = "dashboards", request_body = DashboardIn,
    responses((status = 201, description = "Made", body = DashboardOut,
        headers(("ETag" = String), ("Location" = String))))
)]
pub async fn create(
    State(state): State<AppState>,
    caller: Caller,
    body: JsonBody,
) -> Result<Response, WebError> {
    let hand = Hand::of(&state, &caller);
    let db = caller.client.scope().db();
    let id = service::create(db, hand.by(&caller), wish(body, &caller, &state).await?).await?;
    let row = seen(db, caller.access(), id).await?;
    let at = format!("/api/v1/dashboards/{id}");
    Ok(created(
        &at,
        &version(&row),
        DashboardOut::of(&row, &caller),
    ))
}

/// One of them, with its version as `ETag`.
#[utoipa::path(
    get, path = "/dashboards/{id}", tag = "dashboards", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = DashboardOut, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn one(
    caller: Caller,
    Path(id): Path<DashboardId>,
    asked: IfNoneMatch,
) -> Result<Response, WebError> {
    let row = seen(caller.client.scope().db(), caller.access(), id).await?;
    Ok(shown(
        &asked,
        &version(&row),
        DashboardOut::of(&row, &caller),
    ))
}

/// Gives it another name, other tiles, or shows it to others.
#[utoipa::path(
    put, path = "/dashboards/{id}", tag = "dashboards", request_body = DashboardIn,
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "Changed", body = DashboardOut, headers(("ETag" = String))))
)]
pub async fn replace(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<DashboardId>,
    IfMatch(looked): IfMatch,
    body: JsonBody,
) -> Result<Response, WebError> {
    let hand = Hand::of(&state, &caller);
    let db = caller.client.scope().db();
    let number = number(db, &caller, id, looked).await?;
    service::update(
        db,
        hand.by(&caller),
        id,
        number,
        wish(body, &caller, &state).await?,
    )
    .await?;
    let row = seen(db, caller.access(), id).await?;
    Ok(changed(&version(&row), DashboardOut::of(&row, &caller)))
}

/// Removes it; its data stay.
#[utoipa::path(
    delete, path = "/dashboards/{id}", tag = "dashboards",
    params(("id" = i64, Path), IfMatch),
    responses((status = 204, description = "Removed"))
)]
pub async fn remove(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<DashboardId>,
    IfMatch(looked): IfMatch,
) -> Result<StatusCode, WebError> {
    let hand = Hand::of(&state, &caller);
    let db = caller.client.scope().db();
    let number = number(db, &caller, id, looked).await?;
    service::remove(db, hand.by(&caller), id, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who changes something, and when.
pub(super) struct Hand {
    actor: Actor,
    at: crate::domain::Timestamp,
}

impl Hand {
    pub(super) fn of(state: &AppState, caller: &Caller) -> Self {
        Self {
            actor: caller.actor().clone(),
            at: state.clock.now(),
        }
    }

    pub(super) fn by<'a>(&'a self, caller: &'a Caller) -> By<'a> {
        By {
            access: caller.access(),
            actor: &self.actor,
            at: self.at,
        }
    }
}

/// The version that is to be changed: the one that was looked at, or whatever it is now.
async fn number(
    db: &crate::store::Db,
    caller: &Caller,
    id: DashboardId,
    looked: Option<Version>,
) -> Result<i64, WebError> {
    match looked {
        Some(version) => version.as_str().parse().map_err(|_| WebError::Changed),
        None => Ok(seen(db, caller.access(), id).await?.version),
    }
}

fn version(row: &DashboardRow) -> Version {
    Version::known(row.version.to_string())
}

async fn wish(body: JsonBody, caller: &Caller, state: &AppState) -> Result<Wish, WebError> {
    let wanted: DashboardIn = body.read()?;
    let model = caller.model(state).await?;
    let points = wanted.layout.points().into_iter();
    Ok(Wish {
        shown: points
            .filter(|point| model.point(*point).is_some())
            .collect(),
        name: wanted.name,
        shared: wanted.shared,
        layout: wanted.layout,
    })
}

impl DashboardOut {
    fn of(row: &DashboardRow, caller: &Caller) -> Self {
        let access = caller.access();
        Self {
            id: row.id,
            name: row.dashboard.name.clone(),
            shared: row.dashboard.shared,
            own: row.owner_id.is_some() && row.owner_id == person(access),
            may_change: may_change(access, row),
            layout: layout(row),
            created_at: row.created_at.to_string(),
            changed_at: row.changed_at.to_string(),
        }
    }
}
