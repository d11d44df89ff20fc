//! What the charts of a page load: compact columns, as many as there are pixels.

use super::chart_columns::{Series, States};
use super::query;
use crate::domain::{PointId, PointKind, TimeRange, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::{Engine, EngineError, Resolution};
use crate::web::extract::{Caller, Query};
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const POINTS_AT_ONCE: usize = 24;
const WIDTHS: std::ops::RangeInclusive<usize> = 100..=4_000;
const USUAL_WIDTH: usize = 900;
/// Longer ranges are read from rollups.
const SAMPLES_UP_TO: i64 = 3 * Timestamp::DAY;
/// Longer ranges show the longest state of each day.
const STATES_UP_TO: i64 = 31 * Timestamp::DAY;
const READ_AT_MOST: usize = 1_000_000;

/// What a chart asks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChartQuery {
    /// Ids of at most 24 points, separated by commas.
    #[param(pattern = "^[0-9]{1,18}(,[0-9]{1,18}){0,23}$")]
    points: String,
    /// RFC 3339, or milliseconds since 1970.
    #[param(value_type = query::Instant, inline)]
    start: String,
    /// The same; after `start`.
    #[param(value_type = query::Instant, inline)]
    end: String,
    /// Columns wanted: one a pixel.
    #[param(minimum = 100, maximum = 4000)]
    width: Option<usize>,
}

/// Columns of all points that were asked.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChartOut {
    start: i64,
    end: i64,
    /// The server's clock, ms.
    now: i64,
    /// Numbers: columns `t` (ms), `min`, `max`, `mean`.
    #[schema(value_type = Vec<Object>)]
    series: Vec<Series>,
    /// States and booleans: spans and their words.
    #[schema(value_type = Vec<Object>)]
    states: Vec<States>,
}

/// What a chart draws: numbers as columns, states as spans.
#[utoipa::path(
    get, path = "/chart", tag = "samples", params(ChartQuery),
    responses((status = 200, description = "Columns of all points that were asked", body = ChartOut))
)]
pub async fn show(
    State(state): State<AppState>,
    caller: Caller,
    Query(asked): Query<ChartQuery>,
) -> Result<Json<ChartOut>, WebError> {
    let ids = query::points(&asked.points, POINTS_AT_ONCE)?;
    let range = query::range(Some(&asked.start), Some(&asked.end))?;
    let width = asked.width.unwrap_or(USUAL_WIDTH);
    if !WIDTHS.contains(&width) {
        let (least, most) = (WIDTHS.start(), WIDTHS.end());
        let allowed = format!("must be between {least} and {most}");
        return Err(WebError::invalid("width", allowed));
    }
    let model = caller.model(&state).await?;
    let known = |id: &PointId| model.point(*id).ok_or(WebError::NotFound);
    let rows = ids.iter().map(known).collect::<Result<Vec<_>, _>>()?;
    let (numbers, states): (Vec<_>, Vec<_>) = rows
        .into_iter()
        .partition(|row| row.spec.kind == PointKind::Number);
    let now = state.clock.now();
    let source = Source {
        engine: caller.client.engine(),
        range,
        width,
        now,
    };
    Ok(Json(ChartOut {
        start: range.start.as_millis(),
        end: range.end.as_millis(),
        now: now.as_millis(),
        series: source.series(&numbers).await?,
        states: source.states(&states).await?,
    }))
}

struct Source<'a> {
    engine: &'a Engine,
    range: TimeRange,
    width: usize,
    now: Timestamp,
}

impl Source<'_> {
    async fn series(&self, rows: &[&PointRow]) -> Result<Vec<Series>, EngineError> {
        if self.range.micros() > SAMPLES_UP_TO {
            return self.rolled_up(rows).await;
        }
        let mut series = Vec::with_capacity(rows.len());
        for row in rows {
            let samples = self
                .engine
                .samples(row.id, self.range, READ_AT_MOST)
                .await?;
            series.push(Series::of_samples(
                row, &samples, self.range, self.width, self.now,
            ));
        }
        Ok(series)
    }

    async fn rolled_up(&self, rows: &[&PointRow]) -> Result<Vec<Series>, EngineError> {
        let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
        let hours = usize::try_from(self.range.micros() / Timestamp::HOUR).unwrap_or(usize::MAX);
        let resolution = if hours <= 2 * self.width {
            Resolution::Hour
        } else {
            Resolution::Day
        };
        let found = self.engine.rollups(&ids, self.range, resolution).await?;
        Ok(found
            .iter()
            .map(|(point, rollups)| Series::of_rollups(*point, rollups))
            .collect())
    }

    async fn states(&self, rows: &[&PointRow]) -> Result<Vec<States>, EngineError> {
        let mut states = Vec::with_capacity(rows.len());
        for row in rows {
            states.push(self.states_of(row).await?);
        }
        Ok(states)
    }

    async fn states_of(&self, row: &PointRow) -> Result<States, EngineError> {
        if self.range.micros() > STATES_UP_TO {
            let spans = self
                .engine
                .state_durations(row.id, self.range, Resolution::Day)
                .await?;
            return Ok(States::of_days(row.id, &spans));
        }
        let before = self.before(row).await?;
        let samples = self
            .engine
            .samples(row.id, self.range, READ_AT_MOST)
            .await?;
        let until = self.range.end.min(self.now);
        Ok(States::of_samples(
            row,
            before,
            &samples,
            self.range.start,
            until,
            self.width,
        ))
    }

    /// The value that stood when the range began, for points that only report changes.
    async fn before(&self, row: &PointRow) -> Result<Option<f64>, EngineError> {
        if row.spec.period_s.is_some() {
            return Ok(None);
        }
        let start = self.range.start;
        let day_before = TimeRange {
            start: start.plus(-Timestamp::DAY),
            end: start,
        };
        let found = self
            .engine
            .samples(row.id, day_before, READ_AT_MOST)
            .await?;
        if let Some(last) = found.last() {
            return Ok(Some(last.value));
        }
        let newest = self
            .engine
            .latest(&[row.id])
            .into_iter()
            .find_map(|(_, sample)| sample);
        Ok(newest
            .filter(|sample| sample.at < start)
            .map(|sample| sample.value))
    }
}
