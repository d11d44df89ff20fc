//! Connections, with how they are.

use crate::domain::ConnectionId;
use crate::ingest::{self, Health};
use crate::store::tenant::{ConnectionRow, connections};
use crate::tenancy::change::{Act, ConnectionWish, Wish, Wished};
use crate::tenancy::manifest::reveal;
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::time::Duration;
use tokio::time::Instant;
use utoipa::ToSchema;

/// One connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionOut {
    #[schema(value_type = i64)]
    id: ConnectionId,
    key: String,
    name: String,
    protocol: String,
    enabled: bool,
    /// The shape of the protocol; `{"sealed": true}` stands for each secret.
    #[schema(value_type = Object)]
    config: Value,
    status: StatusOut,
    created_at: String,
}

/// How a connection is.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct StatusOut {
    /// `connected`, `connecting`, `waiting`, `stopped` or `off`.
    health: &'static str,
    /// What went wrong last, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// Since when it is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    /// When a waiting session tries again.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<String>,
    /// Attempts since the last success.
    attempts: u32,
    /// Since the start, in this process.
    messages: u64,
    bytes: u64,
    refused: u64,
    /// Over the last ten seconds or so.
    messages_per_second: f64,
    bytes_per_second: f64,
    /// How long the peer took to answer lately, where it is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<f64>,
}

/// All connections.
#[utoipa::path(
    get, path = "/connections", tag = "connections", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<ConnectionOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<ConnectionOut>>, WebError> {
    let rows = connections::list(desk.caller.client.scope().db()).await?;
    let show = |row: ConnectionRow| ConnectionOut::of(&desk, row);
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(
    ConnectionWish,
    ConnectionOut,
    "connections",
    "/connections/{id}"
);
changes!(
    ConnectionWish,
    ConnectionOut,
    "connections",
    "/connections",
    "/connections/{id}"
);

/// What came of a trial.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialOut {
    /// Whether the peer answered and let us in.
    works: bool,
    /// Why not, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    why_not: Option<String>,
}

/// Connects once, as it is stored, beside the session that runs; takes no messages from it.
#[utoipa::path(
    post, path = "/connections/{id}/test", tag = "connections", params(("id" = i64, Path)),
    responses((status = 200, description = "What came of it, within 10 seconds", body = TrialOut))
)]
pub async fn test(desk: Desk, Path(id): Path<i64>) -> Result<Json<TrialOut>, WebError> {
    let outcome = try_stored(&desk, id).await?;
    Ok(Json(TrialOut {
        works: outcome.is_ok(),
        why_not: outcome.err(),
    }))
}

/// Connects once as a connection is stored; inside, why it does not work, in words.
pub async fn try_stored(desk: &Desk, id: i64) -> Result<Result<(), String>, WebError> {
    let scope = desk.caller.client.scope();
    let row = connections::find(scope.db(), ConnectionId(id)).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let vault = desk.state.platform.directory().vault();
    let config = reveal(scope.db(), vault, scope.tenant().id, &row).await;
    let config = config.map_err(|error| WebError::Internal(error.to_string()))?;
    let reach = desk.state.platform.reach();
    Ok(ingest::try_connection(&row.connection.protocol, config, reach).await)
}

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<ConnectionOut, WebError> {
    let row = connections::find(desk.caller.client.scope().db(), ConnectionId(id)).await?;
    row.map(|row| ConnectionOut::of(desk, row))
        .ok_or(WebError::NotFound)
}

impl ConnectionOut {
    fn of(desk: &Desk, row: ConnectionRow) -> Self {
        Self {
            id: row.id,
            status: StatusOut::of(desk, &row),
            config: ConnectionWish::shown(&row.connection.config),
            key: row.connection.key,
            name: row.connection.name,
            protocol: row.connection.protocol,
            enabled: row.connection.enabled,
            created_at: row.created_at.to_string(),
        }
    }
}

impl StatusOut {
    fn of(desk: &Desk, row: &ConnectionRow) -> Self {
        let running = desk.caller.client.connections();
        let view = running
            .into_iter()
            .find(|view| view.connection.key == row.connection.key);
        let Some(view) = view.filter(|_| row.connection.enabled) else {
            return Self {
                health: "off",
                ..Self::default()
            };
        };
        let now = desk.state.clock.now();
        let micros = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        Self {
            health: match view.status.health {
                Health::Connected => "connected",
                Health::Connecting => "connecting",
                Health::Waiting => "waiting",
                Health::Stopped => "stopped",
            },
            since: view
                .status
                .since
                .map(|at| (now.plus(-micros(at.elapsed()))).to_string()),
            next_attempt_at: view.status.next_attempt.map(|at| {
                let wait = at.saturating_duration_since(Instant::now());
                now.plus(micros(wait)).to_string()
            }),
            attempts: view.status.attempts,
            messages: view.status.messages,
            bytes: view.status.bytes,
            refused: view.status.refused,
            messages_per_second: view.messages_per_second,
            bytes_per_second: view.bytes_per_second,
            latency_ms: view
                .status
                .latency
                .map(|latency| latency.as_secs_f64() * 1_000.0),
            last_error: view.status.last_error,
        }
    }
}
