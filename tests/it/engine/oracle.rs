//! The engine as plain rows: slow, obvious, and right by inspection.

use super::subject::Zones;
use jiff::Zoned;
use jiff::civil::Date;
use std::collections::BTreeMap;
use vigie::domain::{PointId, PointSample, Sample, TimeRange, Timestamp};
use vigie::telemetry::{PointZones, Resolution, Rollup, StateSpan};

/// One row per point and instant.
#[derive(Debug, Clone, Default)]
pub struct Oracle {
    rows: BTreeMap<(PointId, Timestamp), Sample>,
}

impl Oracle {
    pub fn write(&mut self, samples: &[PointSample]) {
        for sample in samples {
            self.rows
                .insert((sample.point, sample.sample.at), sample.sample);
        }
    }

    pub fn delete(&mut self, point: PointId, range: TimeRange) {
        self.rows
            .retain(|&(of, at), _| of != point || !range.contains(at));
    }

    pub fn delete_before(&mut self, until: Timestamp) {
        self.rows.retain(|&(_, at), _| at >= until);
    }

    pub fn samples(&self, point: PointId, range: TimeRange, limit: usize) -> Vec<Sample> {
        let inside = self.rows.range((point, range.start)..(point, range.end));
        inside.map(|(_, sample)| *sample).take(limit).collect()
    }

    pub fn last_before(&self, point: PointId, until: Timestamp) -> Option<Sample> {
        let before = self
            .rows
            .range((point, Timestamp(i64::MIN))..(point, until));
        before.last().map(|(_, sample)| *sample)
    }

    pub fn rollups(&self, point: PointId, range: TimeRange, resolution: Resolution) -> Vec<Rollup> {
        let mut spans: BTreeMap<(Timestamp, Timestamp), Vec<Sample>> = BTreeMap::new();
        for sample in self.samples(point, TimeRange::ALL, usize::MAX) {
            spans
                .entry(span(point, sample.at, resolution))
                .or_default()
                .push(sample);
        }
        spans
            .into_iter()
            .filter(|((start, end), _)| *start < range.end && range.start < *end)
            .map(|((start, end), samples)| sum_up(start, end, &samples))
            .collect()
    }

    pub fn state_durations(
        &self,
        point: PointId,
        range: TimeRange,
        resolution: Resolution,
        now: Timestamp,
    ) -> Vec<StateSpan> {
        let samples = self.samples(point, TimeRange::ALL, usize::MAX);
        let mut found: BTreeMap<(Timestamp, Timestamp, String), StateSpan> = BTreeMap::new();
        for (index, sample) in samples.iter().enumerate() {
            let next = samples
                .get(index + 1)
                .map_or(Timestamp(i64::MAX), |next| next.at);
            let until = next.min(range.end).min(now);
            let mut at = sample.at.max(range.start);
            while at < until {
                let (start, end) = span(point, at, resolution);
                let stop = end.min(until);
                let state = sample.value + 0.0;
                let entry = found
                    .entry((start, end, format!("{state}")))
                    .or_insert(StateSpan {
                        start,
                        end,
                        state,
                        micros: 0,
                    });
                entry.micros += stop.0 - at.0;
                at = stop;
            }
        }
        found.into_values().collect()
    }
}

/// The span of a resolution around an instant.
pub fn span(point: PointId, at: Timestamp, resolution: Resolution) -> (Timestamp, Timestamp) {
    let local: Zoned = at.to_jiff().unwrap().to_zoned(Zones.zone(point));
    let midnight =
        |date: Date| Timestamp::from_jiff(date.to_zoned(Zones.zone(point)).unwrap().timestamp());
    match resolution {
        Resolution::Hour => (at.hour_start(), at.hour_start().plus(Timestamp::HOUR)),
        Resolution::Day => (
            midnight(local.date()),
            midnight(local.date().tomorrow().unwrap()),
        ),
        Resolution::Month => {
            let (first, last) = (local.date().first_of_month(), local.date().last_of_month());
            (midnight(first), midnight(last.tomorrow().unwrap()))
        }
    }
}

fn sum_up(start: Timestamp, end: Timestamp, samples: &[Sample]) -> Rollup {
    let numbers: Vec<f64> = samples
        .iter()
        .map(|s| s.value)
        .filter(|v| !v.is_nan())
        .collect();
    let stood = || samples.windows(2).filter(|pair| !pair[0].value.is_nan());
    let weight: f64 = stood()
        .map(|pair| (pair[1].at.0 - pair[0].at.0) as f64)
        .sum();
    let area: f64 = stood()
        .map(|pair| pair[0].value * (pair[1].at.0 - pair[0].at.0) as f64)
        .sum();
    let sum: f64 = numbers.iter().sum();
    Rollup {
        start,
        end,
        n: samples.len() as u64,
        min: numbers.iter().copied().reduce(f64::min).unwrap_or(f64::NAN),
        max: numbers.iter().copied().reduce(f64::max).unwrap_or(f64::NAN),
        sum: if numbers.is_empty() { f64::NAN } else { sum },
        mean: if weight > 0.0 {
            area / weight
        } else {
            sum / numbers.len() as f64
        },
        first: samples[0].value,
        last: samples[samples.len() - 1].value,
    }
}

/// Whether two rollups say the same; sums may differ in the last digits.
pub fn alike(ours: &Rollup, theirs: &Rollup) -> bool {
    let scale = theirs.max.abs().max(theirs.min.abs());
    let close = |a: f64, b: f64| {
        a.to_bits() == b.to_bits()
            || (a.is_nan() && b.is_nan())
            || (a - b).abs() <= 1e-9 * scale * theirs.n as f64
    };
    ours.start == theirs.start
        && ours.end == theirs.end
        && ours.n == theirs.n
        && close(ours.min, theirs.min)
        && close(ours.max, theirs.max)
        && close(ours.sum, theirs.sum)
        && close(ours.mean, theirs.mean)
        && close(ours.first, theirs.first)
        && close(ours.last, theirs.last)
}
