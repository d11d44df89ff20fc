//! The hours a merge wrote: days that are over from one blob each, the others from their rows.
//!
//! Both say the same; a day with a mark in `rollups_open` changed since it was packed.

use super::EngineError;
use super::codec::decode_hours;
use super::read::off_the_loop;
use super::shared::Shared;
use super::summary::Summary;
use crate::domain::{PointId, Timestamp};
use crate::store::tenant::open_spans::{self, Derived, OpenSpanRow};
use crate::store::tenant::packed_hours::{self, PackedHoursRow};
use crate::store::tenant::rollups::{self, RollupRow};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// The sums of one point, ascending: start of the span, its end and summary.
pub(super) type Spans = Vec<(i64, (i64, Summary))>;

/// The stored hours of several points that begin in `from..until`.
pub(super) async fn stored_hours(
    shared: &Shared,
    points: &[PointId],
    from: i64,
    until: i64,
) -> Result<BTreeMap<PointId, Spans>, EngineError> {
    let db = &shared.db;
    // First the marks, then the rows: a merge between the two replaces a mark by its row.
    let open = open_spans::of_points(db, Derived::PackedHours, points, from, until).await?;
    let (first, last) = (utc_day(from), utc_day(until.saturating_sub(1)));
    let packed = packed_hours::of_points(db, points, first, last).await?;
    let rows = rows_of(shared, &open, from, until).await?;
    off_the_loop(move || {
        let open: HashSet<_> = open.iter().map(day_of).collect();
        let mut found = by_point(
            rows.into_iter()
                .filter(|row| open.contains(&day_of_row(row))),
        );
        for days in packed.chunk_by(|a, b| a.point_id == b.point_id) {
            let spans = found.entry(days[0].point_id).or_default();
            spans.reserve(days.len() * 24);
            let shut = |day: &&PackedHoursRow| !open.contains(&(day.point_id, day.day));
            for day in days.iter().filter(shut) {
                let hours = unpack(day)?.into_iter();
                let inside = hours.filter(|row| (from..until).contains(&row.start_at));
                spans.extend(inside.map(|row| span(&row)));
            }
            // Open days may lie between.
            spans.sort_by_key(|&(start, _)| start);
        }
        Ok(found)
    })
    .await
}

/// Rows in the order of time, by point.
pub(super) fn by_point(rows: impl IntoIterator<Item = RollupRow>) -> BTreeMap<PointId, Spans> {
    let mut found: BTreeMap<PointId, Spans> = BTreeMap::new();
    for row in rows {
        found.entry(row.point_id).or_default().push(span(&row));
    }
    found
}

/// The rows of the hours of open days; more than those, where days differ by point.
async fn rows_of(
    shared: &Shared,
    open: &[OpenSpanRow],
    from: i64,
    until: i64,
) -> Result<Vec<RollupRow>, EngineError> {
    let mut points: Vec<_> = open.iter().map(|day| day.point_id).collect();
    points.dedup();
    let days: BTreeSet<_> = open.iter().map(|day| (day.start_at, day.end_at)).collect();
    let hours = |(start, end)| (start..end).step_by(Timestamp::HOUR as usize);
    let starts = days.into_iter().flat_map(hours);
    let inside = starts.filter(|start| (from..until).contains(start));
    Ok(rollups::hours(&shared.db, &points, inside).await?)
}

fn unpack(day: &PackedHoursRow) -> Result<Vec<RollupRow>, EngineError> {
    decode_hours(day.point_id, day.day, &day.data).map_err(|error| {
        let PackedHoursRow { point_id, day, .. } = day;
        EngineError::Corrupt(format!("hours of point {point_id}, day {day}: {error}"))
    })
}

fn span(row: &RollupRow) -> (i64, (i64, Summary)) {
    (row.start_at, (row.end_at, Summary::from_row(row)))
}

fn day_of(span: &OpenSpanRow) -> (PointId, i64) {
    (span.point_id, utc_day(span.start_at))
}

fn day_of_row(row: &RollupRow) -> (PointId, i64) {
    (row.point_id, utc_day(row.start_at))
}

const fn utc_day(at: i64) -> i64 {
    at.div_euclid(Timestamp::DAY)
}
