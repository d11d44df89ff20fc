//! Instants and ranges in UTC microseconds.

use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z, as both databases keep it (`bigint`).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// One second.
    pub const SECOND: i64 = 1_000_000;
    /// One hour.
    pub const MINUTE: i64 = 60 * Self::SECOND;
    /// Microseconds of an hour.
    pub const HOUR: i64 = 3_600 * Self::SECOND;
    /// One UTC day.
    pub const DAY: i64 = 24 * Self::HOUR;

    /// From whole seconds since the epoch (saturating).
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(Self::SECOND))
    }

    /// From milliseconds since the epoch (saturating).
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000))
    }

    /// Milliseconds since the epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    /// This instant moved by `micros` (saturating).
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this instant (saturating).
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The UTC day it lies in, counted from 1970-01-01.
    pub const fn utc_day(self) -> i32 {
        self.0.div_euclid(Self::DAY) as i32
    }

    /// The start of the UTC hour it lies in.
    #[must_use]
    pub const fn hour_start(self) -> Self {
        Self(self.0.div_euclid(Self::HOUR) * Self::HOUR)
    }

    /// For calendars and formats; `None` outside the years -9999 to 9999.
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }

    /// From a calendar instant, truncated to the microsecond.
    pub fn from_jiff(instant: jiff::Timestamp) -> Self {
        Self(instant.as_microsecond())
    }
}

impl std::fmt::Display for Timestamp {
    /// RFC 3339 in UTC, or the bare number where the calendar ends.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to_jiff() {
            Some(instant) => instant.fmt(f),
            None => write!(f, "{} µs", self.0),
        }
    }
}

/// A half-open range of time: `start` inside, `end` outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeRange {
    /// First instant inside.
    pub start: Timestamp,
    /// First instant after it.
    pub end: Timestamp,
}

impl TimeRange {
    /// Everything there can be.
    pub const ALL: Self = Self {
        start: Timestamp(i64::MIN),
        end: Timestamp(i64::MAX),
    };

    /// `None` when `end` is not after `start`.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether the instant lies inside.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }

    /// Whether the two share an instant.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Length in microseconds (saturating).
    pub fn micros(&self) -> i64 {
        self.end.since(self.start)
    }
}
