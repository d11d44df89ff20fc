//! An entry as written, checked and made ready.

use super::{Form, Raw, Register, RegisterConfig};
use crate::period;
use crate::plan::{Limits, Place};
use crate::scale::Scale;
use std::sync::Arc;
use vigie_contract::ConfigFault;

type Checked<T> = Result<T, ConfigFault>;

/// An entry makes at most so many points.
const MOST_FLAGS: usize = 64;

impl RegisterConfig {
    /// The registers of this entry: one, or one for each flag.
    pub(crate) fn check(&self, limits: Limits) -> Checked<Vec<Register>> {
        let place = self.place(limits)?;
        self.check_scaling()?;
        let base = Register {
            point: "".into(),
            place,
            form: self.form(place)?,
            words: self.words,
            bytes: self.bytes,
            absent: self.absent(place)?,
            scale: self.scaling()?,
            exponent: self.exponent()?,
            states: self.state_words(),
            unit: self.unit.as_deref().map(Into::into),
            every: self.every.as_deref().map(every).transpose()?,
            write: self.writing()?,
            read_back: self.read_back,
        };
        match (&self.point, self.flags.is_empty()) {
            (Some(point), true) => Ok(vec![base.named(key("/point", point)?)]),
            (None, false) => self.flagged(&base),
            (Some(_), false) => fault("/flags", "either `point` or `flags`, not both"),
            (None, true) => fault("/point", "the key of a point (or `flags` with several)"),
        }
    }

    fn flagged(&self, base: &Register) -> Checked<Vec<Register>> {
        if self.table.is_bits()
            || !self.format.is_integer()
            || self.bit.or(self.bits_low()).is_some()
        {
            return fault("/flags", "flags are bits of a whole number");
        }
        if self.flags.len() > MOST_FLAGS {
            return fault("/flags", "at most 64 flags");
        }
        let mut registers = Vec::with_capacity(self.flags.len());
        for (name, &bit) in &self.flags {
            let pointer = format!("/flags/{name}");
            check_bit(&pointer, bit, base.place)?;
            let mut flag = base.clone().named(key(&pointer, name)?);
            flag.form = Form::Flag(bit);
            registers.push(flag);
        }
        Ok(registers)
    }

    fn place(&self, limits: Limits) -> Checked<Place> {
        let count = match (self.table.is_bits(), self.format.registers()) {
            (true, _) => 1,
            (false, Some(count)) => count,
            (false, None) => self.length.unwrap_or(0),
        };
        let longest = limits.registers;
        if !self.table.is_bits() && !(1..=longest).contains(&count) {
            let message = format!("1 to {longest} registers, as many as one read brings");
            return fault("/length", message);
        }
        if self.length.is_some_and(|length| length != count) {
            return fault("/length", format!("only for text; {count} here"));
        }
        if u32::from(self.address) + u32::from(count) > 0x1_0000 {
            return fault("/address", "the last address is 65535");
        }
        Ok(Place {
            table: self.table,
            start: self.address,
            count,
        })
    }

    fn form(&self, place: Place) -> Checked<Form> {
        if self.table.is_bits() {
            return Ok(Form::Coil);
        }
        let is_part = self.bit.or(self.bits_low()).is_some();
        if is_part && !self.format.is_integer() {
            let pointer = if self.bit.is_some() { "/bit" } else { "/bits" };
            return fault(pointer, "only a whole number has bits");
        }
        match (self.bit, self.bits) {
            (Some(_), Some(_)) => fault("/bits", "either `bit` or `bits`, not both"),
            (Some(bit), None) => {
                check_bit("/bit", bit, place)?;
                Ok(Form::Flag(bit))
            }
            (None, Some([first, last])) => {
                check_bit("/bits/0", first, place)?;
                check_bit("/bits/1", last, place)?;
                if first > last {
                    return fault("/bits", "first the lower bit, then the higher");
                }
                let mask = u64::MAX >> (63 - u32::from(last - first));
                let part = Some((first, mask));
                Ok(Form::Integer {
                    is_signed: false,
                    part,
                })
            }
            (None, None) if self.format.is_integer() => Ok(Form::Integer {
                is_signed: self.format.is_signed(),
                part: None,
            }),
            (None, None) if self.format.registers().is_some() => Ok(Form::Float),
            (None, None) => Ok(Form::Text),
        }
    }

    fn bits_low(&self) -> Option<u8> {
        self.bits.map(|[first, _]| first)
    }

    fn absent(&self, place: Place) -> Checked<Vec<u64>> {
        let width = 16 * u32::from(place.count.clamp(1, 4));
        let mask = u64::MAX >> (64 - width);
        let mut values = Vec::with_capacity(self.absent.len());
        for (index, raw) in self.absent.iter().enumerate() {
            let pointer = format!("/absent/{index}");
            let bits = match raw {
                Raw::Number(number) => *number as u64 & mask,
                Raw::Text(text) => hexadecimal(text)
                    .filter(|bits| bits & !mask == 0)
                    .ok_or_else(|| {
                        let message = format!("a number, or text like 0x8000 of {width} bits");
                        ConfigFault::at(pointer, message)
                    })?,
            };
            values.push(bits);
        }
        Ok(values)
    }

    fn check_scaling(&self) -> Checked<()> {
        let is_scaled =
            self.scale.is_some() || self.offset.is_some() || self.scale_register.is_some();
        let is_number = !self.table.is_bits()
            && self.bit.is_none()
            && self.flags.is_empty()
            && self.format.registers().is_some();
        if is_scaled && !is_number {
            return fault("/scale", "only a number has a scale");
        }
        if !self.states.is_empty() && (!is_number || is_scaled || !self.format.is_integer()) {
            return fault("/states", "states are of a whole number without a scale");
        }
        Ok(())
    }

    fn scaling(&self) -> Checked<Scale> {
        let scale = Scale::new(self.scale.unwrap_or(1.0), self.offset.unwrap_or(0.0));
        scale.ok_or_else(|| ConfigFault::at("/scale", "a number other than 0"))
    }

    fn exponent(&self) -> Checked<Option<Place>> {
        if self.scale_register.is_some() && self.write.is_some() {
            return fault("/scale_register", "not for what is written");
        }
        Ok(self.scale_register.map(|start| Place {
            table: self.table,
            start,
            count: 1,
        }))
    }

    fn state_words(&self) -> Vec<(Arc<str>, i64)> {
        let mut words = Vec::new();
        for (word, codes) in &self.states {
            let word: Arc<str> = word.as_str().into();
            words.extend(codes.all().iter().map(|code| (word.clone(), *code)));
        }
        words
    }

    fn writing(&self) -> Checked<Option<super::WriteRule>> {
        if self.write.is_none() {
            return Ok(None);
        }
        if !self.table.is_writable() {
            let message = format!("a {} cannot be written", self.table.name());
            return fault("/write", message);
        }
        if self.unit.is_some() {
            let message =
                "what is written comes in the unit of the point; scale the register to it";
            return fault("/unit", message);
        }
        Ok(self.write)
    }
}

impl Register {
    fn named(self, point: Arc<str>) -> Self {
        Self { point, ..self }
    }

    /// Every place that must be read for its value.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        std::iter::once(self.place).chain(self.exponent)
    }
}

fn check_bit(pointer: &str, bit: u8, place: Place) -> Checked<()> {
    let bits = 16 * place.count;
    if u16::from(bit) < bits {
        return Ok(());
    }
    fault(pointer, format!("bits count from 0 to {}", bits - 1))
}

fn every(text: &str) -> Checked<std::time::Duration> {
    period::parse(text).ok_or_else(|| ConfigFault::at("/every", period::RULE))
}

/// The rule of keys is the platform's; what is plainly none is refused here.
pub(crate) fn key(pointer: &str, text: &str) -> Checked<Arc<str>> {
    let is_fine =
        !text.is_empty() && text.trim() == text && !text.contains(['/', '+', '#', '{', '}']);
    if is_fine && text.chars().count() <= 128 {
        return Ok(text.into());
    }
    fault(
        pointer,
        "a key: 1 to 128 characters without blanks at its ends and without / + # { }",
    )
}

fn hexadecimal(text: &str) -> Option<u64> {
    let digits = text.strip_prefix("0x").or(text.strip_prefix("0X"))?;
    u64::from_str_radix(digits, 16).ok()
}

fn fault<T>(pointer: &str, message: impl Into<String>) -> Checked<T> {
    Err(ConfigFault::at(pointer, message))
}
