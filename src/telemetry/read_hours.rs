//! Hours of many points: stored rows, and what the head adds to them.
//!
//! An hour that the head or a pending deletion touches is recomputed from its
//! samples; all others are rows.

use super::EngineError;
use super::codec::Columns;
use super::merge::hours_of;
use super::read::{self, busy, span, unpack_all};
use super::series::Series;
use super::shared::Shared;
use super::stored_hours::{Spans, stored_hours};
use super::summary::Summary;
use super::view::View;
use crate::domain::{PointId, TimeRange, Timestamp};
use crate::store::tenant::blocks;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const HOUR: i64 = Timestamp::HOUR;

/// The hours that overlap a range, for each point in the order asked; none is asked twice.
pub(super) async fn hours(
    shared: &Shared,
    points: &[PointId],
    range: TimeRange,
) -> Result<Vec<Spans>, EngineError> {
    let range = whole_hours(range);
    for _ in 0..read::ATTEMPTS {
        let (generation, views) = views(shared, points, range);
        let mut found = stored_hours(shared, points, range.start.0, range.end.0).await?;
        let dirty: Vec<BTreeSet<i64>> = points
            .iter()
            .zip(&views)
            .map(|(&point, view)| dirty_hours(point, view, range, found.get(&point)))
            .collect();
        let recomputed = recompute(shared, points, &views, &dirty).await?;
        if !shared.head().is_generation(generation) {
            continue;
        }
        return Ok(points
            .iter()
            .zip(dirty.iter().zip(recomputed))
            .map(|(point, (dirty, fresh))| {
                let stored = found.remove(point).unwrap_or_default();
                replaced(stored, |start| dirty.contains(&start), fresh)
            })
            .collect());
    }
    Err(busy())
}

fn views(shared: &Shared, points: &[PointId], range: TimeRange) -> (u64, Vec<View>) {
    let head = shared.head();
    let views = points
        .iter()
        .map(|&point| head.view(point, range))
        .collect();
    (head.generation(), views)
}

/// Takes what is stale out and puts what is fresh in its place.
pub(super) fn replaced(mut spans: Spans, is_stale: impl Fn(i64) -> bool, fresh: Spans) -> Spans {
    spans.retain(|&(start, _)| !is_stale(start));
    if !fresh.is_empty() {
        spans.extend(fresh);
        spans.sort_by_key(|&(start, _)| start);
    }
    spans
}

/// The hours that the stored rows do not tell the truth about.
pub(super) fn dirty_hours(
    point: PointId,
    view: &View,
    range: TimeRange,
    stored: Option<&Spans>,
) -> BTreeSet<i64> {
    let mut dirty: BTreeSet<i64> = hours_of(&view.active.times).into_iter().collect();
    dirty.extend(hours_of(view.frozen_times(point, range)));
    for &(start, (end, _)) in stored.into_iter().flatten() {
        if view.is_deleted_from(start, end) {
            dirty.insert(start);
        }
    }
    dirty
}

async fn recompute(
    shared: &Shared,
    points: &[PointId],
    views: &[View],
    dirty: &[BTreeSet<i64>],
) -> Result<Vec<Spans>, EngineError> {
    let mut wanted = Vec::new();
    let runs: Vec<Vec<TimeRange>> = dirty.iter().map(runs_of_hours).collect();
    for ((&point, view), runs) in points.iter().zip(views).zip(&runs) {
        let in_blocks = runs.iter().filter(|run| view.in_blocks(run.start.0));
        wanted.extend(in_blocks.map(|&run| span(point, run)));
    }
    let rows = blocks::in_spans(&shared.db, &wanted).await?;
    let mut unpacked: BTreeMap<PointId, Vec<(i64, Columns)>> = BTreeMap::new();
    for (row, columns) in unpack_all(rows).await? {
        unpacked
            .entry(row.point_id)
            .or_default()
            .push((row.version, columns));
    }
    Ok(points
        .iter()
        .zip(views)
        .zip(&runs)
        .map(|((&point, view), runs)| {
            let blocks = unpacked.get(&point).map_or(&[][..], Vec::as_slice);
            runs.iter()
                .flat_map(|&run| sum_run(point, view, blocks, run))
                .collect()
        })
        .collect())
}

/// The hours of one run from the samples of blocks, frozen and active layer.
fn sum_run(point: PointId, view: &View, blocks: &[(i64, Columns)], run: TimeRange) -> Spans {
    let mut series = Series::default();
    for (version, columns) in blocks {
        let inside = columns.slice(columns.within(run.start.0, run.end.0));
        series.overlay(view.block(inside, *version, run));
    }
    series.overlay(view.frozen_of(point, run));
    series.overlay(
        view.active
            .slice(view.active.within(run.start.0, run.end.0)),
    );
    let columns = series.into_columns();
    let sum = |start: i64| {
        let summary = Summary::of(&columns, columns.within(start, start + HOUR))?;
        Some((start, (start + HOUR, summary)))
    };
    hours_of(&columns.times)
        .into_iter()
        .filter_map(sum)
        .collect()
}

fn runs_of_hours(hours: &BTreeSet<i64>) -> Vec<TimeRange> {
    let mut runs: Vec<TimeRange> = Vec::new();
    for &hour in hours {
        match runs.last_mut() {
            Some(run) if run.end.0 == hour => run.end.0 = hour + HOUR,
            _ => runs.push(TimeRange {
                start: Timestamp(hour),
                end: Timestamp(hour + HOUR),
            }),
        }
    }
    runs
}

fn whole_hours(range: TimeRange) -> TimeRange {
    TimeRange {
        start: Timestamp(floor(range.start.0)),
        end: Timestamp(ceil(range.end.0)),
    }
}

/// The beginning of the hour an instant lies in.
pub(super) const fn floor(at: i64) -> i64 {
    at.div_euclid(HOUR) * HOUR
}

/// The first beginning of an hour that is not before an instant.
pub(super) const fn ceil(at: i64) -> i64 {
    floor(at + HOUR - 1)
}
