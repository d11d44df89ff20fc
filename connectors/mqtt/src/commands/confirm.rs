//! What a device has to say for a command to be confirmed.

use super::rule::{Accepted, CommandRule};
use crate::Route;
use std::collections::BTreeMap;
use std::sync::Arc;
use vigie_contract::{Address, ConfigFault, Reading, ReadingValue};

/// How far a number that was sent and one that is read back may lie apart, relative to it.
const CLOSE: f64 = 1e-6;

/// A checked `confirm`.
#[derive(Debug)]
pub(super) struct CompiledConfirm {
    point: Arc<str>,
    values: BTreeMap<String, Vec<Accepted>>,
    delivery: bool,
}

/// What one command waits for.
#[derive(Debug)]
pub(super) enum Confirmation {
    /// That its message was acknowledged.
    Delivery,
    /// A reading of this point with one of these values.
    Reading(Address, Vec<Accepted>),
}

impl CompiledConfirm {
    pub(super) fn new(rule: &CommandRule, routes: &[Route]) -> Result<Self, ConfigFault> {
        let confirm = &rule.confirm;
        let point: Arc<str> = confirm.point.as_deref().unwrap_or(&rule.point).into();
        if confirm.delivery {
            let waits = confirm.point.is_some() || !confirm.values.is_empty();
            let fault = |message| Err(ConfigFault::at("/delivery", message));
            return match (waits, rule.qos) {
                (true, _) => fault("either a reading confirms, or the delivery"),
                (false, 0) => fault("only a message of QoS 1 is acknowledged"),
                _ => Ok(Self {
                    point,
                    values: BTreeMap::new(),
                    delivery: true,
                }),
            };
        }
        let mut values = BTreeMap::new();
        for (word, accepted) in &confirm.values {
            if !rule.states.contains_key(word) {
                let message = format!("`{word}` is no word of `states`");
                return Err(ConfigFault::at(format!("/values/{word}"), message));
            }
            let coded = accepted.iter().map(|one| coded(one, &point, routes));
            values.insert(word.clone(), coded.collect());
        }
        Ok(Self {
            point,
            values,
            delivery: false,
        })
    }

    /// What confirms `value`, which was said with `word`.
    pub(super) fn of(&self, address: &Address, value: f64, word: Option<&str>) -> Confirmation {
        if self.delivery {
            return Confirmation::Delivery;
        }
        let point = Address {
            equipment: address.equipment.clone(),
            point: self.point.clone(),
        };
        let named = word.and_then(|word| self.values.get(word)).cloned();
        let accepted = named.unwrap_or_else(|| {
            let word = word.map(|word| Accepted::Word(word.to_owned()));
            std::iter::once(Accepted::Code(value)).chain(word).collect()
        });
        Confirmation::Reading(point, accepted)
    }
}

impl Confirmation {
    /// The value that confirms, if this reading does.
    pub(super) fn by(&self, reading: &Reading) -> Option<ReadingValue> {
        let Self::Reading(address, accepted) = self else {
            return None;
        };
        let confirms =
            *address == reading.address && accepted.iter().any(|one| one.is(&reading.value));
        confirms.then(|| reading.value.clone())
    }
}

impl Accepted {
    fn is(&self, value: &ReadingValue) -> bool {
        match (self, value) {
            (Self::Code(code), ReadingValue::Number(number)) => {
                (code - number).abs() <= code.abs() * CLOSE
            }
            (Self::Code(code), ReadingValue::Bool(flag)) => (*code != 0.0) == *flag,
            (Self::Word(word), ReadingValue::State(state)) => word.eq_ignore_ascii_case(state),
            _ => false,
        }
    }
}

/// A word as the code that the routes give it, where they do.
fn coded(accepted: &Accepted, point: &str, routes: &[Route]) -> Accepted {
    let Accepted::Word(word) = accepted else {
        return accepted.clone();
    };
    let rules = routes.iter().filter_map(|route| route.points.get(point));
    let mut words = rules.flat_map(|rule| &rule.states);
    let known = words.find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map_or_else(
        || accepted.clone(),
        |(_, code)| Accepted::Code(f64::from(*code)),
    )
}
