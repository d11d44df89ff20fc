//! The sites that have a place on earth, each with its worst state: what a map needs.

use super::pages::Items;
use crate::domain::SiteId;
use crate::store::tenant::SiteRow;
use crate::web::extract::Caller;
use crate::web::present::Present;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// One site of a map.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapSiteOut {
    #[schema(value_type = i64)]
    id: SiteId,
    name: String,
    latitude: f64,
    longitude: f64,
    /// `offline`, `bad`, `stale`, `waiting` or `normal`: the worst on it and inside it.
    state: &'static str,
    /// Equipment on it and inside it.
    equipment: usize,
}

/// Sites that have a place on earth, with their worst states.
#[utoipa::path(
    get, path = "/map", tag = "sites",
    responses((status = 200, description = "All of them", body = Items<MapSiteOut>))
)]
pub async fn map(
    State(state): State<AppState>,
    caller: Caller,
) -> Result<Json<Items<MapSiteOut>>, WebError> {
    let present = caller.present(&state).await?;
    let sites = present.model.sites.iter();
    let items = sites.filter_map(|row| MapSiteOut::of(&present, row));
    Ok(Json(Items {
        items: items.collect(),
    }))
}

impl MapSiteOut {
    fn of(present: &Present, row: &SiteRow) -> Option<Self> {
        let (latitude, longitude) = row.site.latitude.zip(row.site.longitude)?;
        let state = present.worst_of(&present.model.within(row.id));
        Some(Self {
            id: row.id,
            name: row.site.name.clone(),
            latitude,
            longitude,
            state: state.name(),
            equipment: present.model.equipment_within(row.id).count(),
        })
    }
}
