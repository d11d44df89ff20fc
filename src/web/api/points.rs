//! The history of one point: exact samples, and rollups.

use super::query;
use crate::domain::{PointId, Sample, Timestamp};
use crate::telemetry::{Resolution, Rollup};
use crate::web::extract::{Caller, Path, Query};
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const USUAL_LIMIT: usize = 1_000;
const MOST: usize = 100_000;

/// What `/samples` may be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SamplesQuery {
    /// RFC 3339, or milliseconds since 1970; nothing for the oldest.
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    start: Option<String>,
    /// The same; not included.
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    end: Option<String>,
    /// At most so many; 1,000 if not given.
    #[param(minimum = 1, maximum = 100_000)]
    limit: Option<usize>,
}

/// Samples in ascending time.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleList {
    #[schema(value_type = i64)]
    point: PointId,
    samples: Vec<SampleOut>,
    /// The `start` that continues where this answer ends; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One sample: its value is written so that reading it back gives the same bits.
#[derive(Debug, Serialize, ToSchema)]
struct SampleOut {
    /// To the microsecond.
    at: String,
    value: Number,
    /// `good`, `uncertain` or `bad`.
    quality: &'static str,
}

/// A number, or the name of one that JSON cannot write.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Number {
    Finite(f64),
    Named(&'static str),
}

impl From<f64> for Number {
    fn from(value: f64) -> Self {
        match value {
            _ if value.is_finite() => Self::Finite(value),
            _ if value.is_nan() => Self::Named("NaN"),
            _ if value > 0.0 => Self::Named("Infinity"),
            _ => Self::Named("-Infinity"),
        }
    }
}

/// Exact samples of a point, in ascending time.
#[utoipa::path(
    get, path = "/points/{id}/samples", tag = "samples", params(("id" = i64, Path), SamplesQuery),
    responses((status = 200, description = "Samples, and where they continue", body = SampleList))
)]
pub async fn samples(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<PointId>,
    Query(asked): Query<SamplesQuery>,
) -> Result<Json<SampleList>, WebError> {
    let range = query::range(asked.start.as_deref(), asked.end.as_deref())?;
    let limit = query::limit(asked.limit, USUAL_LIMIT, MOST)?;
    known(&state, &caller, id).await?;
    let found = caller.client.engine().samples(id, range, limit).await?;
    let next = (found.len() == limit).then(|| found.last()).flatten();
    Ok(Json(SampleList {
        point: id,
        next: next.map(|last| rfc3339(last.at.plus(1))),
        samples: found.iter().map(SampleOut::of).collect(),
    }))
}

impl SampleOut {
    fn of(sample: &Sample) -> Self {
        Self {
            at: rfc3339(sample.at),
            value: sample.value.into(),
            quality: sample.quality.as_str(),
        }
    }
}

/// Always six digits of a second: what is kept is the microsecond.
fn rfc3339(at: Timestamp) -> String {
    at.to_jiff()
        .map_or_else(|| at.to_string(), |instant| format!("{instant:.6}"))
}

/// What `/rollups` may be asked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RollupsQuery {
    /// RFC 3339, or milliseconds since 1970; nothing for the oldest.
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    start: Option<String>,
    /// The same; not included.
    #[param(value_type = Option<query::MaybeInstant>, inline)]
    end: Option<String>,
    /// `hour`, `day` or `month`; days and months are those of the site's time zone.
    #[param(value_type = String, pattern = "^(hour|day|month)$")]
    resolution: Resolution,
}

/// Rollups in ascending time.
#[derive(Debug, Serialize, ToSchema)]
pub struct RollupList {
    #[schema(value_type = i64)]
    point: PointId,
    #[schema(value_type = String)]
    resolution: Resolution,
    rollups: Vec<RollupOut>,
}

#[derive(Debug, Serialize, ToSchema)]
struct RollupOut {
    start: String,
    end: String,
    n: u64,
    min: Number,
    max: Number,
    /// Weighted by how long each value stood.
    mean: Number,
    first: Number,
    last: Number,
}

/// Hours, days or months of a point, in ascending time.
#[utoipa::path(
    get, path = "/points/{id}/rollups", tag = "samples", params(("id" = i64, Path), RollupsQuery),
    responses((status = 200, description = "Rollups", body = RollupList))
)]
pub async fn rollups(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<PointId>,
    Query(asked): Query<RollupsQuery>,
) -> Result<Json<RollupList>, WebError> {
    let range = query::range(asked.start.as_deref(), asked.end.as_deref())?;
    known(&state, &caller, id).await?;
    let found = caller
        .client
        .engine()
        .rollups(&[id], range, asked.resolution)
        .await?;
    let found = found.into_iter().flat_map(|(_, rollups)| rollups);
    Ok(Json(RollupList {
        point: id,
        resolution: asked.resolution,
        rollups: found.map(|rollup| RollupOut::of(&rollup)).collect(),
    }))
}

impl RollupOut {
    fn of(rollup: &Rollup) -> Self {
        Self {
            start: rfc3339(rollup.start),
            end: rfc3339(rollup.end),
            n: rollup.n,
            min: rollup.min.into(),
            max: rollup.max.into(),
            mean: rollup.mean.into(),
            first: rollup.first.into(),
            last: rollup.last.into(),
        }
    }
}

async fn known(state: &AppState, caller: &Caller, id: PointId) -> Result<(), WebError> {
    let model = caller.model(state).await?;
    model.point(id).map(|_| ()).ok_or(WebError::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_so_that_the_same_bits_come_back() {
        for value in [10.0 / 3.0, 0.1 + 0.2, f64::MIN_POSITIVE, -0.0, 1e300] {
            let text = serde_json::to_string(&Number::from(value)).unwrap();
            let back: f64 = serde_json::from_str(&text).unwrap();
            assert_eq!(back.to_bits(), value.to_bits(), "{text}");
        }
        assert_eq!(
            serde_json::to_string(&Number::from(f64::NAN)).unwrap(),
            "\"NaN\""
        );
    }

    #[test]
    fn an_instant_is_written_to_the_microsecond() {
        assert_eq!(rfc3339(Timestamp(1_500_000)), "1970-01-01T00:00:01.500000Z");
    }
}
