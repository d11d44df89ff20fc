//! Equipment, with its state and its points.

use super::points::PointOut;
use crate::domain::{EquipmentId, EquipmentTypeId, SiteId};
use crate::store::tenant::{EquipmentRow, equipment, equipment_types, fields, points};
use crate::tenancy::Reason;
use crate::tenancy::change::{Act, Custom, EquipmentWish, Thing, Version, Wish, Wished, by_key};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::condition::Tally;
use crate::web::extract::{Path, Query};
use crate::web::link::Link;
use axum::Json;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

/// Changes in one batch.
const MOST_IN_A_BATCH: usize = 1_000;

/// One equipment.
#[derive(Debug, Serialize, ToSchema)]
pub struct EquipmentOut {
    #[schema(value_type = i64)]
    id: EquipmentId,
    key: String,
    name: String,
    #[schema(value_type = i64)]
    site: SiteId,
    /// The equipment it is part of.
    #[schema(value_type = Option<i64>)]
    parent: Option<EquipmentId>,
    /// Key of its type.
    #[serde(rename = "type")]
    kind: String,
    model: Option<String>,
    serial: Option<String>,
    note: Option<String>,
    /// `offline`, `bad`, `stale`, `waiting` or `normal`.
    state: &'static str,
    /// Who made it: `manifest`, `ingest`, `user:<id>`, `key:<id>`.
    created_by: String,
    created_at: String,
    /// Values of custom fields.
    #[schema(value_type = Object)]
    custom: Custom,
    /// Its points with their newest values; in the answer for one equipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    points: Option<Vec<PointOut>>,
}

/// Which equipment.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EquipmentFilter {
    /// Only what stands on this site itself.
    #[param(value_type = Option<i64>)]
    site: Option<SiteId>,
    /// Only what is of this type.
    #[serde(rename = "type")]
    #[param(value_type = Option<i64>)]
    kind: Option<EquipmentTypeId>,
    /// Only what is in this state: `offline`, `bad`, `stale`, `waiting`, `normal`.
    state: Option<String>,
}

/// All equipment.
#[utoipa::path(
    get, path = "/equipment", tag = "equipment", params(EquipmentFilter, PageQuery),
    responses((status = 200, description = "A part of it", body = Page<EquipmentOut>))
)]
pub async fn list(
    desk: Desk,
    Query(filter): Query<EquipmentFilter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<EquipmentOut>>, WebError> {
    let present = desk.caller.present(&desk.state).await?;
    let state = |row: &EquipmentRow| present.condition(row.id).name();
    let rows = present.model.equipment.iter().filter(|row| {
        filter.site.is_none_or(|site| row.equipment.site_id == site)
            && filter.kind.is_none_or(|kind| row.equipment.type_id == kind)
            && filter
                .state
                .as_deref()
                .is_none_or(|wanted| state(row) == wanted)
    });
    let db = desk.caller.client.scope().db();
    let rows_of_custom = fields::list_of_equipment(db).await?;
    let mut custom = by_key(&fields::list(db).await?, &rows_of_custom);
    let show = |row: &EquipmentRow| {
        let kind = present.model.type_of(row);
        let kind = kind.map(|kind| kind.equipment_type.key.clone());
        let custom = custom.remove(&row.id.0).unwrap_or_default();
        EquipmentOut {
            custom,
            ..EquipmentOut::of(row, kind.unwrap_or_default(), state(row))
        }
    };
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(EquipmentWish, EquipmentOut, "equipment", "/equipment/{id}");
changes!(
    EquipmentWish,
    EquipmentOut,
    "equipment",
    "/equipment",
    "/equipment/{id}"
);

/// Several changes of equipment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipmentBatch {
    /// In the order they are made in.
    #[schema(max_items = 1000)]
    changes: Vec<EquipmentChange>,
}

/// One of several changes: a patch, or a removal.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EquipmentChange {
    /// Which equipment.
    id: i64,
    /// What it was when it was looked at: its ETag without quotes.
    version: Option<String>,
    /// What of it becomes what, as in a PATCH.
    #[schema(value_type = Option<Object>)]
    patch: Option<Value>,
    /// Whether it goes.
    #[serde(default)]
    remove: bool,
}

/// Changes or removes many at once: all of it, or nothing.
#[utoipa::path(
    post, path = "/equipment/batch", tag = "equipment", request_body = EquipmentBatch,
    responses((status = 204, description = "All of it is made"))
)]
pub async fn batch(desk: Desk, body: JsonBody) -> Result<axum::http::StatusCode, WebError> {
    let batch: EquipmentBatch = body.read()?;
    if batch.changes.len() > MOST_IN_A_BATCH {
        let most = MOST_IN_A_BATCH;
        return Err(WebError::fault("/changes", Reason::TooMany { most }));
    }
    let wishes: Vec<Wish> = batch
        .changes
        .into_iter()
        .map(EquipmentChange::wish)
        .collect();
    desk.make(&wishes).await?;
    Ok(axum::http::StatusCode::NO_CONTENT)
}

impl EquipmentChange {
    fn wish(self) -> Wish {
        let seen = self.version.map(Version::known);
        if self.remove {
            return Wish::remove(Thing::Equipment, self.id, seen);
        }
        let with = self.patch.unwrap_or_default();
        let with = if with.is_null() {
            Value::Object(serde_json::Map::new())
        } else {
            with
        };
        Wish::patch(Thing::Equipment, self.id, with, seen)
    }
}

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<EquipmentOut, WebError> {
    let (db, id) = (desk.caller.client.scope().db(), EquipmentId(id));
    let row = equipment::find(db, id).await?.ok_or(WebError::NotFound)?;
    let kind = equipment_types::find(db, row.equipment.type_id).await?;
    let kind = kind.map(|kind| kind.equipment_type.key);
    let points = points::list_of(db, id).await?;
    let ids: Vec<_> = points.iter().map(|point| point.id).collect();
    let (now, mut tally) = (desk.state.clock.now(), Tally::default());
    let engine = desk.caller.client.engine();
    let (newest, link) = (engine.latest(&ids), Link::of(&desk.model, engine, id));
    let mut shown = Vec::with_capacity(points.len());
    for (point, (_, sample)) in points.iter().zip(&newest) {
        let trust = link.trust(point, sample.as_ref(), now);
        tally.see(&point.spec, sample.as_ref(), trust);
        shown.push(PointOut::of(point, sample.as_ref(), trust));
    }
    let out = EquipmentOut::of(&row, kind.unwrap_or_default(), tally.condition().name());
    let rows = fields::list_of_thing(db, id.0).await?;
    let mut custom = by_key(&fields::list(db).await?, &rows);
    Ok(EquipmentOut {
        custom: custom.remove(&id.0).unwrap_or_default(),
        points: Some(shown),
        ..out
    })
}

impl EquipmentOut {
    fn of(row: &EquipmentRow, kind: String, state: &'static str) -> Self {
        let equipment = row.equipment.clone();
        Self {
            id: row.id,
            key: equipment.key,
            name: equipment.name,
            site: equipment.site_id,
            parent: equipment.parent_id,
            kind,
            model: equipment.model,
            serial: equipment.serial,
            note: equipment.note,
            state,
            created_by: row.created_by.clone(),
            created_at: row.created_at.to_string(),
            custom: Custom::new(),
            points: None,
        }
    }
}
