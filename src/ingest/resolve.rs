//! From a reading to a sample: the point, the unit, the state, the limits, the time.

use super::catalogue::{Catalogue, Point};
use crate::domain::{KEY_RULE, PointKind, PointSample, Quality, Sample, Timestamp, Unit, is_key};
use vigie_contract::{Address, Reading, ReadingQuality, ReadingValue};

/// The oldest stamp that is believed: 2000-01-01T00:00:00Z. A clock that was never set says 1970.
const OLDEST: Timestamp = Timestamp::from_seconds(946_684_800);

/// Stamps that are believed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    now: Timestamp,
    first: Timestamp,
    last: Timestamp,
}

impl Window {
    /// From the retention limit (or the year 2000) to a little ahead of now.
    pub(super) fn new(now: Timestamp, retention_days: Option<i64>, ahead_us: i64) -> Self {
        let kept = retention_days.map(|days| now.plus(-days.saturating_mul(Timestamp::DAY)));
        Self {
            now,
            first: kept.map_or(OLDEST, |kept| kept.max(OLDEST)),
            last: now.plus(ahead_us),
        }
    }

    fn check(&self, observed_at_us: Option<i64>) -> Result<Timestamp, Reason> {
        let at = observed_at_us.map_or(self.now, Timestamp);
        if at > self.last {
            Err(Reason::Future)
        } else if at < self.first {
            Err(Reason::Ancient)
        } else {
            Ok(at)
        }
    }
}

/// Why a reading is not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    UnknownEquipment,
    UnknownPoint,
    BadKey,
    NotFinite,
    NotANumber,
    UnknownState,
    BadUnit,
    Future,
    Ancient,
    Quota,
    PointsQuota,
    StorageQuota,
}

impl Reason {
    /// The word it is counted under.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEquipment => "unknown_equipment",
            Self::UnknownPoint => "unknown_point",
            Self::BadKey => "bad_key",
            Self::NotFinite => "not_finite",
            Self::NotANumber => "not_a_number",
            Self::UnknownState => "unknown_state",
            Self::BadUnit => "bad_unit",
            Self::Future => "future",
            Self::Ancient => "ancient",
            Self::Quota => "quota",
            Self::PointsQuota => "points_quota",
            Self::StorageQuota => "storage_quota",
        }
    }

    /// Something that nothing can be called is not unknown, it is wrong.
    fn unknown(address: &Address, reason: Self) -> Self {
        if is_key(&address.equipment) && is_key(&address.point) {
            reason
        } else {
            Self::BadKey
        }
    }

    /// One sentence for a person.
    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::UnknownEquipment => "the model has no equipment with this key",
            Self::UnknownPoint => "the equipment has no point with this key",
            Self::BadKey => KEY_RULE,
            Self::NotFinite => "NaN and infinities are not stored",
            Self::NotANumber => "a word where the point wants a number",
            Self::UnknownState => "the point has no such state",
            Self::BadUnit => "the unit is unknown or measures another quantity",
            Self::Future => "the time stamp is more than 10 minutes ahead",
            Self::Quota => "the client's quota of samples a second is used up",
            Self::PointsQuota => "the client's quota of points leaves no room for this equipment",
            Self::StorageQuota => "the client's quota of storage is used up",
            Self::Ancient => "the time stamp is before 2000 or older than what is kept",
        }
    }
}

impl Catalogue {
    /// The sample of a reading. A value outside the limits of its point is kept as uncertain.
    pub(super) fn resolve(
        &self,
        reading: &Reading,
        window: &Window,
    ) -> Result<PointSample, Reason> {
        let address = &reading.address;
        let equipment = self
            .equipment
            .get(&address.equipment)
            .ok_or_else(|| Reason::unknown(address, Reason::UnknownEquipment))?;
        let point = equipment
            .points
            .get(&address.point)
            .ok_or_else(|| Reason::unknown(address, Reason::UnknownPoint))?;
        let at = window.check(reading.observed_at_us)?;
        let value = point.value_of(reading)?;
        let is_valid = point.valid_min <= value && value <= point.valid_max;
        let quality = match reading.quality {
            ReadingQuality::Bad => Quality::Bad,
            ReadingQuality::Good if is_valid => Quality::Good,
            ReadingQuality::Good | ReadingQuality::Uncertain => Quality::Uncertain,
        };
        Ok(PointSample {
            point: point.id,
            sample: Sample { at, value, quality },
        })
    }
}

impl Point {
    fn value_of(&self, reading: &Reading) -> Result<f64, Reason> {
        let value = match &reading.value {
            ReadingValue::Number(number) => *number,
            ReadingValue::Bool(flag) => return Ok(f64::from(*flag)),
            ReadingValue::State(word) => return self.code_of(word),
        };
        if !value.is_finite() {
            return Err(Reason::NotFinite);
        }
        if self.kind == PointKind::State
            && !self.states.is_empty()
            && self.states.name_of(value).is_none()
        {
            return Err(Reason::UnknownState);
        }
        match (&reading.unit, self.unit) {
            (Some(from), Some(to)) if **from != *to.symbol() => Unit::parse(from)
                .and_then(|from| from.convert(value, to))
                .map_err(|_| Reason::BadUnit),
            _ => Ok(value),
        }
    }

    /// The value of a state, by its word or its number.
    pub(super) fn value_of_word(&self, word: &str) -> Option<f64> {
        self.code_of(word).ok().or_else(|| word.parse().ok())
    }

    fn code_of(&self, word: &str) -> Result<f64, Reason> {
        if let Some(code) = self.states.code_of(word) {
            return Ok(f64::from(code));
        }
        match self.kind {
            PointKind::Boolean => yes_or_no(word).map(f64::from).ok_or(Reason::UnknownState),
            PointKind::State => Err(Reason::UnknownState),
            PointKind::Number => Err(Reason::NotANumber),
        }
    }
}

fn yes_or_no(word: &str) -> Option<bool> {
    let is_one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    if is_one_of(&["true", "on", "yes"]) {
        Some(true)
    } else if is_one_of(&["false", "off", "no"]) {
        Some(false)
    } else {
        None
    }
}
