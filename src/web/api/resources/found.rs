//! What is behind the peer of a connection: looked for, listed as it is found, taken into the model.

use crate::domain::{ConnectionId, EquipmentId, SiteId};
use crate::ingest::{
    Exploration, ExploreError, FoundEquipment, FoundKind, FoundPoint, ReadingValue,
};
use crate::store::tenant::{ConnectionRow, connections};
use crate::tenancy::Reason;
use crate::tenancy::change::Thing;
use crate::web::WebError;
use crate::web::adoption;
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::extract::Path;
use axum::Json;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// How far looking around is, and what was found so far, in this process.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundOut {
    /// `never`, `looking`, `done` or `failed`.
    state: &'static str,
    /// Steps done, and how many there are as far as is known.
    done: u32,
    total: u32,
    /// Why it failed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
    devices: Vec<FoundDeviceOut>,
}

/// A device behind the peer.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundDeviceOut {
    /// The key it would have, the same each time.
    key: String,
    /// What it calls itself.
    name: String,
    /// The type of the library that fits.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    serial: Option<String>,
    points: Vec<FoundPointOut>,
    /// The equipment it is, once it is taken in.
    #[schema(value_type = Option<i64>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    equipment: Option<EquipmentId>,
}

/// Something it measures or takes.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundPointOut {
    key: String,
    name: String,
    /// `number`, `boolean` or `state`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<String>,
    /// Whether the device lets it be written.
    writable: bool,
    /// What it says now.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Value::is_null")]
    value: Value,
}

/// Which device is taken in, and where it stands.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AdoptIn {
    /// Of a device that was found.
    key: String,
    /// The site.
    #[schema(value_type = Option<i64>)]
    site: Option<SiteId>,
}

/// What it became.
#[derive(Debug, Serialize, ToSchema)]
pub struct AdoptedOut {
    /// The equipment.
    #[schema(value_type = i64)]
    equipment: EquipmentId,
}

/// What was found behind the peer of a connection by the last look around.
#[utoipa::path(
    get, path = "/connections/{id}/devices", tag = "connections", params(("id" = i64, Path)),
    responses((status = 200, description = "As far as it is", body = FoundOut))
)]
pub async fn list(desk: Desk, Path(id): Path<i64>) -> Result<Json<FoundOut>, WebError> {
    let row = find(&desk, id).await?;
    Ok(Json(FoundOut::of(&desk, &row)))
}

/// Looks around behind the peer, without writing to it; what is under way already goes on.
#[utoipa::path(
    post, path = "/connections/{id}/devices", tag = "connections", params(("id" = i64, Path)),
    responses((status = 202, description = "It began; look again", body = FoundOut))
)]
pub async fn look(
    desk: Desk,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<FoundOut>), WebError> {
    let row = find(&desk, id).await?;
    match desk.caller.client.explore(&row).await {
        Ok(()) | Err(ExploreError::Busy) => {}
        Err(ExploreError::Unable) => return Err(WebError::NotFound),
        Err(ExploreError::Config(message)) => {
            return Err(WebError::fault("/config", Reason::Config { message }));
        }
    }
    Ok((StatusCode::ACCEPTED, Json(FoundOut::of(&desk, &row))))
}

/// Stops looking around; what was found stays.
#[utoipa::path(
    delete, path = "/connections/{id}/devices", tag = "connections", params(("id" = i64, Path)),
    responses((status = 204, description = "It stops"))
)]
pub async fn stop(desk: Desk, Path(id): Path<i64>) -> Result<StatusCode, WebError> {
    let row = find(&desk, id).await?;
    desk.caller.client.stop_exploring(&row.connection.key);
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a device in: its equipment, its points, and what the connection must say become one change.
#[utoipa::path(
    post, path = "/connections/{id}/devices/adopt", tag = "connections", request_body = AdoptIn,
    params(("id" = i64, Path)),
    responses((status = 201, description = "Location says where it is", body = AdoptedOut,
        headers(("Location" = String))))
)]
pub async fn adopt(
    desk: Desk,
    Path(id): Path<i64>,
    body: JsonBody,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<AdoptedOut>), WebError> {
    let row = find(&desk, id).await?;
    let AdoptIn { key, site } = body.read()?;
    let site = site.ok_or_else(|| WebError::fault("/site", Reason::Missing))?;
    let exploration = desk.caller.client.exploration(&row.connection.key);
    let found = exploration.as_ref().and_then(|all| all.found.get(&key));
    let unknown = || {
        let noun = "device".to_owned();
        WebError::fault("/key", Reason::Unknown { noun, key })
    };
    let wishes = match found {
        Some(found) => adoption::wishes(&desk, id, site, found).await?,
        None => return Err(unknown()),
    };
    let made = desk.make(&wishes).await?;
    let mut made = made.into_iter();
    let equipment = made
        .find(|made| made.thing == Thing::Equipment)
        .map(|made| EquipmentId(made.id))
        .ok_or_else(|| WebError::Internal("a device became nothing".to_owned()))?;
    let at = format!("/api/v1/equipment/{equipment}");
    let out = Json(AdoptedOut { equipment });
    Ok((StatusCode::CREATED, [(LOCATION, at)], out))
}

/// A connection whose protocol can look around.
async fn find(desk: &Desk, id: i64) -> Result<ConnectionRow, WebError> {
    let row = connections::find(desk.caller.client.scope().db(), ConnectionId(id)).await?;
    row.filter(|row| crate::ingest::explores(&row.connection.protocol))
        .ok_or(WebError::NotFound)
}

impl FoundOut {
    fn of(desk: &Desk, row: &ConnectionRow) -> Self {
        let exploration = desk.caller.client.exploration(&row.connection.key);
        let state = match exploration.as_ref().map(|all| &all.ended) {
            None => "never",
            Some(None) => "looking",
            Some(Some(Ok(()))) => "done",
            Some(Some(Err(_))) => "failed",
        };
        let Exploration {
            done,
            total,
            found,
            ended,
        } = exploration.unwrap_or_default();
        let devices = found.into_values();
        Self {
            state,
            done,
            total,
            trouble: ended.and_then(Result::err),
            devices: devices.map(|one| FoundDeviceOut::of(desk, one)).collect(),
        }
    }
}

impl FoundDeviceOut {
    fn of(desk: &Desk, found: FoundEquipment) -> Self {
        let mut known = desk.model.equipment.iter();
        let known = known.find(|row| row.equipment.key == found.key);
        Self {
            equipment: known.map(|row| row.id),
            key: found.key,
            name: found.name,
            kind: found.kind,
            vendor: found.vendor,
            model: found.model,
            serial: found.serial,
            points: found.points.into_iter().map(FoundPointOut::of).collect(),
        }
    }
}

impl FoundPointOut {
    fn of(point: FoundPoint) -> Self {
        Self {
            key: point.key,
            name: point.name,
            kind: match point.kind {
                FoundKind::Number => "number",
                FoundKind::Boolean => "boolean",
                FoundKind::State(_) => "state",
            },
            unit: point.unit,
            writable: point.writable,
            value: match point.value {
                Some(ReadingValue::Number(number)) => json!(number),
                Some(ReadingValue::Bool(flag)) => json!(flag),
                Some(ReadingValue::State(word)) => json!(&*word),
                None => Value::Null,
            },
        }
    }
}
