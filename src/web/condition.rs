//! What state a value, an equipment or a site is in: the vocabulary of look.md.
//!
//! Staleness belongs to the present: it follows from the age of the newest
//! sample and the period the point promises.

use crate::domain::{PointKind, Quality, Sample, Timestamp};
use crate::store::tenant::PointSpec;

/// How far the present value of a point can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trust {
    /// Never received.
    None,
    /// Received, but too long ago.
    Stale,
    /// Fresh, not to be used.
    Bad,
    /// Fresh, to be used with care.
    Uncertain,
    /// Fresh.
    Good,
}

impl Trust {
    /// Judges the newest sample of a point.
    pub fn of(spec: &PointSpec, sample: Option<&Sample>, now: Timestamp) -> Self {
        let Some(sample) = sample else {
            return Self::None;
        };
        if now.since(sample.at) > spec.stale_after() {
            return Self::Stale;
        }
        match sample.quality {
            Quality::Bad => Self::Bad,
            Quality::Uncertain => Self::Uncertain,
            Quality::Good => Self::Good,
        }
    }

    /// The name of its symbol, class and message.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Stale => "stale",
            Self::Bad => "bad",
            Self::Uncertain => "uncertain",
            Self::Good => "good",
        }
    }
}

/// The state of an equipment, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Its connection is gone, and it says so itself: see [`is_link`].
    Offline,
    /// A fresh value is bad.
    BadQuality,
    /// Some values, or all, are stale.
    Stale,
    /// Nothing was ever received.
    Waiting,
    /// Nothing to say.
    Normal,
}

impl Condition {
    /// All of them, the gravest first.
    pub const ALL: [Self; 5] = [
        Self::Offline,
        Self::BadQuality,
        Self::Stale,
        Self::Waiting,
        Self::Normal,
    ];

    /// The name in addresses (`?state=stale`) and messages (`condition-stale`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::BadQuality => "bad",
            Self::Stale => "stale",
            Self::Waiting => "waiting",
            Self::Normal => "normal",
        }
    }

    /// Its symbol and the class of its colour.
    pub const fn mark(self) -> Mark {
        match self {
            Self::Offline => Mark {
                symbol: "m-off",
                class: "",
            },
            Self::BadQuality => Mark {
                symbol: "m-bad",
                class: "qual",
            },
            Self::Stale => Mark {
                symbol: "m-stale",
                class: "",
            },
            Self::Waiting => Mark {
                symbol: "m-shelf",
                class: "",
            },
            Self::Normal => Mark {
                symbol: "m-ok",
                class: "",
            },
        }
    }

    /// Whether somebody should look.
    pub const fn is_abnormal(self) -> bool {
        matches!(self, Self::Offline | Self::BadQuality | Self::Stale)
    }
}

/// A symbol of the look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Id of the symbol.
    pub symbol: &'static str,
    /// Class that colours it.
    pub class: &'static str,
}

/// Whether a point tells that the connection of its equipment, and of the parts behind it,
/// stands: a gateway's `online`, which its last will takes back when it goes.
pub fn is_link(spec: &PointSpec) -> bool {
    spec.kind == PointKind::Boolean && spec.key == "online"
}

/// How many points of each trust there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Fresh and usable.
    pub fresh: usize,
    /// Those of the fresh ones that are to be used with care.
    pub uncertain: usize,
    /// Too old.
    pub stale: usize,
    /// Fresh and bad.
    pub bad: usize,
    /// Never received.
    pub silent: usize,
    /// Links that are down.
    pub links_down: usize,
}

impl Tally {
    /// Counts a point by its newest sample and how far that can be trusted.
    pub fn see(&mut self, spec: &PointSpec, sample: Option<&Sample>, trust: Trust) {
        self.add(trust);
        let is_down = is_link(spec) && sample.is_some_and(|sample| sample.value == 0.0);
        self.links_down += usize::from(is_down && trust == Trust::Good);
    }

    /// Adds the points of another.
    pub fn merge(&mut self, other: Self) {
        self.fresh += other.fresh;
        self.uncertain += other.uncertain;
        self.stale += other.stale;
        self.bad += other.bad;
        self.silent += other.silent;
        self.links_down += other.links_down;
    }

    fn add(&mut self, trust: Trust) {
        match trust {
            Trust::Good => self.fresh += 1,
            Trust::Uncertain => {
                self.fresh += 1;
                self.uncertain += 1;
            }
            Trust::Stale => self.stale += 1,
            Trust::Bad => self.bad += 1,
            Trust::None => self.silent += 1,
        }
    }

    /// All of them.
    pub const fn total(self) -> usize {
        self.fresh + self.stale + self.bad + self.silent
    }

    /// What an equipment with these points is in.
    pub const fn condition(self) -> Condition {
        match self {
            Self {
                links_down: 1.., ..
            } => Condition::Offline,
            Self {
                fresh: 0,
                bad: 0,
                stale: 0,
                ..
            } => Condition::Waiting,
            Self { bad: 1.., .. } => Condition::BadQuality,
            Self { stale: 1.., .. } => Condition::Stale,
            Self { .. } => Condition::Normal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(age_s: i64, quality: Quality) -> Sample {
        Sample {
            at: Timestamp::from_seconds(-age_s),
            value: 1.0,
            quality,
        }
    }

    fn every(period_s: Option<i64>) -> PointSpec {
        PointSpec {
            period_s,
            ..PointSpec::default()
        }
    }

    #[test]
    fn a_point_is_stale_after_three_of_its_periods() {
        let now = Timestamp(0);
        let trust = |age| Trust::of(&every(Some(10)), Some(&sample(age, Quality::Good)), now);
        assert_eq!(trust(30), Trust::Good);
        assert_eq!(trust(31), Trust::Stale);
    }

    #[test]
    fn a_point_that_reports_changes_is_stale_after_a_day() {
        let trust = |age| {
            Trust::of(
                &every(None),
                Some(&sample(age, Quality::Good)),
                Timestamp(0),
            )
        };
        assert_eq!(trust(86_400), Trust::Good);
        assert_eq!(trust(86_401), Trust::Stale);
    }

    #[test]
    fn a_stale_bad_value_is_stale_and_a_fresh_one_is_bad() {
        let spec = every(Some(10));
        assert_eq!(
            Trust::of(&spec, Some(&sample(99, Quality::Bad)), Timestamp(0)),
            Trust::Stale
        );
        assert_eq!(
            Trust::of(&spec, Some(&sample(9, Quality::Bad)), Timestamp(0)),
            Trust::Bad
        );
        assert_eq!(Trust::of(&spec, None, Timestamp(0)), Trust::None);
    }

    fn condition_of(all: &[Trust]) -> Condition {
        let mut tally = Tally::default();
        for trust in all {
            tally.add(*trust);
        }
        tally.condition()
    }

    #[test]
    fn an_equipment_is_as_bad_as_its_worst_point_and_stale_when_it_does_not_report() {
        assert_eq!(condition_of(&[]), Condition::Waiting);
        assert_eq!(
            condition_of(&[Trust::None, Trust::None]),
            Condition::Waiting
        );
        assert_eq!(condition_of(&[Trust::Stale, Trust::None]), Condition::Stale);
        assert_eq!(condition_of(&[Trust::Good, Trust::Stale]), Condition::Stale);
        assert_eq!(
            condition_of(&[Trust::Good, Trust::Stale, Trust::Bad]),
            Condition::BadQuality
        );
        assert_eq!(condition_of(&[Trust::Good, Trust::None]), Condition::Normal);
    }

    #[test]
    fn offline_is_what_says_itself_that_its_connection_is_gone() {
        let link = PointSpec {
            key: "online".to_owned(),
            kind: PointKind::Boolean,
            ..PointSpec::default()
        };
        let condition = |value| {
            let mut tally = Tally::default();
            let said = Sample {
                value,
                ..sample(5, Quality::Good)
            };
            let trust = Trust::of(&link, Some(&said), Timestamp(0));
            tally.see(&link, Some(&said), trust);
            tally.condition()
        };
        assert_eq!(condition(0.0), Condition::Offline);
        assert_eq!(condition(1.0), Condition::Normal);
    }
}
