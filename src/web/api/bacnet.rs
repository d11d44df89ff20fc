//! `/api/v1/bacnet`: the client as a BACnet device, and the files that integrators import.

use super::desk::Desk;
use crate::bacnet::{BacnetFiles, BacnetState, BacnetView};
use crate::web::WebError;
use axum::Json;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

/// The device.
#[derive(Debug, Serialize, ToSchema)]
pub struct BacnetOut {
    /// Its instance number on the internetwork.
    instance: u32,
    name: String,
    /// `off`, `running` or `failed`.
    #[schema(value_type = String)]
    state: &'static str,
    /// Why it does not start.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Since when.
    #[schema(format = DateTime)]
    since: String,
    /// Where it listens, or would.
    address: String,
    /// Networks whose members are heard.
    peers: Vec<String>,
    /// `Database_Revision`; 0 before its first start.
    revision: u32,
    /// Points that are shown.
    points: usize,
    /// Those of them that peers may write.
    writable: usize,
    /// Those of them that have a trend log.
    logged: usize,
    /// Points that are meant and cannot be shown: states without words.
    left_out: usize,
    /// Messages taken from peers since this process started.
    received: u64,
    /// Messages of others.
    strangers: u64,
    /// Messages beyond what is answered a second.
    too_often: u64,
    /// Writes that became commands, or changed nothing.
    writes_taken: u64,
    /// Writes that were refused.
    writes_refused: u64,
}

/// The client as a BACnet device.
#[utoipa::path(
    get, path = "/bacnet", tag = "bacnet",
    responses((status = 200, description = "As it is now", body = BacnetOut),
        (status = 404, description = "The client is no BACnet device"))
)]
pub async fn show(desk: Desk) -> Result<Json<BacnetOut>, WebError> {
    let view = desk.caller.client.bacnet().view();
    view.map(|view| Json(BacnetOut::of(view)))
        .ok_or(WebError::NotFound)
}

/// The points as an EDE file (layout 2.3 of the BACnet Interest Group Europe).
#[utoipa::path(
    get, path = "/bacnet/ede", tag = "bacnet",
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"),
        (status = 404, description = "The client is no BACnet device"))
)]
pub async fn ede(desk: Desk) -> Result<Response, WebError> {
    file(&desk, "EDE", |files| files.ede).await
}

/// The texts of states that the EDE file refers to.
#[utoipa::path(
    get, path = "/bacnet/state-texts", tag = "bacnet",
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"),
        (status = 404, description = "The client is no BACnet device"))
)]
pub async fn state_texts(desk: Desk) -> Result<Response, WebError> {
    file(&desk, "StateTexts", |files| files.state_texts).await
}

/// The points with their objects, one a line (RFC 4180).
#[utoipa::path(
    get, path = "/bacnet/points", tag = "bacnet",
    responses((status = 200, description = "The file", body = String, content_type = "text/csv"),
        (status = 404, description = "The client is no BACnet device"))
)]
pub async fn points(desk: Desk) -> Result<Response, WebError> {
    file(&desk, "points", |files| files.points).await
}

async fn file(
    desk: &Desk,
    what: &str,
    of: impl Fn(BacnetFiles) -> String,
) -> Result<Response, WebError> {
    let client = &desk.caller.client;
    let files = client.bacnet().files().await?;
    let text = of(files.ok_or(WebError::NotFound)?);
    let name = format!(
        "attachment; filename=\"{}_{what}.csv\"",
        client.tenant().slug
    );
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, text).into_response())
}

impl BacnetOut {
    fn of(view: BacnetView) -> Self {
        let (state, reason) = match view.state {
            BacnetState::Off => ("off", None),
            BacnetState::Running(_) => ("running", None),
            BacnetState::Failed(why) => ("failed", Some(why)),
        };
        let since = view.since.to_jiff().unwrap_or_default();
        Self {
            instance: view.spec.instance,
            name: view.name,
            state,
            reason,
            since: since.to_string(),
            address: format!("{}:{}", view.spec.interface, view.spec.port),
            peers: view.spec.peers,
            revision: view.revision,
            points: view.points,
            writable: view.writable,
            logged: view.logged,
            left_out: view.left_out,
            received: view.figures.received,
            strangers: view.figures.strangers,
            too_often: view.figures.too_often,
            writes_taken: view.figures.writes_taken,
            writes_refused: view.figures.writes_refused,
        }
    }
}
