//! The history of a point as a table: samples of short ranges, rollups of long ones.

use crate::domain::{PointKind, Sample, TimeRange, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::{Engine, EngineError, Resolution, Rollup};
use crate::web::format;
use crate::web::value::{Reader, figure};

const ROWS: usize = 50;
/// Up to here single samples are listed; named states always are.
const SAMPLES_UP_TO: i64 = 6 * Timestamp::HOUR;
/// Up to here hours, beyond it days.
const HOURS_UP_TO: i64 = 3 * Timestamp::DAY;
/// Samples read to find the newest of a range.
const READ_AT_MOST: usize = 20_000;

/// Heads and rows, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Table {
    /// What is listed.
    pub title: String,
    /// How much of it.
    pub note: String,
    /// Heads.
    pub heads: Vec<String>,
    /// Cells in the order of the heads.
    pub rows: Vec<Vec<String>>,
}

/// Reads the table of a point.
pub async fn read(
    engine: &Engine,
    point: &PointRow,
    range: TimeRange,
    reader: &Reader,
) -> Result<Table, EngineError> {
    if range.micros() <= SAMPLES_UP_TO || point.spec.kind != PointKind::Number {
        let samples = engine.samples(point.id, range, READ_AT_MOST).await?;
        return Ok(of_samples(point, &samples, reader));
    }
    let resolution = if range.micros() <= HOURS_UP_TO {
        Resolution::Hour
    } else {
        Resolution::Day
    };
    let rollups = engine.rollups(&[point.id], range, resolution).await?;
    let rollups = rollups
        .into_iter()
        .next()
        .map(|(_, rollups)| rollups)
        .unwrap_or_default();
    Ok(of_rollups(point, &rollups, resolution, reader))
}

pub(super) fn of_samples(point: &PointRow, samples: &[Sample], reader: &Reader) -> Table {
    let words = reader.words;
    let newest = samples.iter().rev().take(ROWS);
    Table {
        title: words.get("table-samples"),
        note: note(samples.len(), reader),
        heads: ["table-time", "table-value", "table-quality"]
            .map(|key| words.get(key))
            .into(),
        rows: newest
            .map(|sample| {
                let day = format::moment_seconds(sample.at, reader.now, &reader.zone, words);
                let quality = words.get(&format!("quality-{}", sample.quality.as_str()));
                vec![day, figure(&point.spec, sample.value, words), quality]
            })
            .collect(),
    }
}

fn of_rollups(
    point: &PointRow,
    rollups: &[Rollup],
    resolution: Resolution,
    reader: &Reader,
) -> Table {
    let words = reader.words;
    let daily = resolution == Resolution::Day;
    let when = |at| {
        if daily {
            format::date(at, &reader.zone, words)
        } else {
            format::moment(at, reader.now, &reader.zone, words)
        }
    };
    let heads = [
        "table-time",
        "table-min",
        "table-mean",
        "table-max",
        "table-n",
    ];
    Table {
        title: words.get(if daily {
            "table-rollups-day"
        } else {
            "table-rollups"
        }),
        note: note(rollups.len(), reader),
        heads: heads.map(|key| words.get(key)).into(),
        rows: rollups
            .iter()
            .rev()
            .take(ROWS)
            .map(|rollup| {
                let value = |value| figure(&point.spec, value, words);
                let n = format::number(rollup.n as f64, 0, words.0);
                vec![
                    when(rollup.start),
                    value(rollup.min),
                    value(rollup.mean),
                    value(rollup.max),
                    n,
                ]
            })
            .collect(),
    }
}

fn note(n: usize, reader: &Reader) -> String {
    if n > ROWS {
        reader.words.count("table-newest", ROWS)
    } else {
        String::new()
    }
}
