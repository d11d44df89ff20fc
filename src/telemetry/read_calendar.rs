//! Days and months of many points: rows, unless they are open or the head touches them; then
//! they are joined from their hours.

use super::calendar::Calendar;
use super::codec::Columns;
use super::read_hours::{HOUR, ceil, dirty_hours, floor, hours, replaced};
use super::shared::Shared;
use super::stored_hours::{Spans, by_point, stored_hours};
use super::summary::Summary;
use super::{EngineError, read};
use crate::domain::{PointId, TimeRange, Timestamp};
use crate::store::tenant::open_spans::{self, Derived, OpenSpanRow};
use crate::store::tenant::rollups::{self, CalendarUnit};
use std::collections::BTreeMap;

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
    Err(read::busy())
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
