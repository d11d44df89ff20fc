//! A value as a template shows it: text, unit, age, quality, and what a script needs to keep it alive.

use super::condition::Trust;
use super::format::{self, Locale, NONE};
use super::words::Words;
use crate::domain::{PointKind, Sample, Timestamp};
use crate::store::tenant::{PointRow, PointSpec};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// Who reads, and when: what every text depends on.
#[derive(Debug, Clone)]
pub struct Reader {
    /// Their language.
    pub words: Words,
    /// The clock their times are shown on.
    pub zone: TimeZone,
    /// The present instant.
    pub now: Timestamp,
}

/// The present value of a point, in words of its reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    /// The point.
    pub point: i64,
    /// What people call it.
    pub label: String,
    /// The figure or the word; a dash when there is none.
    pub text: String,
    /// Unit symbol, empty without one.
    pub unit: &'static str,
    /// How far it can be trusted.
    pub trust: Trust,
    /// The word for that.
    pub quality: String,
    /// How old it is; empty when never received.
    pub age: String,
    /// When it was true, ms; 0 when never received.
    pub at_ms: i64,
    /// The stored value as a script reads it, empty when there is none.
    pub raw: String,
    /// Quality of the sample itself, stale or not.
    pub sample_quality: &'static str,
    /// Decimals to show.
    pub decimals: i64,
    /// Code -> word as JSON; `{}` for a number.
    pub states: String,
    /// Seconds between readings, empty when it reports changes only.
    pub period: String,
    /// Where it lies in its range.
    pub range: Option<RangeBar>,
}

/// The period of a value that came while its link was said to be down: the page believes it
/// for three of them.
const FRESH_AFTER_A_BREAK_S: i64 = 20;

impl Value {
    /// What a reader sees of a point.
    pub fn of(row: &PointRow, sample: Option<&Sample>, reader: &Reader) -> Self {
        let spec = &row.spec;
        let trust = Trust::of(spec, sample, reader.now);
        let states = states(spec, reader.words);
        let usable = sample.filter(|sample| sample.value.is_finite());
        Self {
            point: row.id.0,
            label: label(&spec.name, spec.name_fr.as_deref(), reader.words.0),
            text: usable.map_or_else(
                || NONE.to_owned(),
                |sample| text(spec, &states, sample.value, reader.words),
            ),
            unit: spec.unit.map_or("", crate::domain::Unit::symbol),
            trust,
            quality: reader.words.get(&format!("quality-{}", trust.name())),
            age: sample
                .map(|s| format::age(s.at, reader.now, &reader.zone, reader.words))
                .unwrap_or_default(),
            at_ms: sample.map_or(0, |sample| sample.at.as_millis()),
            raw: usable
                .map(|sample| sample.value.to_string())
                .unwrap_or_default(),
            sample_quality: sample.map_or("good", |sample| sample.quality.as_str()),
            decimals: spec.decimals,
            states: serde_json::to_string(&states).unwrap_or_default(),
            period: spec
                .period_s
                .map(|period| period.to_string())
                .unwrap_or_default(),
            range: RangeBar::of(spec, usable.map(|sample| sample.value)),
        }
    }

    /// The same behind a link that is down: stale, until a new value comes.
    #[must_use]
    pub fn cut_off(self, reader: &Reader) -> Self {
        Self {
            trust: Trust::Stale,
            quality: reader.words.get("quality-stale"),
            period: FRESH_AFTER_A_BREAK_S.to_string(),
            ..self
        }
    }
}

/// The name of a thing in the reader's language.
pub fn label(name: &str, name_fr: Option<&str>, locale: Locale) -> String {
    match (locale, name_fr) {
        (Locale::French, Some(french)) => french.to_owned(),
        _ => name.to_owned(),
    }
}

/// Code -> word; booleans are two states.
pub fn states(spec: &PointSpec, words: Words) -> BTreeMap<i32, String> {
    match spec.kind {
        PointKind::Number => BTreeMap::new(),
        PointKind::Boolean => BTreeMap::from([(0, words.get("no")), (1, words.get("yes"))]),
        PointKind::State => spec
            .states
            .0
            .iter()
            .map(|(code, name)| (*code, words.state(name)))
            .collect(),
    }
}

fn text(spec: &PointSpec, states: &BTreeMap<i32, String>, value: f64, words: Words) -> String {
    if let Some(word) = code_of(spec.kind, value).and_then(|code| states.get(&code)) {
        return word.clone();
    }
    let decimals = usize::try_from(spec.decimals).unwrap_or_default();
    format::number(value, decimals, words)
}

/// The state a stored value stands for; none for a fraction.
fn code_of(kind: PointKind, value: f64) -> Option<i32> {
    match kind {
        PointKind::Boolean => Some(i32::from(value != 0.0)),
        _ => (value.fract() == 0.0).then_some(value as i32),
    }
}

/// A figure with its unit, in one text: `52.26 V`.
pub fn figure(spec: &PointSpec, value: f64, words: Words) -> String {
    let text = text(spec, &states(spec, words), value, words);
    spec.unit
        .map_or_else(|| text.clone(), |unit| format!("{text}\u{202f}{unit}"))
}

/// The grey bar under a figure, in a drawing 120 wide: the whole range, the normal band, the value.
#[derive(Debug, Clone, PartialEq)]
pub struct RangeBar {
    /// Where the normal band starts.
    pub normal_x: f64,
    /// How wide it is.
    pub normal_width: f64,
    /// Where the value points; none when never received.
    pub pointer: Option<f64>,
    /// Whether the value is outside the normal band.
    pub outside: bool,
    /// The ends of the whole range, for scripts.
    pub low: f64,
    /// See `low`.
    pub high: f64,
}

const BAR_WIDTH: f64 = 120.0;
/// The part of the bar that the normal band takes when the range is drawn around it.
const NORMAL_SHARE: f64 = 0.6;

impl RangeBar {
    /// The band of ordinary operation, with a fifth of the bar on either side where validity does not end it before.
    pub fn of(spec: &PointSpec, value: Option<f64>) -> Option<Self> {
        let (normal_low, normal_high) = (spec.normal_min?, spec.normal_max?);
        let margin = (normal_high - normal_low) * (1.0 - NORMAL_SHARE) / (2.0 * NORMAL_SHARE);
        let low = spec
            .valid_min
            .map_or(normal_low - margin, |least| least.max(normal_low - margin));
        let high = spec
            .valid_max
            .map_or(normal_high + margin, |most| most.min(normal_high + margin));
        if low >= high {
            return None;
        }
        let place = |value: f64| ((value - low) / (high - low)).clamp(0.0, 1.0) * BAR_WIDTH;
        Some(Self {
            normal_x: place(normal_low),
            normal_width: place(normal_high) - place(normal_low),
            pointer: value.map(place),
            outside: value.is_some_and(|value| value < normal_low || value > normal_high),
            low,
            high,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EquipmentId, PointId, Quality, StateSet, Unit};

    fn reader(locale: Locale) -> Reader {
        Reader {
            words: Words::of(locale),
            zone: TimeZone::UTC,
            now: Timestamp::from_seconds(1_000_000),
        }
    }

    fn point(spec: PointSpec) -> PointRow {
        PointRow {
            id: PointId(7),
            equipment_id: EquipmentId(1),
            spec,
            created_at: Timestamp(0),
        }
    }

    fn seen(value: f64, age_s: i64) -> Sample {
        Sample {
            at: Timestamp::from_seconds(1_000_000 - age_s),
            value,
            quality: Quality::Good,
        }
    }

    #[test]
    fn a_number_carries_unit_age_and_quality() {
        let spec = PointSpec {
            unit: Unit::parse("V").ok(),
            decimals: 2,
            period_s: Some(15),
            ..PointSpec::default()
        };
        let value = Value::of(
            &point(spec),
            Some(&seen(1252.256, 6)),
            &reader(Locale::French),
        );
        assert_eq!((value.text.as_str(), value.unit), ("1\u{202f}252,26", "V"));
        assert_eq!(
            (value.age.as_str(), value.quality.as_str()),
            ("6\u{a0}s", "bonne")
        );
    }

    #[test]
    fn a_point_without_fresh_data_is_stale_and_one_never_heard_of_shows_a_dash() {
        let spec = PointSpec {
            period_s: Some(10),
            ..PointSpec::default()
        };
        let old = Value::of(
            &point(spec.clone()),
            Some(&seen(1.0, 60)),
            &reader(Locale::English),
        );
        assert_eq!((old.trust, old.quality.as_str()), (Trust::Stale, "stale"));
        let never = Value::of(&point(spec), None, &reader(Locale::English));
        assert_eq!(
            (never.text.as_str(), never.age.as_str(), never.at_ms),
            (NONE, "", 0)
        );
    }

    #[test]
    fn a_state_is_shown_as_its_word() {
        let states = StateSet([(0, "FREE".to_owned()), (1, "OCCUPIED".to_owned())].into());
        let spec = PointSpec {
            kind: PointKind::State,
            states,
            ..PointSpec::default()
        };
        let value = Value::of(&point(spec), Some(&seen(1.0, 1)), &reader(Locale::French));
        assert_eq!(value.text, "Occupée");
        assert_eq!(value.states, r#"{"0":"Libre","1":"Occupée"}"#);
    }

    #[test]
    fn the_range_bar_points_outside_its_band_when_the_value_is() {
        let spec = PointSpec {
            normal_min: Some(40.0),
            normal_max: Some(60.0),
            ..PointSpec::default()
        };
        let bar = RangeBar::of(&spec, Some(50.0)).unwrap();
        assert!(!bar.outside && (bar.pointer.unwrap() - 60.0).abs() < 1e-9);
        assert!(RangeBar::of(&spec, Some(99.0)).unwrap().outside);
    }
}
