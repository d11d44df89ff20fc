//! `/api/v1`: samples in, samples and model out. Errors are problem+json (RFC 9457).
//!
//! What each route asks of its caller stands in the table of `web::permissions`.

mod body;
mod chart;
mod chart_columns;
mod model;
mod points;
mod query;
mod room;
mod write;

pub use room::WriteRoom;

use super::AppState;
use axum::Router;
use axum::routing::{get, post};

/// All of the API, below `/api/v1`.
pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/telemetry", post(write::telemetry))
        .route("/write", post(write::line_protocol))
        .route("/sites", get(model::sites))
        .route("/equipment", get(model::equipment))
        .route("/equipment/{id}", get(model::one_equipment))
        .route("/points", get(model::points))
        .route("/points/{id}/samples", get(points::samples))
        .route("/points/{id}/rollups", get(points::rollups))
        .route("/chart", get(chart::show))
}
