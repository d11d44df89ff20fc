//! Points, with their newest values.

use crate::domain::{CommandPolicy, EquipmentId, PointId, PointKind, Sample, StateSet, Unit};
use crate::store::tenant::{PointRow, points};
use crate::tenancy::change::{Act, PointWish, Wish, Wished};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::condition::Trust;
use crate::web::extract::{Path, Query};
use crate::web::link::Link;
use axum::Json;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One point with its newest value.
#[derive(Debug, Serialize, ToSchema)]
pub struct PointOut {
    #[schema(value_type = i64)]
    id: PointId,
    #[schema(value_type = i64)]
    equipment: EquipmentId,
    key: String,
    name: String,
    name_fr: Option<String>,
    /// `number`, `boolean` or `state`.
    #[schema(value_type = String)]
    kind: PointKind,
    #[schema(value_type = Option<String>)]
    unit: Option<Unit>,
    /// The words of a point of kind `state`, by code.
    #[serde(skip_serializing_if = "StateSet::is_empty")]
    #[schema(value_type = std::collections::BTreeMap<String, String>, required = false)]
    states: StateSet,
    decimals: i64,
    valid_min: Option<f64>,
    valid_max: Option<f64>,
    normal_min: Option<f64>,
    normal_max: Option<f64>,
    period_s: Option<i64>,
    /// Who may command it; null where it is only read.
    #[schema(value_type = Option<Object>)]
    command: Option<CommandPolicy>,
    /// `good`, `uncertain`, `bad`, `stale` or `none`.
    state: &'static str,
    /// The newest value, if it is a finite number.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<f64>,
    /// When it was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// Which points.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PointFilter {
    /// Only those of this equipment.
    #[param(value_type = Option<i64>)]
    equipment: Option<EquipmentId>,
}

/// All points of equipment with their newest values.
#[utoipa::path(
    get, path = "/points", tag = "points", params(PointFilter, PageQuery),
    responses((status = 200, description = "A part of them", body = Page<PointOut>))
)]
pub async fn list(
    desk: Desk,
    Query(filter): Query<PointFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PointOut>>, WebError> {
    let present = desk.caller.present(&desk.state).await?;
    let is_asked = |row: &PointRow| filter.equipment.is_none_or(|id| row.equipment_id == id);
    let rows = present.points().filter(|(row, _)| is_asked(row));
    let show = |(row, sample): (&PointRow, Option<&Sample>)| {
        PointOut::of(row, sample, present.trust(row, sample))
    };
    Ok(Json(page.slice()?.of(rows, |(row, _)| row.id.0, show)))
}

one!(PointWish, PointOut, "points", "/points/{id}");
changes!(PointWish, PointOut, "points", "/points", "/points/{id}");

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<PointOut, WebError> {
    let row = points::find(desk.caller.client.scope().db(), PointId(id)).await?;
    let row = row.ok_or(WebError::NotFound)?;
    let engine = desk.caller.client.engine();
    let newest = engine.latest(&[row.id]);
    let sample = newest.into_iter().next().and_then(|(_, sample)| sample);
    let link = Link::of(&desk.model, engine, row.equipment_id);
    let trust = link.trust(&row, sample.as_ref(), desk.state.clock.now());
    Ok(PointOut::of(&row, sample.as_ref(), trust))
}

impl PointOut {
    pub(super) fn of(row: &PointRow, sample: Option<&Sample>, trust: Trust) -> Self {
        let spec = row.spec.clone();
        Self {
            id: row.id,
            equipment: row.equipment_id,
            key: spec.key,
            name: spec.name,
            name_fr: spec.name_fr,
            kind: spec.kind,
            unit: spec.unit,
            states: spec.states,
            decimals: spec.decimals,
            valid_min: spec.valid_min,
            valid_max: spec.valid_max,
            normal_min: spec.normal_min,
            normal_max: spec.normal_max,
            period_s: spec.period_s,
            command: spec.command,
            state: trust.name(),
            value: sample
                .map(|sample| sample.value)
                .filter(|value| value.is_finite()),
            at: sample.map(|sample| sample.at.to_string()),
        }
    }
}
