//! A point as an object: what it is called, what its values become, when it is stale.

use crate::domain::{PointId, PointKind, Quality, Sample, StateSet, Timestamp};
use crate::store::tenant::PointSpec;
use crate::tenancy::bacnet::Exposure;
use vigie_bacnet_server::{Doubt, Event, Kind, Point, Record, Update, Value};

/// What a no and a yes are called.
pub(super) type YesNo = [&'static str; 2];

/// A point that is shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    pub(super) id: PointId,
    /// Key of its equipment.
    pub(super) equipment: String,
    /// Whether its values are states, and which code is which state.
    states: Option<StateSet>,
    /// How old a value may be.
    stale_after: i64,
    /// The object.
    pub(super) object: Point,
}

impl Shown {
    /// As an object with this number; none for states that have no words.
    pub(super) fn new(
        (id, spec): (PointId, &PointSpec),
        (equipment, description): (&str, String),
        exposure: &Exposure,
        instance: u32,
        yes_no: YesNo,
    ) -> Option<Self> {
        let object = Point {
            instance,
            name: format!("{equipment}/{}", spec.key),
            description,
            kind: kind(spec, exposure, yes_no)?,
            writable: exposure.writable && spec.command.is_some(),
            logged: exposure.logged,
        };
        Some(Self {
            id,
            equipment: equipment.to_owned(),
            states: (spec.kind == PointKind::State).then(|| spec.states.clone()),
            stale_after: spec.stale_after(),
            object,
        })
    }

    /// Whether a value of this age is stale.
    pub(super) fn is_stale(&self, at: Timestamp, now: Timestamp) -> bool {
        now.since(at) > self.stale_after
    }

    /// What the object is told of the newest sample.
    pub(super) fn update(&self, sample: Option<&Sample>, now: Timestamp) -> Update {
        let value = sample.and_then(|sample| self.value(sample.value));
        let doubt = match sample {
            None => Some(Doubt::NoValue),
            Some(_) if value.is_none() => Some(Doubt::Bad),
            Some(sample) if self.is_stale(sample.at, now) => Some(Doubt::Stale),
            Some(sample) if sample.quality == Quality::Bad => Some(Doubt::Bad),
            Some(_) => None,
        };
        Update {
            value,
            doubt,
            event: Event::Normal,
            at_us: sample.map_or(0, |sample| sample.at.0),
        }
    }

    /// What a trend log keeps of a sample; nothing of one that is not to be used.
    pub(super) fn record(&self, sample: &Sample) -> Option<Record> {
        let usable = sample.quality != Quality::Bad;
        let value = self.value(sample.value).filter(|_| usable)?;
        Some(Record {
            at_us: sample.at.0,
            value,
        })
    }

    /// A stored value as the object has it.
    fn value(&self, stored: f64) -> Option<Value> {
        match (&self.states, &self.object.kind) {
            (Some(states), _) => {
                let place = states
                    .0
                    .keys()
                    .position(|code| f64::from(*code).to_bits() == (stored + 0.0).to_bits())?;
                Some(Value::State(u32::try_from(place + 1).ok()?))
            }
            (None, Kind::Binary { .. }) => Some(Value::Bool(stored != 0.0)),
            (None, _) => stored.is_finite().then_some(Value::Number(stored)),
        }
    }

    /// What a peer wrote, as it is stored.
    pub(super) fn stored(&self, written: Value) -> Option<f64> {
        match (written, &self.states) {
            (Value::State(number), Some(states)) => {
                let place = usize::try_from(number).ok()?.checked_sub(1)?;
                states.0.keys().nth(place).map(|code| f64::from(*code))
            }
            (Value::Number(number), None) => Some(number),
            (Value::Bool(is), None) => Some(f64::from(u8::from(is))),
            _ => None,
        }
    }
}

fn kind(spec: &PointSpec, exposure: &Exposure, [no, yes]: YesNo) -> Option<Kind> {
    Some(match spec.kind {
        PointKind::Number => Kind::Analog {
            unit: spec.unit.map(|unit| unit.symbol().to_owned()),
            increment: exposure.increment.unwrap_or_default() as f32,
        },
        PointKind::Boolean => Kind::Binary {
            inactive: no.to_owned(),
            active: yes.to_owned(),
        },
        PointKind::State if spec.states.is_empty() => return None,
        PointKind::State => Kind::MultiState {
            texts: spec.states.0.values().cloned().collect(),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn shown(kind: PointKind) -> Shown {
        let spec = PointSpec {
            key: "mode".to_owned(),
            kind,
            states: StateSet([(7, "OFF".to_owned()), (-1, "ON".to_owned())].into()),
            period_s: Some(60),
            ..PointSpec::default()
        };
        let exposure = Exposure::default();
        let place = ("ahu-1", String::new());
        Shown::new((PointId(1), &spec), place, &exposure, 5, ["No", "Yes"]).unwrap()
    }

    fn sample(value: f64, seconds_ago: i64, quality: Quality) -> Sample {
        Sample {
            at: NOW.plus(-seconds_ago * Timestamp::SECOND),
            value,
            quality,
        }
    }

    #[test]
    fn states_are_counted_from_one_in_the_order_of_their_codes_and_back() {
        let mode = shown(PointKind::State);
        assert_eq!(mode.value(-1.0), Some(Value::State(1)));
        assert_eq!(mode.value(7.0), Some(Value::State(2)));
        assert_eq!(mode.value(1.0), None, "no such state");
        assert_eq!(mode.stored(Value::State(2)), Some(7.0));
        assert_eq!(mode.stored(Value::State(3)), None);
        assert_eq!(mode.stored(Value::State(0)), None);
        assert_eq!(mode.stored(Value::Number(7.0)), None);
    }

    #[test]
    fn what_is_missing_old_or_wrong_is_doubted() {
        let number = shown(PointKind::Number);
        let doubt = |sample: Option<Sample>| number.update(sample.as_ref(), NOW).doubt;
        assert_eq!(doubt(None), Some(Doubt::NoValue));
        assert_eq!(doubt(Some(sample(1.0, 0, Quality::Good))), None);
        assert_eq!(doubt(Some(sample(1.0, 0, Quality::Uncertain))), None);
        assert_eq!(doubt(Some(sample(1.0, 0, Quality::Bad))), Some(Doubt::Bad));
        assert_eq!(
            doubt(Some(sample(f64::NAN, 0, Quality::Good))),
            Some(Doubt::Bad)
        );
        assert_eq!(
            doubt(Some(sample(1.0, 181, Quality::Good))),
            Some(Doubt::Stale)
        );
        assert_eq!(doubt(Some(sample(1.0, 180, Quality::Good))), None);
    }

    #[test]
    fn states_without_words_are_no_object() {
        let spec = PointSpec {
            kind: PointKind::State,
            ..PointSpec::default()
        };
        let place = ("ahu-1", String::new());
        let exposure = Exposure::default();
        let made = Shown::new((PointId(1), &spec), place, &exposure, 5, ["No", "Yes"]);
        assert!(made.is_none());
    }
}
