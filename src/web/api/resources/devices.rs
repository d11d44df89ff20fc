//! Devices: credentials of the built-in MQTT endpoint. A secret is shown once.

use crate::domain::DeviceId;
use crate::store::tenant::{DeviceRow, devices};
use crate::tenancy::change::{Act, DeviceWish, Thing, Wish, Wished};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use utoipa::ToSchema;

/// One device.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceOut {
    #[schema(value_type = i64)]
    id: DeviceId,
    name: String,
    /// What it signs in with over MQTT.
    user_name: String,
    /// Whether what it commands itself (an override) is obeyed.
    may_command: bool,
    /// Its password, in the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    created_at: String,
    /// Since when it is refused.
    revoked_at: Option<String>,
    last_seen_at: Option<String>,
}

/// All devices, revoked ones included.
#[utoipa::path(
    get, path = "/devices", tag = "devices", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<DeviceOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DeviceOut>>, WebError> {
    let rows = devices::list(desk.caller.client.scope().db()).await?;
    let show = |row: DeviceRow| DeviceOut::of(&desk, row, None);
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(DeviceWish, DeviceOut, "devices", "/devices/{id}");
changes!(
    DeviceWish,
    DeviceOut,
    "devices",
    "/devices",
    "/devices/{id}"
);

/// Makes another secret; the former one ends at once.
#[utoipa::path(
    post, path = "/devices/{id}/secret", tag = "devices",
    params(("id" = i64, Path), IfMatch),
    responses((status = 200, description = "With its new secret", body = DeviceOut, headers(("ETag" = String))))
)]
pub async fn rotate(
    desk: Desk,
    Path(id): Path<i64>,
    IfMatch(seen): IfMatch,
) -> Result<axum::response::Response, WebError> {
    let wish = Wish {
        thing: Thing::Device,
        act: Act::Rotate { id, seen },
    };
    change(&desk, wish).await
}

async fn find(desk: &Desk, id: i64, secret: Option<SecretString>) -> Result<DeviceOut, WebError> {
    let row = devices::find(desk.caller.client.scope().db(), DeviceId(id)).await?;
    row.map(|row| DeviceOut::of(desk, row, secret))
        .ok_or(WebError::NotFound)
}

impl DeviceOut {
    fn of(desk: &Desk, row: DeviceRow, secret: Option<SecretString>) -> Self {
        let slug = &desk.caller.client.tenant().slug;
        Self {
            id: row.id,
            user_name: format!("{slug}/{}", row.name),
            name: row.name,
            may_command: row.may_command,
            secret: secret.map(|secret| secret.expose_secret().to_owned()),
            created_at: row.created_at.to_string(),
            revoked_at: row.revoked_at.map(|at| at.to_string()),
            last_seen_at: row.last_seen_at.map(|at| at.to_string()),
        }
    }
}
