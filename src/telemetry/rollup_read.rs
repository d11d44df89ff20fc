//! Rollups of many points: stored rows, and what the head adds to them.
//!
//! An hour that the head or a pending deletion touches is recomputed from its
//! samples; all others are rows. Days and months are rows too, unless they are
//! open or touched; then they are joined from their hours.

use super::EngineError;
use super::calendar::Calendar;
use super::codec::Columns;
use super::head::View;
use super::merge::hours_of;
use super::read::{self, busy, span, unpack_all};
use super::series::Series;
use super::shared::Shared;
use super::stored_hours::{Spans, by_point, stored_hours};
use super::summary::Summary;
use crate::domain::{PointId, TimeRange, Timestamp};
use crate::store::tenant::blocks;
use crate::store::tenant::open_spans::{self, Derived, OpenSpanRow};
use crate::store::tenant::rollups::{self, CalendarUnit};
use std::collections::{BTreeMap, BTreeSet};

const HOUR: i64 = Timestamp::HOUR;

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

/// The days or months that overlap a range, for each point in the order asked; none is asked twice.
pub(super) async fn calendar(
    shared: &Shared,
    unit: CalendarUnit,
    points: &[PointId],
    range: TimeRange,
) -> Result<Vec<Spans>, EngineError> {
    for _ in 0..read::ATTEMPTS {
        let generation = shared.head().generation();
        let (from, until) = (range.start.0, range.end.0);
        // First the marks, then the rows: a merge between the two replaces a mark by its row.
        let what = Derived::Calendar(unit);
        let open = open_spans::of_points(&shared.db, what, points, from, until).await?;
        let mut found = by_point(rollups::calendar(&shared.db, unit, points, from, until).await?);
        let mut all = Vec::with_capacity(points.len());
        let stale = stale_spans(shared, unit, points, range, &found, open);
        let refreshed = refresh(shared, points, &stale).await?;
        for (point, (stale, fresh)) in points.iter().zip(stale.iter().zip(refreshed)) {
            let stored = found.remove(point).unwrap_or_default();
            all.push(replaced(stored, |start| stale.contains_key(&start), fresh));
        }
        if shared.head().is_generation(generation) {
            return Ok(all);
        }
    }
    Err(busy())
}

/// The sums of spans from stored hours alone, for the merge that just wrote them.
pub(super) async fn merged_spans(
    shared: &Shared,
    spans: &[OpenSpanRow],
) -> Result<Vec<Option<Summary>>, EngineError> {
    let mut summaries = Vec::with_capacity(spans.len());
    for alike in spans.chunk_by(|a, b| (a.start_at, a.end_at) == (b.start_at, b.end_at)) {
        let points: Vec<_> = alike.iter().map(|span| span.point_id).collect();
        let (from, until) = (floor(alike[0].start_at), alike[0].end_at);
        let hours = stored_hours(shared, &points, from, until).await?;
        for span in alike {
            let hours = hours.get(&span.point_id).map_or(&[][..], Vec::as_slice);
            summaries.push(join(shared, span.point_id, (span.start_at, span.end_at), hours).await?);
        }
    }
    Ok(summaries)
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
fn replaced(mut spans: Spans, is_stale: impl Fn(i64) -> bool, fresh: Spans) -> Spans {
    spans.retain(|&(start, _)| !is_stale(start));
    if !fresh.is_empty() {
        spans.extend(fresh);
        spans.sort_by_key(|&(start, _)| start);
    }
    spans
}

/// The hours that the stored rows do not tell the truth about.
fn dirty_hours(
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

/// Which spans of each point cannot be read from their row: start to end.
fn stale_spans(
    shared: &Shared,
    unit: CalendarUnit,
    points: &[PointId],
    range: TimeRange,
    stored: &BTreeMap<PointId, Spans>,
    open: Vec<OpenSpanRow>,
) -> Vec<BTreeMap<i64, i64>> {
    let mut spans: BTreeMap<PointId, BTreeMap<i64, i64>> = BTreeMap::new();
    for span in open {
        spans
            .entry(span.point_id)
            .or_default()
            .insert(span.start_at, span.end_at);
    }
    let mut calendar = Calendar::new(unit);
    for &point in points {
        let zone = shared.zones.zone(point);
        let whole = TimeRange {
            start: Timestamp(calendar.around(&zone, range.start.0).0),
            end: Timestamp(calendar.around(&zone, range.end.0 - 1).1),
        };
        let view = shared.head().view(point, whole);
        let mine = spans.entry(point).or_default();
        for hour in dirty_hours(point, &view, whole, stored.get(&point)) {
            for at in [hour.max(whole.start.0), (hour + HOUR).min(whole.end.0) - 1] {
                let (start, end) = calendar.around(&zone, at);
                mine.insert(start, end);
            }
        }
    }
    points
        .iter()
        .map(|point| spans.get(point).cloned().unwrap_or_default())
        .collect()
}

/// Joins stale spans from their hours.
async fn refresh(
    shared: &Shared,
    points: &[PointId],
    stale: &[BTreeMap<i64, i64>],
) -> Result<Vec<Spans>, EngineError> {
    let edges = stale.iter().flatten();
    let Some(first) = edges.clone().map(|(start, _)| *start).min() else {
        return Ok(vec![Spans::new(); points.len()]);
    };
    let last = edges.map(|(_, end)| *end).max().unwrap_or(first);
    let range = TimeRange {
        start: Timestamp(first),
        end: Timestamp(last),
    };
    let hours = hours(shared, points, range).await?;
    let mut all = Vec::with_capacity(points.len());
    for ((&point, stale), hours) in points.iter().zip(stale).zip(&hours) {
        let mut spans = Spans::new();
        for (&start, &end) in stale {
            if let Some(summary) = join(shared, point, (start, end), hours).await? {
                spans.push((start, (end, summary)));
            }
        }
        all.push(spans);
    }
    Ok(all)
}

/// Joins the hours inside a span; where it cuts an hour, that hour's samples.
async fn join(
    shared: &Shared,
    point: PointId,
    (start, end): (i64, i64),
    hours: &[(i64, (i64, Summary))],
) -> Result<Option<Summary>, EngineError> {
    let (first_whole, last_whole) = (ceil(start), floor(end));
    let from = hours.partition_point(|&(start, _)| start < first_whole);
    let until = hours.partition_point(|&(start, _)| start < last_whole);
    let whole = &hours[from..until.max(from)];
    let before = edge(shared, point, start, first_whole.min(end)).await?;
    let after = edge(shared, point, last_whole.max(first_whole), end).await?;
    let inner = whole.iter().map(|(_, (_, summary))| summary);
    Ok(Summary::join(before.iter().chain(inner).chain(&after)))
}

async fn edge(
    shared: &Shared,
    point: PointId,
    start: i64,
    end: i64,
) -> Result<Option<Summary>, EngineError> {
    let Some(range) = TimeRange::new(Timestamp(start), Timestamp(end)) else {
        return Ok(None);
    };
    let samples = read::samples(shared, point, range, usize::MAX).await?;
    let columns: Columns = samples.into_iter().collect();
    Ok(Summary::of(&columns, 0..columns.len()))
}

fn whole_hours(range: TimeRange) -> TimeRange {
    TimeRange {
        start: Timestamp(floor(range.start.0)),
        end: Timestamp(ceil(range.end.0)),
    }
}

const fn floor(at: i64) -> i64 {
    at.div_euclid(HOUR) * HOUR
}

const fn ceil(at: i64) -> i64 {
    floor(at + HOUR - 1)
}
