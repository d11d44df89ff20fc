//! The history of a point as tables: its newest samples, and rollups of what is longer than they reach.

use crate::domain::{PointId, PointKind, Sample, TimeRange, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::{Engine, EngineError, Resolution, Rollup};
use crate::web::format;
use crate::web::value::{Reader, figure};

const ROWS: usize = 50;
/// Samples listed above a table of rollups.
const SAMPLES_BESIDE: usize = 10;
/// Up to here single samples are all there is to list.
const SAMPLES_UP_TO: i64 = 6 * Timestamp::HOUR;
/// The newest samples are looked for in this last part of a range, then in ever longer ones.
const FIRST_LOOK: i64 = Timestamp::HOUR;
const LOOK_FURTHER: i64 = 8;
/// Up to here hours, beyond it days.
const HOURS_UP_TO: i64 = 3 * Timestamp::DAY;
/// Samples read in one look.
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

/// Reads the tables of a point.
pub async fn read(
    engine: &Engine,
    point: &PointRow,
    range: TimeRange,
    reader: &Reader,
) -> Result<Vec<Table>, EngineError> {
    if range.micros() <= SAMPLES_UP_TO || point.spec.kind != PointKind::Number {
        let samples = newest(engine, point.id, range, ROWS).await?;
        return Ok(vec![of_samples(point, &samples, reader)]);
    }
    let resolution = if range.micros() <= HOURS_UP_TO {
        Resolution::Hour
    } else {
        Resolution::Day
    };
    let samples = newest(engine, point.id, range, SAMPLES_BESIDE).await?;
    let rollups = engine.rollups(&[point.id], range, resolution).await?;
    let rollups = rollups.into_iter().next().map(|(_, rollups)| rollups);
    Ok(vec![
        of_samples(point, &samples, reader),
        of_rollups(point, &rollups.unwrap_or_default(), resolution, reader),
    ])
}

/// The newest samples of a range, ascending, and whether older ones were left out.
async fn newest(
    engine: &Engine,
    point: PointId,
    range: TimeRange,
    wanted: usize,
) -> Result<Newest, EngineError> {
    let mut length = FIRST_LOOK;
    loop {
        let start = range.end.plus(-length).max(range.start);
        let looked = TimeRange { start, ..range };
        let mut samples = engine.samples(point, looked, READ_AT_MOST).await?;
        let left_out = samples.len().saturating_sub(wanted);
        if left_out > 0 || start == range.start {
            return Ok(Newest {
                samples: samples.split_off(left_out),
                more: left_out > 0,
            });
        }
        length *= LOOK_FURTHER;
    }
}

/// See [`newest`].
#[derive(Debug, Clone, Default)]
pub(super) struct Newest {
    pub(super) samples: Vec<Sample>,
    pub(super) more: bool,
}

pub(super) fn of_samples(point: &PointRow, newest: &Newest, reader: &Reader) -> Table {
    let words = reader.words;
    Table {
        title: words.get("table-samples"),
        note: note(newest.more, newest.samples.len(), reader),
        heads: ["table-time", "table-value", "table-quality"]
            .map(|key| words.get(key))
            .into(),
        rows: newest
            .samples
            .iter()
            .rev()
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
        note: note(rollups.len() > ROWS, ROWS, reader),
        heads: heads.map(|key| words.get(key)).into(),
        rows: rollups
            .iter()
            .rev()
            .take(ROWS)
            .map(|rollup| {
                let value = |value| figure(&point.spec, value, words);
                let n = format::number(rollup.n as f64, 0, words);
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

fn note(more: bool, shown: usize, reader: &Reader) -> String {
    if more {
        reader.words.count("table-newest", shown)
    } else {
        String::new()
    }
}
