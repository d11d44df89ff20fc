//! From a value to registers.

use crate::register::{Form, Order, Register};
use vigie_contract::ReadingValue;

/// What is to be written: bits, and which bits of the place they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) raw: u64,
    /// Bits outside of it stay as they are.
    pub(crate) mask: u64,
}

impl Wanted {
    /// What the place holds after writing over `before`.
    pub(crate) fn over(self, before: u64) -> u64 {
        before & !self.mask | self.raw & self.mask
    }

    /// Whether a place that holds `now` has it.
    pub(crate) fn is_in(self, now: u64) -> bool {
        (now ^ self.raw) & self.mask == 0
    }
}

impl Register {
    /// All bits of its place.
    pub(crate) fn full_mask(&self) -> u64 {
        if self.form == Form::Coil {
            return 1;
        }
        u64::MAX >> (64 - 16 * u32::from(self.place.count.clamp(1, 4)))
    }

    /// The bits that mean `value`, or in words why there are none.
    pub(crate) fn encode(&self, value: &ReadingValue) -> Result<Wanted, String> {
        let mask = self.full_mask();
        match self.form {
            Form::Coil => Ok(Wanted {
                raw: u64::from(yes_or_no(value)?),
                mask,
            }),
            Form::Flag(bit) => Ok(Wanted {
                raw: u64::from(yes_or_no(value)?) << bit,
                mask: 1 << bit,
            }),
            Form::Text => Err("text is not written".to_owned()),
            Form::Float => self
                .float_bits(self.raw_number(value)?)
                .map(|raw| Wanted { raw, mask }),
            Form::Integer { is_signed, part } => {
                let number = self.raw_number(value)?.round();
                let (shift, mask) = part.unwrap_or((0, mask));
                let bits = fit(number, is_signed, mask)
                    .ok_or_else(|| format!("{value} does not fit into the register"))?;
                Ok(Wanted {
                    raw: bits << shift,
                    mask: mask << shift,
                })
            }
        }
    }

    fn raw_number(&self, value: &ReadingValue) -> Result<f64, String> {
        match value {
            ReadingValue::Bool(flag) => Ok(f64::from(*flag)),
            ReadingValue::State(word) => self.raw_of(word),
            ReadingValue::Number(number) if !number.is_finite() => {
                Err(format!("{number} cannot be written"))
            }
            ReadingValue::Number(number) => Ok(self.scale.invert(*number)),
        }
    }

    fn raw_of(&self, word: &str) -> Result<f64, String> {
        let known = self
            .states
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(word));
        let allowed = || {
            self.states
                .iter()
                .map(|(word, _)| &**word)
                .collect::<Vec<_>>()
                .join(", ")
        };
        known
            .map(|(_, raw)| *raw as f64)
            .ok_or_else(|| format!("`{word}` is no state; there are {}", allowed()))
    }

    fn float_bits(&self, number: f64) -> Result<u64, String> {
        if self.place.count != 2 {
            return Ok(number.to_bits());
        }
        let short = number as f32;
        if short.is_finite() {
            Ok(u64::from(short.to_bits()))
        } else {
            Err(format!("{number} is too large for the register"))
        }
    }

    /// The registers that hold these bits, in the order of their addresses.
    pub(crate) fn words_of(&self, raw: u64) -> Vec<u16> {
        let count = u32::from(self.place.count);
        let mut words: Vec<u16> = (0..count).rev().map(|n| (raw >> (16 * n)) as u16).collect();
        if self.words == Order::Little {
            words.reverse();
        }
        if self.bytes == Order::Little {
            for word in &mut words {
                *word = word.swap_bytes();
            }
        }
        words
    }
}

/// A whole number in as many bits as the mask has; `None` when they do not suffice.
fn fit(number: f64, is_signed: bool, mask: u64) -> Option<u64> {
    let width = 64 - mask.leading_zeros();
    let (low, high) = if is_signed {
        let half = 2_f64.powi(width as i32 - 1);
        (-half, half)
    } else {
        (0.0, 2_f64.powi(width as i32))
    };
    if !(low..high).contains(&number) {
        return None;
    }
    let bits = if number < 0.0 {
        number as i64 as u64
    } else {
        number as u64
    };
    Some(bits & mask)
}

fn yes_or_no(value: &ReadingValue) -> Result<bool, String> {
    match value {
        ReadingValue::Bool(flag) => Ok(*flag),
        ReadingValue::Number(number) if *number == 0.0 => Ok(false),
        ReadingValue::Number(number) if number.total_cmp(&1.0).is_eq() => Ok(true),
        other => Err(format!("{other} is neither yes nor no")),
    }
}
