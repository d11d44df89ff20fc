//! `DELETE /api/v1/points/{id}/samples`: takes samples away for good.

use super::query;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{PointId, TimeRange};
use crate::runtime::Client;
use crate::telemetry::Noted;
use crate::web::extract::{Caller, Path, Query};
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Samples that are counted at once.
const AT_ONCE: usize = 100_000;

/// Which samples; neither end is guessed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeletedRange {
    /// RFC 3339, or milliseconds since 1970.
    #[param(value_type = query::Instant, inline)]
    start: String,
    /// The same; not included.
    #[param(value_type = query::Instant, inline)]
    end: String,
}

/// What was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedOut {
    #[schema(value_type = i64)]
    point: PointId,
    start: String,
    end: String,
    /// How many samples lay there.
    deleted: u64,
}

/// Takes the samples of a point in a range away, for good; what is written later stays.
#[utoipa::path(
    delete, path = "/points/{id}/samples", tag = "samples", params(("id" = i64, Path), DeletedRange),
    responses((status = 200, description = "They are gone", body = DeletedOut))
)]
pub async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<PointId>,
    Query(asked): Query<DeletedRange>,
) -> Result<Json<DeletedOut>, WebError> {
    let range = query::range(Some(&asked.start), Some(&asked.end))?;
    let model = caller.model(&state).await?;
    let point = model.point(id).ok_or(WebError::NotFound)?;
    let equipment = model.equipment(point.equipment_id);
    let owner = equipment.ok_or(WebError::NotFound)?;
    let deleted = count(&caller.client, id, range).await?;
    let told = Fields::new()
        .with("samples", deleted)
        .with("start", range.start.to_string())
        .with("end", range.end.to_string());
    let key = format!("{}/{}", owner.equipment.key, point.spec.key);
    let subject = Subject::new("samples", key).named(&point.spec.name);
    let noted = Noted {
        at: state.clock.now(),
        actor: caller.actor().clone(),
        deed: Deed::new(Action::REMOVED, subject).before(told),
    };
    caller.client.delete_samples(id, range, noted).await?;
    Ok(Json(DeletedOut {
        point: id,
        start: range.start.to_string(),
        end: range.end.to_string(),
        deleted,
    }))
}

/// How many samples lie in a range, read a piece at a time.
async fn count(client: &Client, point: PointId, range: TimeRange) -> Result<u64, WebError> {
    let (mut found, mut rest) = (0, range);
    loop {
        let samples = client.engine().samples(point, rest, AT_ONCE).await?;
        found += samples.len() as u64;
        let Some(last) = samples.last().filter(|_| samples.len() == AT_ONCE) else {
            return Ok(found);
        };
        match TimeRange::new(last.at.plus(1), range.end) {
            Some(later) => rest = later,
            None => return Ok(found),
        }
    }
}
