//! How long a point stood in each of its states.

use super::calendar::Calendar;
use super::rollup::{Resolution, StateSpan};
use super::shared::Shared;
use super::{EngineError, read};
use crate::domain::{PointId, Sample, TimeRange, Timestamp};
use crate::store::tenant::rollups::CalendarUnit;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// A state stands until the next sample, or until now; also across spans without samples.
pub(super) async fn durations(
    shared: &Shared,
    point: PointId,
    range: TimeRange,
    resolution: Resolution,
) -> Result<Vec<StateSpan>, EngineError> {
    let now = shared.clock.now();
    let end = range.end.min(now.max(range.start));
    let mut samples: Vec<_> = read::last_before(shared, point, range.start)
        .await?
        .into_iter()
        .collect();
    samples.extend(read::samples(shared, point, range, usize::MAX).await?);
    let mut slicer = Slicer::new(resolution, shared.zones.zone(point));
    for (index, sample) in samples.iter().enumerate() {
        let until = samples.get(index + 1).map_or(end, |next| next.at).min(end);
        slicer.add(sample, sample.at.max(range.start), until);
    }
    Ok(slicer.into_spans())
}

/// Cuts the time a state stood at the borders of the spans.
struct Slicer {
    resolution: Resolution,
    zone: TimeZone,
    calendar: Calendar,
    /// Microseconds by span and state; states in the order of their value.
    found: BTreeMap<(i64, i64, i64), StateSpan>,
}

impl Slicer {
    fn new(resolution: Resolution, zone: TimeZone) -> Self {
        let unit = match resolution {
            Resolution::Month => CalendarUnit::Month,
            Resolution::Hour | Resolution::Day => CalendarUnit::Day,
        };
        Self {
            resolution,
            zone,
            calendar: Calendar::new(unit),
            found: BTreeMap::new(),
        }
    }

    fn add(&mut self, sample: &Sample, from: Timestamp, until: Timestamp) {
        let mut at = from;
        while at < until {
            let (start, end) = self.span_around(at);
            let stop = end.min(until);
            let key = (start.0, end.0, order_of(sample.value));
            let span = self.found.entry(key).or_insert(StateSpan {
                start,
                end,
                state: sample.value,
                micros: 0,
            });
            span.micros += stop.since(at);
            at = stop;
        }
    }

    fn span_around(&mut self, at: Timestamp) -> (Timestamp, Timestamp) {
        if self.resolution == Resolution::Hour {
            return (at.hour_start(), at.hour_start().plus(Timestamp::HOUR));
        }
        let (start, end) = self.calendar.around(&self.zone, at.0);
        (Timestamp(start), Timestamp(end))
    }

    fn into_spans(self) -> Vec<StateSpan> {
        self.found.into_values().collect()
    }
}

/// The total order of IEEE 754 (5.10) as an integer; -0.0 is the state 0.
fn order_of(state: f64) -> i64 {
    let bits = (state + 0.0).to_bits() as i64;
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}
