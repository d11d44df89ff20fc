//! The client itself: what its administrators decide, what the platform allows, what is used.

use crate::store::tenant::usage as store_usage;
use crate::tenancy::Quota;
use crate::tenancy::change::{self, ClientAct, ClientWish, Looked};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

const MEGABYTE: i64 = 1_000_000;

/// The client.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientOut {
    /// First label of their portal host.
    slug: String,
    #[serde(flatten)]
    #[schema(inline)]
    wish: ClientWish,
    /// What they may have at most; the platform decides.
    quota: Quota,
    /// Host names of their portal beside the usual one.
    hosts: Vec<String>,
}

/// The client.
#[utoipa::path(
    get, path = "/settings", tag = "client",
    responses((status = 200, description = "As it is now", body = ClientOut, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn show(desk: Desk, asked: IfNoneMatch) -> Result<axum::response::Response, WebError> {
    let looked = change::look_at_client(&desk.office()).await?;
    Ok(conditions::shown(
        &asked,
        &looked.version.clone(),
        ClientOut::of(&desk, looked),
    ))
}

/// Gives the client other values. An allow-list without your own address is refused.
#[utoipa::path(
    put, path = "/settings", tag = "client", request_body = ClientWish,
    params(IfMatch),
    responses((status = 200, description = "Changed", body = ClientOut, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    IfMatch(seen): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<axum::response::Response, WebError> {
    change_to(desk, ClientAct::Replace(body), seen).await
}

/// Changes what is given (RFC 7396).
#[utoipa::path(
    patch, path = "/settings", tag = "client",
    request_body(content = Object, content_type = "application/merge-patch+json", description = "Any of the fields of a PUT"),
    params(IfMatch),
    responses((status = 200, description = "Changed", body = ClientOut, headers(("ETag" = String))))
)]
pub async fn patch(
    desk: Desk,
    IfMatch(seen): IfMatch,
    JsonBody(body): JsonBody,
) -> Result<axum::response::Response, WebError> {
    change_to(desk, ClientAct::Patch(body), seen).await
}

async fn change_to(
    desk: Desk,
    act: ClientAct,
    seen: Option<change::Version>,
) -> Result<axum::response::Response, WebError> {
    let office = desk.office();
    change::change_client(&office, &act, seen.as_ref(), desk.address).await?;
    // The client is served as what it is now; who asks next meets the new rules.
    let opened = desk.state.platform.reconcile().await;
    opened.map_err(|error| WebError::Unavailable(error.to_string()))?;
    let looked = change::look_at_client(&office).await?;
    Ok(conditions::changed(
        &looked.version.clone(),
        ClientOut::of(&desk, looked),
    ))
}

impl ClientOut {
    fn of(desk: &Desk, looked: Looked) -> Self {
        let tenant = desk.caller.client.tenant();
        Self {
            slug: tenant.slug.clone(),
            wish: serde_json::from_value::<ClientWish>(looked.wish).unwrap_or_default(),
            quota: tenant.quota,
            hosts: tenant.hosts.clone(),
        }
    }
}

/// What is used of one thing, and how much may be.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsageOut {
    /// How much there is.
    used: i64,
    /// How much there may be; absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    most: Option<i64>,
}

/// What the client uses.
#[derive(Debug, Serialize, ToSchema)]
pub struct UsagesOut {
    users: UsageOut,
    devices: UsageOut,
    points: UsageOut,
    /// Megabytes of database.
    storage_mb: UsageOut,
    /// Samples stored since this process started; what is sent again counts once more.
    samples_stored: u64,
    /// Values refused since then.
    samples_refused: u64,
}

/// What the client uses, beside their quotas.
#[utoipa::path(
    get, path = "/usage", tag = "client",
    responses((status = 200, description = "Now", body = UsagesOut))
)]
pub async fn usage(desk: Desk) -> Result<Json<UsagesOut>, WebError> {
    let client = &desk.caller.client;
    let (db, quota) = (client.scope().db(), client.tenant().quota);
    let counts = store_usage::counts(db).await?;
    let megabytes = (store_usage::bytes(db).await? + MEGABYTE - 1) / MEGABYTE;
    let stats = client.ingest().stats();
    let usage = |used, most| UsageOut { used, most };
    Ok(Json(UsagesOut {
        users: usage(counts.users, quota.users),
        devices: usage(counts.devices, quota.devices),
        points: usage(counts.points, quota.points),
        storage_mb: usage(megabytes, quota.storage_mb),
        samples_stored: stats.stored,
        samples_refused: stats.refused,
    }))
}
