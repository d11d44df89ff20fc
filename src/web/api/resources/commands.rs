//! Commands: what somebody wants points to become, and how far that is.

use crate::domain::{CommandId, EquipmentId, PointId, PointKind};
use crate::store::tenant::{CommandRow, PointRow, commands as table};
use crate::tenancy::Reason;
use crate::tenancy::commands::{self, Asker, CommandError, Wanted, rank_of};
use crate::web::WebError;
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value, json};
use utoipa::{IntoParams, ToSchema};

/// Parts of the table that are read to fill one answer, at most.
const ROUNDS: usize = 50;

/// What a point is to become.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CommandIn {
    /// A number, `true` or `false`, or the word (or code) of a state.
    #[schema(value_type = Object)]
    value: Option<Value>,
    /// Takes back what was commanded before, where the protocol knows priorities; instead of `value`.
    release: bool,
    /// That you mean it; needed where the policy of the point says so.
    confirm: bool,
}

/// One command.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandOut {
    #[schema(value_type = i64)]
    id: CommandId,
    #[schema(value_type = i64)]
    point: PointId,
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    /// As it was asked for; null for a release.
    #[schema(value_type = Option<Object>)]
    value: Value,
    /// `pending`, `sent`, `confirmed`, `failed` or `cancelled`.
    #[schema(value_type = String)]
    state: &'static str,
    /// Why it failed: `not_connected`, `not_writable`, `refused`, `no_answer`, `interrupted`, `expired`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What the device says it is now.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Value::is_null")]
    read_back: Value,
    /// Key of the connection that got it.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    /// Who asked: `user:7`, `key:2`, `devices`.
    asked_by: String,
    asked_at: String,
    /// Not sent and not waited for after this.
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    /// Who took it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<String>,
}

/// Which commands.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct CommandFilter {
    /// Only those of this point.
    #[param(value_type = Option<i64>)]
    point: Option<PointId>,
}

/// Tells a point to become something. The answer is there once the command is written down, not
/// once it is done: ask for it again, or wait for the value of the point. Never sent twice.
#[utoipa::path(
    post, path = "/points/{id}/command", tag = "commands", request_body = CommandIn,
    params(("id" = i64, Path)),
    responses((status = 202, description = "Written down; Location says where to look for it", body = CommandOut,
        headers(("Location" = String))))
)]
pub async fn ask(
    desk: Desk,
    Path(id): Path<PointId>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<CommandOut>), WebError> {
    let (point, equipment) = place(&desk, id).ok_or(WebError::NotFound)?;
    let wish: CommandIn = body.read()?;
    let word = headers.get("idempotency-key");
    let wanted = Wanted {
        point,
        equipment,
        value: value_of(&wish, point)?,
        is_meant: wish.confirm,
        word: word.and_then(|word| word.to_str().ok()),
    };
    let db = desk.caller.client.scope().db();
    let row = commands::ask(db, asker(&desk)?, wanted).await?;
    desk.caller.client.commanded(point.id);
    let at = format!("/api/v1/commands/{}", row.id);
    let out = CommandOut::of(&row, point);
    Ok((StatusCode::ACCEPTED, [(LOCATION, at)], Json(out)))
}

/// Commands of points the caller sees, newest first.
#[utoipa::path(
    get, path = "/commands", tag = "commands", params(CommandFilter, PageQuery),
    responses((status = 200, description = "A part of them", body = Page<CommandOut>))
)]
pub async fn list(
    desk: Desk,
    Query(filter): Query<CommandFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<CommandOut>>, WebError> {
    let slice = page.slice()?;
    let db = desk.caller.client.scope().db();
    let (mut before, wanted) = (slice.after.unwrap_or(i64::MAX), slice.limit as i64 + 1);
    let mut rows: Vec<CommandRow> = Vec::new();
    for _ in 0..ROUNDS {
        let part = match filter.point {
            Some(point) => table::list_of(db, point, before, wanted).await?,
            None => table::list(db, before, wanted).await?,
        };
        let is_last = (part.len() as i64) < wanted;
        before = part.last().map_or(before, |row| row.id.0);
        let seen = |row: &CommandRow| desk.model.point(row.command.point_id).is_some();
        rows.extend(part.into_iter().filter(seen));
        if is_last || rows.len() > slice.limit {
            break;
        }
    }
    let shown = slice.of_newest(
        rows,
        |row| row.id.0,
        |row| {
            let point = desk.model.point(row.command.point_id);
            point.map(|point| CommandOut::of(&row, point))
        },
    );
    Ok(Json(Page {
        items: shown.items.into_iter().flatten().collect(),
        next: shown.next,
    }))
}

/// One command as it is now.
#[utoipa::path(
    get, path = "/commands/{id}", tag = "commands", params(("id" = i64, Path)),
    responses((status = 200, description = "As it is now", body = CommandOut))
)]
pub async fn one(desk: Desk, Path(id): Path<CommandId>) -> Result<Json<CommandOut>, WebError> {
    let (row, point, _) = seen(&desk, id).await?;
    Ok(Json(CommandOut::of(&row, point)))
}

/// Takes a command back that is not sent yet; later it is too late (409).
#[utoipa::path(
    delete, path = "/commands/{id}", tag = "commands", params(("id" = i64, Path)),
    responses((status = 204, description = "It is not sent"))
)]
pub async fn cancel(desk: Desk, Path(id): Path<CommandId>) -> Result<StatusCode, WebError> {
    let (_, point, equipment) = seen(&desk, id).await?;
    let db = desk.caller.client.scope().db();
    commands::cancel(db, asker(&desk)?, id, point, equipment).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn asker(desk: &Desk) -> Result<Asker<'_>, WebError> {
    let rank = rank_of(desk.caller.access().permissions);
    Ok(Asker {
        actor: desk.actor(),
        rank: rank.ok_or(WebError::Forbidden("operate"))?,
        at: desk.state.clock.now(),
    })
}

/// A command of a point the caller sees; any other is not there.
async fn seen(desk: &Desk, id: CommandId) -> Result<(CommandRow, &PointRow, &str), WebError> {
    let row = table::find(desk.caller.client.scope().db(), id).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let place = place(desk, row.command.point_id).ok_or(WebError::NotFound)?;
    Ok((row, place.0, place.1))
}

fn place(desk: &Desk, id: PointId) -> Option<(&PointRow, &str)> {
    let point = desk.model.point(id)?;
    let equipment = desk.model.equipment(point.equipment_id)?;
    Some((point, equipment.equipment.key.as_str()))
}

fn value_of(wish: &CommandIn, point: &PointRow) -> Result<Option<f64>, WebError> {
    let value = match (&wish.value, wish.release) {
        (None, true) => return Ok(None),
        (Some(_), true) => {
            let message = "give either a value or a release".to_owned();
            return Err(WebError::fault("/release", Reason::Command { message }));
        }
        (None, false) => return Err(WebError::fault("/value", Reason::Missing)),
        (Some(value), false) => value,
    };
    let states = &point.spec.states;
    let read = match (point.spec.kind, value) {
        (PointKind::Boolean, Value::Bool(flag)) => Some(f64::from(u8::from(*flag))),
        (PointKind::State, Value::String(word)) => states.code_of(word).map(f64::from),
        (PointKind::Number | PointKind::State, Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    // What cannot be read is refused by the policy, which says what is allowed.
    let policy = point.spec.command.as_ref();
    match (read, policy) {
        (Some(read), _) => Ok(Some(read)),
        (None, None) => Err(CommandError::ReadOnly.into()),
        (None, Some(policy)) => match policy.check(point.spec.kind, states, f64::NAN) {
            Err(refused) => Err(CommandError::Value(refused).into()),
            Ok(()) => Err(WebError::fault("/value", Reason::Missing)),
        },
    }
}

impl CommandOut {
    fn of(row: &CommandRow, point: &PointRow) -> Self {
        let shown = |value: Option<f64>| value.map_or(Value::Null, |value| shown(point, value));
        Self {
            id: row.id,
            point: point.id,
            equipment: point.equipment_id,
            value: shown(row.command.value),
            state: row.state.as_str(),
            reason: row.reason.clone(),
            detail: row.detail.clone(),
            read_back: shown(row.read_back),
            connection: row.connection.clone(),
            asked_by: row.command.asked_by.clone(),
            asked_at: row.command.asked_at.to_string(),
            expires_at: row.command.expires_at.to_string(),
            sent_at: row.sent_at.map(|at| at.to_string()),
            ended_at: row.ended_at.map(|at| at.to_string()),
            cancelled_by: row.cancelled_by.clone(),
        }
    }
}

/// A stored value as the API says it.
fn shown(point: &PointRow, value: f64) -> Value {
    match point.spec.kind {
        PointKind::Boolean => json!(value != 0.0),
        PointKind::State => match point.spec.states.name_of(value) {
            Some(word) => json!(word),
            None => json!(value),
        },
        PointKind::Number => Number::from_f64(value).map_or(Value::Null, Value::Number),
    }
}

impl From<CommandError> for WebError {
    fn from(error: CommandError) -> Self {
        let message = error.to_string();
        match error {
            CommandError::ReadOnly => Self::fault("", Reason::ReadOnly),
            CommandError::Role(_) => Self::Forbidden("the policy of this point wants another role"),
            CommandError::Value(_) => Self::fault("/value", Reason::Command { message }),
            CommandError::NothingToRelease => Self::fault("/release", Reason::Command { message }),
            CommandError::Unconfirmed => Self::fault("/confirm", Reason::Unconfirmed),
            CommandError::OtherCommand => Self::OtherRequest,
            CommandError::Word => Self::invalid("Idempotency-Key", "must be 1 to 128 characters"),
            CommandError::TooOften { .. } => Self::TooMany { retry_after_s: 60 },
            CommandError::Unknown => Self::NotFound,
            CommandError::TooLate(state) => Self::TooLate(state),
            CommandError::Store(error) => error.into(),
        }
    }
}
