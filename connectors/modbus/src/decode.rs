//! From registers to a value.

use crate::image::Image;
use crate::register::{Form, Order, Register};
use vigie_contract::ReadingValue;

/// Powers of ten that a scale register may hold (SunSpec Device Information Model, `sunssf`).
const EXPONENTS: std::ops::RangeInclusive<i16> = -10..=10;
/// What a scale register says that is not there.
const NO_EXPONENT: u16 = 0x8000;

/// Why registers mean nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Nonsense {
    pub(crate) reason: &'static str,
    pub(crate) detail: String,
}

impl Register {
    /// Its value; `None` when it was not read, or the device says that there is none.
    pub(crate) fn decode(&self, image: &Image) -> Result<Option<ReadingValue>, Nonsense> {
        if self.form == Form::Coil {
            return Ok(image.bit(self.place).map(ReadingValue::Bool));
        }
        let Some(words) = image.words(self.place) else {
            return Ok(None);
        };
        if self.form == Form::Text {
            return Ok(self.text(words));
        }
        let raw = self.raw(words);
        if self.absent.contains(&raw) {
            return Ok(None);
        }
        let exponent = match self.exponent {
            None => 0,
            Some(place) => match image.words(place) {
                None | Some([NO_EXPONENT]) => return Ok(None),
                Some(words) => exponent(words)?,
            },
        };
        self.value(raw, exponent)
    }

    fn value(&self, raw: u64, exponent: i16) -> Result<Option<ReadingValue>, Nonsense> {
        let number = match self.form {
            Form::Flag(bit) => return Ok(Some(ReadingValue::Bool(raw >> bit & 1 == 1))),
            Form::Float => self.float(raw),
            Form::Integer { .. } if !self.states.is_empty() => {
                return self.state(self.integer(raw)).map(Some);
            }
            Form::Integer {
                is_signed: false, ..
            } => self.integer(raw) as u64 as f64,
            Form::Integer { .. } | Form::Coil | Form::Text => self.integer(raw) as f64,
        };
        if number.is_nan() {
            return Ok(None);
        }
        let value = self.scale.apply(number, exponent);
        if value.is_finite() {
            return Ok(Some(ReadingValue::Number(value)));
        }
        Err(Nonsense {
            reason: "not_finite",
            detail: format!("the registers hold {number}, which no point can be"),
        })
    }

    /// The bits of a number in their usual order, the least significant last.
    pub(crate) fn raw(&self, words: &[u16]) -> u64 {
        let in_order = |word: &u16| match self.bytes {
            Order::Big => *word,
            Order::Little => word.swap_bytes(),
        };
        let join = |bits: u64, word: u16| bits << 16 | u64::from(word);
        match self.words {
            Order::Big => words.iter().map(in_order).fold(0, join),
            Order::Little => words.iter().rev().map(in_order).fold(0, join),
        }
    }

    /// The whole number in `raw`; unsigned ones of 64 bits as their two's complement.
    fn integer(&self, raw: u64) -> i64 {
        match self.form {
            Form::Integer {
                part: Some((shift, mask)),
                ..
            } => (raw >> shift & mask) as i64,
            Form::Integer {
                is_signed: true, ..
            } => match self.place.count {
                1 => i64::from(raw as u16 as i16),
                2 => i64::from(raw as u32 as i32),
                _ => raw as i64,
            },
            _ => raw as i64,
        }
    }

    fn float(&self, raw: u64) -> f64 {
        if self.place.count == 2 {
            f64::from(f32::from_bits(raw as u32))
        } else {
            f64::from_bits(raw)
        }
    }

    fn state(&self, number: i64) -> Result<ReadingValue, Nonsense> {
        let known = self.states.iter().find(|(_, raw)| *raw == number);
        known
            .map(|(word, _)| ReadingValue::State(word.clone()))
            .ok_or_else(|| Nonsense {
                reason: "unknown_state",
                detail: format!("{number} is none of the states of `{}`", self.point),
            })
    }

    /// Up to the first zero, without blanks at its ends; empty text is no value.
    fn text(&self, words: &[u16]) -> Option<ReadingValue> {
        let bytes = words.iter().flat_map(|word| match self.bytes {
            Order::Big => word.to_be_bytes(),
            Order::Little => word.to_le_bytes(),
        });
        let bytes: Vec<u8> = bytes.take_while(|byte| *byte != 0).collect();
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim();
        (!text.is_empty()).then(|| ReadingValue::State(text.into()))
    }
}

fn exponent(words: &[u16]) -> Result<i16, Nonsense> {
    let exponent = words.first().map_or(0, |word| *word as i16);
    if EXPONENTS.contains(&exponent) {
        return Ok(exponent);
    }
    Err(Nonsense {
        reason: "bad_scale",
        detail: format!("a scale of ten to the power of {exponent}; -10 to 10 are allowed"),
    })
}

#[cfg(test)]
mod tests;
