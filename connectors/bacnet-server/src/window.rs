//! The newest values of a point, in memory, begun with what the platform stored.

use crate::point::{Kind, Point, Value};
use bacnet_types::primitives::{Date, Time};
use jiff::tz::TimeZone;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One value of a log.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Record {
    /// Microseconds since the epoch (UTC).
    pub at_us: i64,
    /// The value.
    pub value: Value,
}

/// What a log begins with.
pub type Reading = Pin<Box<dyn Future<Output = Vec<Record>> + Send>>;

/// What the platform stored of points.
pub trait History: Send + Sync + 'static {
    /// The newest values of a point, oldest first, at most `most`.
    fn newest(self: Arc<Self>, point: &Point, most: usize) -> Reading;
}

/// Logs that begin empty.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoHistory;

impl History for NoHistory {
    fn newest(self: Arc<Self>, _: &Point, _: usize) -> Reading {
        Box::pin(std::future::ready(Vec::new()))
    }
}

/// The newest records of one point.
#[derive(Debug)]
pub(crate) struct Window {
    kind: Kind,
    zone: TimeZone,
    most: usize,
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    kept: VecDeque<(i64, f64)>,
    /// All that ever were in this window: the number of the newest.
    total: u64,
}

impl Window {
    pub(crate) fn new(kind: Kind, zone: TimeZone, most: usize) -> Self {
        Self {
            kind,
            zone,
            most,
            records: Mutex::default(),
        }
    }

    /// Adds a record; one that is not newer than the last is left out, so that times rise.
    pub(crate) fn add(&self, record: Record) {
        let Some(number) = self.kind.number(record.value) else {
            return;
        };
        let mut records = self.lock();
        let newest = records.kept.back().map_or(i64::MIN, |(at_us, _)| *at_us);
        if record.at_us <= newest {
            return;
        }
        if records.kept.len() == self.most {
            records.kept.pop_front();
        }
        records.kept.push_back((record.at_us, number));
        records.total += 1;
    }

    pub(crate) fn at(&self, place: usize) -> Option<(u64, Date, Time, f64)> {
        let records = self.lock();
        let (at_us, number) = *records.kept.get(place)?;
        let first = records.total - records.kept.len() as u64 + 1;
        let (date, time) = wall(at_us, &self.zone)?;
        Some((first + place as u64, date, time, number))
    }

    pub(crate) fn counts(&self) -> (usize, u64) {
        let records = self.lock();
        (records.kept.len(), records.total)
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.kind
    }

    pub(crate) fn most(&self) -> usize {
        self.most
    }

    pub(crate) fn is_in_utc(&self) -> bool {
        self.zone == TimeZone::UTC
    }

    fn lock(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An instant on the device's clock.
fn wall(at_us: i64, zone: &TimeZone) -> Option<(Date, Time)> {
    let wall = zone.to_datetime(jiff::Timestamp::from_microsecond(at_us).ok()?);
    let date = Date {
        year: u8::try_from(wall.year() - 1_900).ok()?,
        month: wall.month() as u8,
        day: wall.day() as u8,
        day_of_week: wall.weekday().to_monday_one_offset() as u8,
    };
    let time = Time {
        hour: wall.hour() as u8,
        minute: wall.minute() as u8,
        second: wall.second() as u8,
        hundredths: (wall.subsec_nanosecond() / 10_000_000) as u8,
    };
    Some((date, time))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(most: usize) -> Window {
        let kind = Kind::Analog {
            unit: None,
            increment: 0.0,
        };
        Window::new(kind, TimeZone::UTC, most)
    }

    fn add(window: &Window, seconds: i64) {
        let value = Value::Number(seconds as f64);
        window.add(Record {
            at_us: seconds * 1_000_000,
            value,
        });
    }

    #[test]
    fn numbers_go_on_when_old_records_are_pushed_out() {
        let window = window(3);
        (1..=5).for_each(|seconds| add(&window, seconds));
        assert_eq!(window.counts(), (3, 5));
        let numbers: Vec<_> = (0..4)
            .map(|place| window.at(place).map(|it| it.0))
            .collect();
        assert_eq!(numbers, [Some(3), Some(4), Some(5), None]);
    }

    #[test]
    fn times_rise() {
        let window = window(10);
        for seconds in [5, 5, 3, 6] {
            add(&window, seconds);
        }
        assert_eq!(window.counts(), (2, 2));
    }
}
