//! Equipment types, with their points.

use crate::domain::EquipmentTypeId;
use crate::store::tenant::{EquipmentTypeRow, TypePointRow, equipment_types};
use crate::tenancy::change::{Act, PointWish, TypeWish, Wish, Wished};
use crate::web::WebError;
use crate::web::api::conditions::{self, IfMatch, IfNoneMatch};
use crate::web::api::desk::Desk;
use crate::web::api::json_body::JsonBody;
use crate::web::api::pages::{Page, PageQuery};
use crate::web::extract::{Path, Query};
use axum::Json;
use secrecy::SecretString;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// One equipment type.
#[derive(Debug, Serialize, ToSchema)]
pub struct TypeOut {
    #[schema(value_type = i64)]
    id: EquipmentTypeId,
    key: String,
    name: String,
    name_fr: Option<String>,
    icon: String,
    brick: Option<String>,
    haystack: Vec<String>,
    bookable: bool,
    points: Vec<PointWish>,
}

/// All equipment types.
#[utoipa::path(
    get, path = "/types", tag = "types", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<TypeOut>))
)]
pub async fn list(
    desk: Desk,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TypeOut>>, WebError> {
    let db = desk.caller.client.scope().db();
    let mut points: HashMap<EquipmentTypeId, Vec<TypePointRow>> = HashMap::new();
    for row in equipment_types::list_points(db).await? {
        points.entry(row.type_id).or_default().push(row);
    }
    let rows = desk.model.types.iter();
    let show =
        |row: &EquipmentTypeRow| TypeOut::of(row, points.remove(&row.id).unwrap_or_default());
    Ok(Json(page.slice()?.of(rows, |row| row.id.0, show)))
}

one!(TypeWish, TypeOut, "types", "/types/{id}");
changes!(TypeWish, TypeOut, "types", "/types", "/types/{id}");

async fn find(desk: &Desk, id: i64, _: Option<SecretString>) -> Result<TypeOut, WebError> {
    let (db, id) = (desk.caller.client.scope().db(), EquipmentTypeId(id));
    let row = equipment_types::find(db, id).await?;
    let points = equipment_types::list_points_of(db, id).await?;
    row.map(|row| TypeOut::of(&row, points))
        .ok_or(WebError::NotFound)
}

impl TypeOut {
    fn of(row: &EquipmentTypeRow, points: Vec<TypePointRow>) -> Self {
        let kind = row.equipment_type.clone();
        Self {
            id: row.id,
            key: kind.key,
            name: kind.name,
            name_fr: kind.name_fr,
            icon: kind.icon,
            brick: kind.brick_class,
            haystack: serde_json::from_str(&kind.haystack_tags).unwrap_or_default(),
            bookable: kind.bookable,
            points: points.iter().map(|row| PointWish::of(&row.spec)).collect(),
        }
    }
}
