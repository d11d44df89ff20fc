//! What a client has: sites, equipment, points, with their newest values.

use crate::domain::{
    EquipmentId, EquipmentTypeId, PointId, PointKind, Sample, SiteId, StateSet, Unit,
};
use crate::store::tenant::{EquipmentRow, PointRow, SiteRow};
use crate::web::condition::Trust;
use crate::web::extract::{Caller, Path, Query};
use crate::web::present::Present;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};

/// A list of things.
#[derive(Debug, Serialize)]
pub struct Items<T> {
    items: Vec<T>,
}

/// One site.
#[derive(Debug, Serialize)]
pub struct SiteOut {
    id: SiteId,
    key: String,
    name: String,
    parent: Option<SiteId>,
    address: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    time_zone: String,
}

/// One equipment.
#[derive(Debug, Serialize)]
pub struct EquipmentOut {
    id: EquipmentId,
    key: String,
    name: String,
    site: SiteId,
    parent: Option<EquipmentId>,
    #[serde(rename = "type")]
    kind: String,
    model: Option<String>,
    serial: Option<String>,
    /// `offline`, `bad`, `stale`, `waiting` or `normal`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<Vec<PointOut>>,
}

/// One point with its newest value.
#[derive(Debug, Serialize)]
pub struct PointOut {
    id: PointId,
    equipment: EquipmentId,
    key: String,
    name: String,
    kind: PointKind,
    unit: Option<Unit>,
    #[serde(skip_serializing_if = "StateSet::is_empty")]
    states: StateSet,
    period_s: Option<i64>,
    /// `good`, `uncertain`, `bad`, `stale` or `none`.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// What lists may be asked.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ListQuery {
    site: Option<SiteId>,
    #[serde(rename = "type")]
    kind: Option<EquipmentTypeId>,
    equipment: Option<EquipmentId>,
}

/// `GET /api/v1/sites`
pub async fn sites(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Items<SiteOut>>, WebError> {
    let model = caller.model(&state).await?;
    Ok(Json(Items {
        items: model.sites.iter().map(SiteOut::of).collect(),
    }))
}

/// `GET /api/v1/equipment?site&type`
pub async fn equipment(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Items<EquipmentOut>>, WebError> {
    let present = caller.present(&state).await?;
    let rows = present.model.equipment.iter().filter(|row| {
        asked.site.is_none_or(|site| row.equipment.site_id == site)
            && asked.kind.is_none_or(|kind| row.equipment.type_id == kind)
    });
    Ok(Json(Items {
        items: rows.map(|row| EquipmentOut::of(&present, row)).collect(),
    }))
}

/// `GET /api/v1/equipment/{id}`: with its points.
pub async fn one_equipment(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<EquipmentId>,
) -> Result<Json<EquipmentOut>, WebError> {
    let present = caller.present(&state).await?;
    let row = present.model.equipment(id).ok_or(WebError::NotFound)?;
    let points = present
        .points_of(id)
        .map(|(point, sample)| PointOut::of(&present, point, sample));
    Ok(Json(EquipmentOut {
        points: Some(points.collect()),
        ..EquipmentOut::of(&present, row)
    }))
}

/// `GET /api/v1/points?equipment`
pub async fn points(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<ListQuery>,
) -> Result<Json<Items<PointOut>>, WebError> {
    let present = caller.present(&state).await?;
    let wanted = present.points().filter(|(point, _)| {
        asked
            .equipment
            .is_none_or(|equipment| point.equipment_id == equipment)
    });
    Ok(Json(Items {
        items: wanted
            .map(|(point, sample)| PointOut::of(&present, point, sample))
            .collect(),
    }))
}

impl SiteOut {
    fn of(row: &SiteRow) -> Self {
        let site = row.site.clone();
        Self {
            id: row.id,
            key: site.key,
            name: site.name,
            parent: site.parent_id,
            address: site.address,
            latitude: site.latitude,
            longitude: site.longitude,
            time_zone: site.time_zone,
        }
    }
}

impl EquipmentOut {
    fn of(present: &Present, row: &EquipmentRow) -> Self {
        let equipment = row.equipment.clone();
        let kind = present
            .model
            .type_of(row)
            .map(|kind| kind.equipment_type.key.clone());
        Self {
            id: row.id,
            key: equipment.key,
            name: equipment.name,
            site: equipment.site_id,
            parent: equipment.parent_id,
            kind: kind.unwrap_or_default(),
            model: equipment.model,
            serial: equipment.serial,
            state: present.condition(row.id).name(),
            points: None,
        }
    }
}

impl PointOut {
    fn of(present: &Present, row: &PointRow, sample: Option<&Sample>) -> Self {
        let spec = row.spec.clone();
        Self {
            id: row.id,
            equipment: row.equipment_id,
            state: Trust::of(&spec, sample, present.now).name(),
            key: spec.key,
            name: spec.name,
            kind: spec.kind,
            unit: spec.unit,
            states: spec.states,
            period_s: spec.period_s,
            value: sample
                .map(|sample| sample.value)
                .filter(|value| value.is_finite()),
            at: sample.map(|sample| sample.at.to_string()),
        }
    }
}
