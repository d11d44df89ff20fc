//! Samples and rollups as columns for a chart. A gap in data stays a gap: nothing is interpolated.

use crate::domain::{PointId, Sample, TimeRange, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::{Rollup, StateSpan};
use serde::Serialize;

/// So many samples a pixel are drawn one by one; more are gathered.
const SAMPLES_PER_PIXEL: usize = 2;
/// Without a sample for so many periods there is no data.
const PERIODS_UNTIL_GAP: i64 = 3;

/// One line, with its band where a column stands for many samples.
#[derive(Debug, PartialEq, Serialize)]
pub struct Series {
    point: PointId,
    /// ms since 1970, ascending.
    at: Vec<i64>,
    mean: Vec<Option<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min: Option<Vec<Option<f64>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<Vec<Option<f64>>>,
    /// From, to in ms.
    gaps: Vec<(i64, i64)>,
}

/// One strip.
#[derive(Debug, PartialEq, Serialize)]
pub struct States {
    point: PointId,
    /// From, to in ms, code; null is no data.
    spans: Vec<(i64, i64, Option<i64>)>,
}

/// A column of a series while it is made.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    start: Timestamp,
    end: Timestamp,
    mean: f64,
    min: f64,
    max: f64,
}

impl Series {
    /// Samples as they are, or gathered into a bucket a pixel.
    pub fn of_samples(
        row: &PointRow,
        samples: &[Sample],
        range: TimeRange,
        width: usize,
        now: Timestamp,
    ) -> Self {
        let gathered = samples.len() > SAMPLES_PER_PIXEL * width;
        let columns = if gathered {
            buckets(samples, range, width)
        } else {
            single(samples)
        };
        let gap_after = gap_after(row, samples);
        let mut series = Self::of_columns(row.id, &columns, gap_after, gathered);
        series.close(range.start, range.end.min(now), &columns, gap_after);
        series
    }

    /// Rollups, always with their band.
    pub fn of_rollups(point: PointId, rollups: &[Rollup]) -> Self {
        let columns: Vec<_> = rollups
            .iter()
            .map(|rollup| Column {
                start: rollup.start,
                end: rollup.end,
                mean: rollup.mean,
                min: rollup.min,
                max: rollup.max,
            })
            .collect();
        Self::of_columns(point, &columns, Some(0), true)
    }

    /// `gap_after`: columns further apart than this (from end to start) leave a gap.
    fn of_columns(
        point: PointId,
        columns: &[Column],
        gap_after: Option<i64>,
        banded: bool,
    ) -> Self {
        let mut series = Self {
            point,
            at: Vec::with_capacity(columns.len()),
            mean: Vec::with_capacity(columns.len()),
            min: banded.then(Vec::new),
            max: banded.then(Vec::new),
            gaps: Vec::new(),
        };
        let mut before: Option<&Column> = None;
        for column in columns {
            if let Some(last) = before
                && gap_after.is_some_and(|limit| column.start.since(last.end) > limit)
            {
                series.push_gap(last.end, column.start);
            }
            series.push(column);
            before = Some(column);
        }
        series
    }

    fn push(&mut self, column: &Column) {
        let finite = |value: f64| Some(value).filter(|value| value.is_finite());
        let middle = column.start.plus(column.end.since(column.start) / 2);
        self.at.push(middle.as_millis());
        self.mean.push(finite(column.mean));
        if let Some(min) = &mut self.min {
            min.push(finite(column.min));
        }
        if let Some(max) = &mut self.max {
            max.push(finite(column.max));
        }
    }

    fn push_gap(&mut self, from: Timestamp, to: Timestamp) {
        self.gaps.push((from.as_millis(), to.as_millis()));
        self.at.push(from.plus(to.since(from) / 2).as_millis());
        for column in [Some(&mut self.mean), self.min.as_mut(), self.max.as_mut()]
            .into_iter()
            .flatten()
        {
            column.push(None);
        }
    }

    /// Marks what is missing at the ends of the range.
    fn close(
        &mut self,
        start: Timestamp,
        end: Timestamp,
        columns: &[Column],
        gap_after: Option<i64>,
    ) {
        let (Some(first), Some(last)) = (columns.first(), columns.last()) else {
            if gap_after.is_some() && start < end {
                self.gaps.push((start.as_millis(), end.as_millis()));
            }
            return;
        };
        let missing = |length: i64| gap_after.is_some_and(|limit| length > limit);
        if missing(first.start.since(start)) {
            self.gaps
                .insert(0, (start.as_millis(), first.start.as_millis()));
        }
        if missing(end.since(last.end)) {
            self.gaps.push((last.end.as_millis(), end.as_millis()));
        }
    }
}

/// Silence beyond this is a gap; none for a point that only reports changes.
///
/// Data may be coarser than the point promises now (history that was filled in), so
/// what is usual among these samples counts too.
fn gap_after(row: &PointRow, samples: &[Sample]) -> Option<i64> {
    let promised = PERIODS_UNTIL_GAP * row.spec.period_s? * Timestamp::SECOND;
    Some(promised.max(usual_spacing(samples) * 2))
}

/// The spacing that nearly all neighbours keep; the middle one where there are few.
fn usual_spacing(samples: &[Sample]) -> i64 {
    const FEW: usize = 40;
    let mut spacings: Vec<_> = samples
        .windows(2)
        .map(|pair| pair[1].at.since(pair[0].at))
        .collect();
    let Some(last) = spacings.len().checked_sub(1) else {
        return 0;
    };
    let place = if spacings.len() < FEW {
        last / 2
    } else {
        last * 95 / 100
    };
    *spacings.select_nth_unstable(place).1
}

fn single(samples: &[Sample]) -> Vec<Column> {
    let column = |sample: &Sample| Column {
        start: sample.at,
        end: sample.at,
        mean: sample.value,
        min: sample.value,
        max: sample.value,
    };
    samples.iter().map(column).collect()
}

/// Least, mean and greatest of each `width`th of the range; empty ones are left out.
fn buckets(samples: &[Sample], range: TimeRange, width: usize) -> Vec<Column> {
    let step = (range.micros() / width as i64).max(1);
    samples
        .chunk_by(|a, b| a.at.since(range.start) / step == b.at.since(range.start) / step)
        .map(|bucket| {
            let values = || {
                bucket
                    .iter()
                    .map(|sample| sample.value)
                    .filter(|value| value.is_finite())
            };
            let n = values().count().max(1) as f64;
            Column {
                start: bucket[0].at,
                end: bucket[bucket.len() - 1].at,
                mean: values().sum::<f64>() / n,
                min: values().fold(f64::INFINITY, f64::min),
                max: values().fold(f64::NEG_INFINITY, f64::max),
            }
        })
        .collect()
}

impl States {
    /// Equal neighbours become one span; a span ends where data ends.
    pub fn of_samples(
        row: &PointRow,
        before: Option<f64>,
        samples: &[Sample],
        start: Timestamp,
        until: Timestamp,
        width: usize,
    ) -> Self {
        let hold = gap_after(row, samples);
        let mut spans = Spans::default();
        let stood = before.map(|value| (start, value));
        let all = stood
            .into_iter()
            .chain(samples.iter().map(|sample| (sample.at, sample.value)));
        let mut all = all.peekable();
        if let Some((first, _)) = all.peek() {
            spans.push(start, *first, None);
        }
        while let Some((at, value)) = all.next() {
            let next = all.peek().map_or(until, |(next, _)| *next);
            let known_until = hold.map_or(next, |hold| next.min(at.plus(hold)));
            spans.push(at, known_until, code(value));
            spans.push(known_until, next, None);
        }
        let pixel = until.since(start) / width.max(1) as i64 / 1_000;
        Self {
            point: row.id,
            spans: spans.at_least(pixel),
        }
    }

    /// The longest state of each day.
    pub fn of_days(point: PointId, days: &[StateSpan]) -> Self {
        let mut spans = Spans::default();
        for day in days.chunk_by(|a, b| a.start == b.start) {
            if let Some(longest) = day.iter().max_by_key(|span| span.micros) {
                spans.push(longest.start, longest.end, code(longest.state));
            }
        }
        Self {
            point,
            spans: spans.0,
        }
    }
}

fn code(value: f64) -> Option<i64> {
    value.is_finite().then_some(value as i64)
}

#[derive(Debug, Default)]
struct Spans(Vec<(i64, i64, Option<i64>)>);

impl Spans {
    fn push(&mut self, from: Timestamp, to: Timestamp, code: Option<i64>) {
        let (from, to) = (from.as_millis(), to.as_millis());
        match self.0.last_mut() {
            _ if from >= to => {}
            Some(last) if last.2 == code && last.1 == from => last.1 = to,
            _ => self.0.push((from, to, code)),
        }
    }

    /// Spans too short to be seen go to the one before.
    fn at_least(self, ms: i64) -> Vec<(i64, i64, Option<i64>)> {
        let mut seen: Vec<(i64, i64, Option<i64>)> = Vec::with_capacity(self.0.len());
        for span in self.0 {
            match seen.last_mut() {
                Some(last) if span.2 == last.2 || span.1 - span.0 < ms => last.1 = span.1,
                _ => seen.push(span),
            }
        }
        seen
    }
}

#[cfg(test)]
#[path = "chart_columns_tests.rs"]
mod tests;
