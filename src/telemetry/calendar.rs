//! Which day or month of a zone an instant lies in.

use crate::domain::Timestamp;
use crate::store::tenant::rollups::CalendarUnit;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

/// The day or month around `at` as `(start, end)`; 23 or 25 hours where clocks change.
///
/// Outside the calendar (years -9999 to 9999) it is the UTC day.
pub(super) fn span_around(unit: CalendarUnit, zone: &TimeZone, at: i64) -> (i64, i64) {
    local_span(unit, zone, at).unwrap_or_else(|| {
        let start = at.div_euclid(Timestamp::DAY).saturating_mul(Timestamp::DAY);
        (start, start.saturating_add(Timestamp::DAY))
    })
}

fn local_span(unit: CalendarUnit, zone: &TimeZone, at: i64) -> Option<(i64, i64)> {
    let local = Timestamp(at).to_jiff()?.to_zoned(zone.clone());
    let (first, next) = match unit {
        CalendarUnit::Day => (local.date(), local.date().tomorrow().ok()?),
        CalendarUnit::Month => {
            let first = local.date().first_of_month();
            (first, first.checked_add(1.month()).ok()?)
        }
    };
    let micros = |date: Zoned| Timestamp::from_jiff(date.timestamp()).0;
    let start = micros(first.to_zoned(zone.clone()).ok()?);
    let end = micros(next.to_zoned(zone.clone()).ok()?);
    Some((start, end))
}

/// Remembers the last span of a zone: samples come in the order of time.
#[derive(Debug)]
pub(super) struct Calendar {
    unit: CalendarUnit,
    last: Option<(TimeZone, i64, i64)>,
}

impl Calendar {
    pub(super) const fn new(unit: CalendarUnit) -> Self {
        Self { unit, last: None }
    }

    /// Like [`span_around`].
    pub(super) fn around(&mut self, zone: &TimeZone, at: i64) -> (i64, i64) {
        match &self.last {
            Some((known, start, end)) if (*start..*end).contains(&at) && known == zone => {
                (*start, *end)
            }
            _ => {
                let (start, end) = span_around(self.unit, zone, at);
                self.last = Some((zone.clone(), start, end));
                (start, end)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(unit: CalendarUnit, zone: &str, at: &str) -> i64 {
        let zone = TimeZone::get(zone).unwrap();
        let at = Timestamp::from_jiff(at.parse().unwrap()).0;
        let (start, end) = span_around(unit, &zone, at);
        assert!((start..end).contains(&at));
        (end - start) / Timestamp::HOUR
    }

    #[test]
    fn days_are_as_long_as_the_clock_change_makes_them() {
        let day = |at| hours(CalendarUnit::Day, "Europe/Paris", at);
        assert_eq!(day("2026-03-29T12:00:00Z"), 23);
        assert_eq!(day("2026-10-25T12:00:00Z"), 25);
        assert_eq!(day("2026-11-20T12:00:00Z"), 24);
    }

    #[test]
    fn months_are_those_of_the_zone() {
        let month = |at| hours(CalendarUnit::Month, "Europe/Paris", at);
        assert_eq!(month("2026-10-01T12:00:00Z"), 31 * 24 + 1);
        assert_eq!(month("2026-01-31T23:30:00Z"), 28 * 24);
    }

    #[test]
    fn a_day_that_begins_at_one_because_of_a_clock_change_still_has_a_start() {
        assert_eq!(
            hours(
                CalendarUnit::Day,
                "America/Sao_Paulo",
                "2018-11-04T12:00:00Z"
            ),
            23
        );
    }

    #[test]
    fn beyond_the_calendar_days_are_utc() {
        let (start, end) = span_around(CalendarUnit::Day, &TimeZone::UTC, i64::MAX);
        assert!(start < end);
    }
}
