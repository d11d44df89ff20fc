//! The arithmetic of a merge: from old blocks and new samples to rows.

use super::plan::{DayPlan, PointPlan};
use crate::domain::{PointId, Timestamp};
use crate::store::tenant::blocks::{BlockData, BlockEntry, NewBlock};
use crate::store::tenant::open_spans::{Derived, OpenSpanRow};
use crate::store::tenant::rollups::{CalendarUnit, RollupRow};
use crate::telemetry::calendar::Calendar;
use crate::telemetry::codec::{BLOCK_SAMPLES, Columns, encode_block};
use crate::telemetry::engine::PointZones;
use crate::telemetry::head::{Layer, Tail};
use crate::telemetry::series::merge;
use crate::telemetry::summary::Summary;
use crate::telemetry::view::without_deleted;
use crate::telemetry::{EngineError, read};
use jiff::tz::TimeZone;
use std::collections::{BTreeSet, HashMap};

/// What one transaction writes.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) replaced: Vec<i64>,
    pub(super) blocks: Vec<NewBlock>,
    pub(super) hours: Vec<RollupRow>,
    pub(super) cleared_hours: Vec<ClearedHours>,
    pub(super) open_spans: Vec<(Derived, Vec<OpenSpanRow>)>,
    /// Each point.
    pub(super) points: Vec<MergedPoint>,
}

/// What a point has in blocks afterwards.
pub(in crate::telemetry) struct MergedPoint {
    pub(in crate::telemetry) point: PointId,
    /// The newest merged sample.
    pub(in crate::telemetry) newest: Option<i64>,
    /// The blocks of the last day that was written.
    pub(in crate::telemetry) tail: Option<Tail>,
}

/// Hours of a point whose rows go.
pub(super) struct ClearedHours {
    pub(super) point: PointId,
    pub(super) from_at: i64,
    pub(super) until_at: i64,
}

/// Computes a group; `data` holds what the plans want.
pub(super) fn build(
    layer: &Layer,
    plans: Vec<PointPlan>,
    data: Vec<BlockData>,
) -> Result<Merged, EngineError> {
    let mut stored: HashMap<i64, Vec<u8>> =
        data.into_iter().map(|row| (row.id, row.data)).collect();
    let mut merged = Merged::default();
    for PointPlan { point, days } in plans {
        let mut tail = None;
        for day in &days {
            let before = merged.blocks.len();
            build_day(layer, point, day, &mut stored, &mut merged)?;
            tail = tail_of(day, merged.blocks.len() - before);
        }
        let newest = super::fresh(layer, point).and_then(|columns| columns.times.last().copied());
        merged.points.push(MergedPoint {
            point,
            newest,
            tail,
        });
    }
    // As they lie in their table.
    merged
        .hours
        .sort_unstable_by_key(|row| (row.start_at, row.point_id));
    Ok(merged)
}

/// The blocks of a day once so many are written.
fn tail_of(day: &DayPlan, written: usize) -> Option<Tail> {
    (written > 0).then(|| Tail {
        day: day.day,
        parts: day.kept + written,
        next_part: day.part + written as i64,
    })
}

fn build_day(
    layer: &Layer,
    point: PointId,
    day: &DayPlan,
    stored: &mut HashMap<i64, Vec<u8>>,
    merged: &mut Merged,
) -> Result<(), EngineError> {
    let mut unpack = |entry: &BlockEntry| -> Result<Columns, EngineError> {
        let data = stored
            .remove(&entry.id)
            .ok_or_else(|| EngineError::Corrupt(format!("block {} is gone", entry.id)))?;
        let columns = read::unpack(point, &data)?;
        Ok(without_deleted(
            columns,
            entry.version,
            &of_point(layer, point),
        ))
    };
    let mut whole = Columns::default();
    for entry in &day.context {
        whole = merge(whole, unpack(entry)?);
    }
    let kept = whole.len();
    for entry in &day.replaced {
        whole = merge(whole, unpack(entry)?);
    }
    if let Some(columns) = super::fresh(layer, point) {
        whole = merge(whole, columns.slice(day.fresh.clone()));
    }
    merged
        .replaced
        .extend(day.replaced.iter().map(|entry| entry.id));
    push_blocks(layer.version, point, day, &whole, kept, merged)?;
    push_hours(layer, point, day, &whole, merged);
    Ok(())
}

fn of_point(layer: &Layer, point: PointId) -> Vec<crate::store::tenant::tombstones::TombstoneRow> {
    let mine = |of: Option<PointId>| of.is_none_or(|of| of == point);
    layer
        .tombstones
        .iter()
        .filter(|tombstone| mine(tombstone.point_id))
        .copied()
        .collect()
}

/// Cuts the samples from `kept` on into blocks.
fn push_blocks(
    version: i64,
    point: PointId,
    day: &DayPlan,
    whole: &Columns,
    kept: usize,
    merged: &mut Merged,
) -> Result<(), EngineError> {
    let mut start = kept;
    for part in day.part.. {
        let range = start..whole.len().min(start + BLOCK_SAMPLES);
        if range.is_empty() {
            break;
        }
        let data = encode_block(whole, range.clone(), day.packing)
            .map_err(|error| EngineError::Internal(error.to_string()))?;
        merged.blocks.push(NewBlock {
            point_id: point,
            day: day.day,
            part,
            version,
            t0: whole.times[range.start],
            t1: whole.times[range.end - 1],
            n: range.len() as i64,
            data,
        });
        start = range.end;
    }
    Ok(())
}

/// Computes the hours that new samples or deletions touched.
fn push_hours(layer: &Layer, point: PointId, day: &DayPlan, whole: &Columns, merged: &mut Merged) {
    let mut touched = BTreeSet::new();
    if let Some(columns) = super::fresh(layer, point) {
        touched.extend(hours_of(&columns.times[day.fresh.clone()]));
    }
    if let Some((from_at, until_at)) = day.cleared {
        touched.extend(hours_of(&whole.times[whole.within(from_at, until_at)]));
        merged.cleared_hours.push(ClearedHours {
            point,
            from_at,
            until_at,
        });
    }
    for start in touched {
        let end = start.saturating_add(Timestamp::HOUR);
        if let Some(summary) = Summary::of(whole, whole.within(start, end)) {
            merged.hours.push(summary.row(point, start, end));
        }
    }
}

/// The hours that ascending times lie in.
pub(in crate::telemetry) fn hours_of(mut times: &[i64]) -> Vec<i64> {
    let mut hours = Vec::new();
    while let Some(&at) = times.first() {
        let hour = Timestamp(at).hour_start().0;
        hours.push(hour);
        let rest = times.partition_point(|&at| at < hour.saturating_add(Timestamp::HOUR));
        times = &times[rest..];
    }
    hours
}

impl Merged {
    /// Finds the days and months that the changed hours lie in.
    pub(super) fn find_spans(&mut self, zones: &dyn PointZones) {
        for what in Derived::ALL {
            let spans = match what {
                Derived::PackedHours => self.spans_of(CalendarUnit::Day, |_| TimeZone::UTC),
                Derived::Calendar(unit) => self.spans_of(unit, |point| zones.zone(point)),
            };
            self.open_spans.push((what, spans.into_iter().collect()));
        }
    }

    fn spans_of(
        &self,
        unit: CalendarUnit,
        zone_of: impl Fn(PointId) -> TimeZone,
    ) -> BTreeSet<OpenSpanRow> {
        let mut calendar = Calendar::new(unit);
        let mut spans = BTreeSet::new();
        for (point, from_at, until_at) in self.changed() {
            let zone = zone_of(point);
            let mut at = from_at;
            while at < until_at {
                let (start_at, end_at) = calendar.around(&zone, at);
                spans.insert(OpenSpanRow {
                    point_id: point,
                    start_at,
                    end_at,
                });
                at = end_at.max(at.saturating_add(1));
            }
        }
        spans
    }

    /// Where hours changed.
    fn changed(&self) -> impl Iterator<Item = (PointId, i64, i64)> {
        let hours = self.hours.iter();
        let cleared = self.cleared_hours.iter();
        hours
            .map(|row| (row.point_id, row.start_at, row.end_at))
            .chain(cleared.map(|cleared| (cleared.point, cleared.from_at, cleared.until_at)))
    }
}
