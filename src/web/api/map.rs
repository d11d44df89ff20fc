//! The sites that have a place on earth, each with its worst state: what a map needs.

use super::pages::{Page, PageQuery};
use crate::domain::SiteId;
use crate::store::tenant::SiteRow;
use crate::web::condition::Condition;
use crate::web::extract::{Caller, Query};
use crate::web::present::Present;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use std::collections::HashMap;
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
    get, path = "/map", tag = "sites", params(PageQuery),
    responses((status = 200, description = "A part of them", body = Page<MapSiteOut>))
)]
pub async fn map(
    State(state): State<AppState>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<MapSiteOut>>, WebError> {
    let slice = page.slice()?;
    let present = caller.present(&state).await?;
    let totals = totals(&present);
    let sites = present.model.sites.iter();
    let placed = sites.filter(|row| place(row).is_some());
    Ok(Json(slice.of(
        placed,
        |row| row.id.0,
        |row| MapSiteOut::of(row, totals.get(&row.id).copied().unwrap_or_default()),
    )))
}

/// What stands on a site and inside it.
#[derive(Debug, Clone, Copy, Default)]
struct Total {
    equipment: usize,
    /// Nothing where nothing stands.
    worst: Option<Condition>,
}

impl Total {
    fn add(&mut self, other: Self) {
        self.equipment += other.equipment;
        self.worst = self.worst.into_iter().chain(other.worst).min();
    }
}

/// Those of all sites in one pass: each gives what stands on it to all that it lies in.
fn totals(present: &Present) -> HashMap<SiteId, Total> {
    let model = &present.model;
    let mut totals: HashMap<_, Total> = HashMap::new();
    for row in &model.sites {
        let here = model.equipment_of(row.id);
        let own = Total {
            equipment: here.len(),
            worst: here.iter().map(|row| present.condition(row.id)).min(),
        };
        let around = |id: &SiteId| model.site(*id)?.site.parent_id;
        for site in std::iter::successors(Some(row.id), around) {
            totals.entry(site).or_default().add(own);
        }
    }
    totals
}

fn place(row: &SiteRow) -> Option<(f64, f64)> {
    row.site.latitude.zip(row.site.longitude)
}

impl MapSiteOut {
    fn of(row: &SiteRow, total: Total) -> Self {
        let (latitude, longitude) = place(row).unwrap_or_default();
        Self {
            id: row.id,
            name: row.site.name.clone(),
            latitude,
            longitude,
            state: total.worst.unwrap_or(Condition::Waiting).name(),
            equipment: total.equipment,
        }
    }
}
