//! What a JSON value or a text means for a point.

use crate::PointRule;
use serde_json::Value;
use std::sync::Arc;
use vigie_contract::{ConfigFault, ReadingValue};

/// The meaning of one point's values.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// Lower-case word to code; empty: words are left to the states of the point.
    states: Vec<(Box<str>, f64)>,
    scale: f64,
    offset: f64,
    pub(super) unit: Option<Arc<str>>,
}

/// Why a value means nothing.
pub(super) struct Meaningless {
    pub(super) reason: &'static str,
    pub(super) detail: String,
}

impl Meaning {
    pub(super) fn new(rule: &PointRule) -> Result<Self, ConfigFault> {
        let finite = |name: &str, number: Option<f64>, default: f64| match number {
            Some(number) if !number.is_finite() => {
                Err(ConfigFault::at(format!("/{name}"), "a finite number"))
            }
            number => Ok(number.unwrap_or(default)),
        };
        let states = rule.states.iter();
        Ok(Self {
            states: states
                .map(|(word, code)| (word.to_lowercase().into(), f64::from(*code)))
                .collect(),
            scale: finite("scale", rule.scale, 1.0)?,
            offset: finite("offset", rule.offset, 0.0)?,
            unit: rule.unit.as_deref().map(Arc::from),
        })
    }

    /// `Ok(None)` for `null`: the device says that there is no value.
    pub(super) fn of(&self, value: &Value) -> Result<Option<ReadingValue>, Meaningless> {
        match value {
            Value::Null => Ok(None),
            Value::Bool(flag) => self.of_bool(*flag).map(Some),
            Value::Number(number) => self
                .of_number(number.as_f64().unwrap_or(f64::NAN))
                .map(Some),
            Value::String(text) => self.of_text(text).map(Some),
            Value::Array(_) | Value::Object(_) => Err(Meaningless {
                reason: "not_a_value",
                detail: "an array or object where one value is expected".to_owned(),
            }),
        }
    }

    /// A word of the state map, a number (blanks and leading zeros allowed), or a word for the point's own states.
    pub(super) fn of_text(&self, text: &str) -> Result<ReadingValue, Meaningless> {
        let text = text.trim();
        if !self.states.is_empty() {
            return self.code_of(text).map(ReadingValue::Number);
        }
        if let Ok(number) = text.parse::<f64>() {
            return self.of_number(number);
        }
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return self.of_bool(text.eq_ignore_ascii_case("true"));
        }
        if text.is_empty() || text.len() > 256 {
            return Err(Meaningless {
                reason: "not_a_value",
                detail: "an empty or very long text where a value is expected".to_owned(),
            });
        }
        Ok(ReadingValue::State(Arc::from(text)))
    }

    fn of_bool(&self, flag: bool) -> Result<ReadingValue, Meaningless> {
        if self.states.is_empty() {
            return Ok(ReadingValue::Bool(flag));
        }
        self.code_of(if flag { "true" } else { "false" })
            .map(ReadingValue::Number)
    }

    fn of_number(&self, number: f64) -> Result<ReadingValue, Meaningless> {
        if self.states.is_empty() {
            return Ok(ReadingValue::Number(self.scaled(number)));
        }
        let is_code = self
            .states
            .iter()
            .any(|(_, code)| code.to_bits() == number.to_bits());
        if is_code {
            return Ok(ReadingValue::Number(number));
        }
        self.code_of(&number.to_string()).map(ReadingValue::Number)
    }

    /// Leaves the bits alone where there is nothing to scale.
    fn scaled(&self, number: f64) -> f64 {
        if self.scale.to_bits() == 1.0_f64.to_bits() && self.offset == 0.0 {
            return number;
        }
        number * self.scale + self.offset
    }

    fn code_of(&self, word: &str) -> Result<f64, Meaningless> {
        self.states
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word) || **known == *word.to_lowercase())
            .map(|(_, code)| *code)
            .ok_or_else(|| Meaningless {
                reason: "unknown_state",
                detail: format!("`{}` is no state of the route", head(word)),
            })
    }
}

/// The beginning of a text, for a sentence.
fn head(text: &str) -> &str {
    let end = text.char_indices().nth(40).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
