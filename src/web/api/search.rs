//! The search, for programs.

use super::query;
use crate::domain::{EquipmentId, PointId, SiteId};
use crate::web::extract::{Caller, Query};
use crate::web::model::Model;
use crate::web::search::{Found, Hit};
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const USUAL: usize = 20;
const MOST: usize = 100;
const LONGEST: usize = 200;

/// What is searched.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Words; all of them must be answered. A typo is forgiven.
    #[param(max_length = 200)]
    q: String,
    /// At most so many; 20 if not given.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// What was found, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchOut {
    items: Vec<HitOut>,
}

/// Something found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HitOut {
    /// A site.
    Site {
        /// Its id.
        #[schema(value_type = i64)]
        id: SiteId,
        /// What people call it.
        name: String,
        /// How well it answers; greater is better.
        score: u32,
    },
    /// An equipment.
    Equipment {
        /// Its id.
        #[schema(value_type = i64)]
        id: EquipmentId,
        /// What people call it.
        name: String,
        /// Where it stands.
        #[schema(value_type = i64)]
        site: SiteId,
        /// See above.
        score: u32,
    },
    /// A point.
    Point {
        /// Its id.
        #[schema(value_type = i64)]
        id: PointId,
        /// What people call it.
        name: String,
        /// Whose it is.
        #[schema(value_type = i64)]
        equipment: EquipmentId,
        /// See above.
        score: u32,
    },
}

/// Sites, equipment and points that answer every word of `q`, the best first.
#[utoipa::path(
    get, path = "/search", tag = "equipment", params(SearchQuery),
    responses((status = 200, description = "What was found", body = SearchOut))
)]
pub async fn search(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<SearchQuery>,
) -> Result<Json<SearchOut>, WebError> {
    if asked.q.chars().count() > LONGEST {
        return Err(WebError::invalid(
            "q",
            format!("must have at most {LONGEST} characters"),
        ));
    }
    let limit = query::limit(asked.limit, USUAL, MOST)?;
    let model = caller.model(&state).await?;
    let index = state.indexes.of(caller.client.tenant().id, &model).await;
    let hits = index.search(&asked.q, limit);
    Ok(Json(SearchOut {
        items: hits
            .iter()
            .filter_map(|hit| HitOut::of(hit, &model))
            .collect(),
    }))
}

impl HitOut {
    fn of(hit: &Hit, model: &Model) -> Option<Self> {
        let score = hit.score;
        Some(match hit.found {
            Found::Site(id) => Self::Site {
                name: model.site(id)?.site.name.clone(),
                id,
                score,
            },
            Found::Equipment(id) => {
                let equipment = &model.equipment(id)?.equipment;
                Self::Equipment {
                    name: equipment.name.clone(),
                    site: equipment.site_id,
                    id,
                    score,
                }
            }
            Found::Point(id) => {
                let point = model.point(id)?;
                Self::Point {
                    name: point.spec.name.clone(),
                    equipment: point.equipment_id,
                    id,
                    score,
                }
            }
        })
    }
}
