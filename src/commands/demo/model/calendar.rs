//! The clock on the wall of the demo's sites.

use crate::domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Paris time, as all demo sites have it.
#[derive(Debug, Clone)]
pub(super) struct Calendar(TimeZone);

/// An instant on that clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Local {
    /// Days since 1970-01-01 on the local calendar.
    pub(super) day: i64,
    /// Hours since local midnight as the clock shows them, with a fraction.
    pub(super) hour: f64,
}

impl Calendar {
    pub(super) fn paris() -> Self {
        Self(TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC))
    }

    pub(super) fn local(&self, at: Timestamp) -> Local {
        let instant = at.to_jiff().unwrap_or_default();
        let offset = self.0.to_offset(instant).seconds();
        let shown = at.0 + i64::from(offset) * Timestamp::SECOND;
        Local {
            day: shown.div_euclid(Timestamp::DAY),
            hour: shown.rem_euclid(Timestamp::DAY) as f64 / Timestamp::HOUR as f64,
        }
    }

    /// The instant at which the clock shows this; in a gap the next that it shows.
    pub(super) fn instant(&self, local: Local) -> Timestamp {
        let shown = local.day * Timestamp::DAY + (local.hour * Timestamp::HOUR as f64) as i64;
        let civil = Timestamp(shown)
            .to_jiff()
            .map(|instant| TimeZone::UTC.to_datetime(instant));
        civil
            .and_then(|civil| self.0.to_timestamp(civil).ok())
            .map_or(Timestamp(shown), Timestamp::from_jiff)
    }

    /// How a module without a notion of zones writes the time.
    pub(super) fn without_zone(&self, at: Timestamp) -> String {
        self.0
            .to_datetime(at.to_jiff().unwrap_or_default())
            .strftime("%Y-%m-%dT%H:%M:%S")
            .to_string()
    }
}

impl Local {
    /// Monday is 0.
    pub(super) fn weekday(self) -> i64 {
        // 1970-01-01 was a Thursday.
        (self.day + 3).rem_euclid(7)
    }

    pub(super) fn is_working_day(self) -> bool {
        self.weekday() < 5
    }

    /// Between 0 and 1: how much of a year has passed since 1 January.
    pub(super) fn season(self) -> f64 {
        let since = Date::constant(1970, 1, 1).checked_add(jiff::Span::new().days(self.day));
        since.map_or(0.0, |date| f64::from(date.day_of_year()) / 365.25)
    }
}
