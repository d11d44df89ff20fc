//! The models that Vigie knows, from `profiles/sunspec-*.toml`.

use super::Meaning;
use crate::config::Sign;
use crate::register::{Format, Raw, RegisterConfig};
use serde::Deserialize;
use std::sync::{Arc, LazyLock};

static TEXTS: [&str; 5] = [
    include_str!("../../profiles/sunspec-inverter.toml"),
    include_str!("../../profiles/sunspec-meter.toml"),
    include_str!("../../profiles/sunspec-battery.toml"),
    include_str!("../../profiles/sunspec-bank.toml"),
    include_str!("../../profiles/sunspec-string.toml"),
];

// A test reads every one of them.
static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    TEXTS
        .iter()
        .filter_map(|text| Model::read(text).ok())
        .collect()
});

/// A model: addresses count from the register that holds its number.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// The numbers of the models that lie like this.
    pub(crate) models: Vec<u16>,
    /// Registers of the part that does not repeat, number and length included.
    pub(crate) fixed: u16,
    /// How the key of its equipment ends.
    pub(crate) suffix: Arc<str>,
    /// Whether the first of its kind has a number too.
    #[serde(default)]
    pub(crate) is_numbered: bool,
    /// Whether it makes equipment of its own.
    #[serde(default = "yes")]
    pub(crate) is_primary: bool,
    /// Key of the equipment type.
    #[serde(rename = "type")]
    pub(crate) kind: Arc<str>,
    /// Points whose sign says whether it charges.
    #[serde(default)]
    charge: Vec<String>,
    /// Its registers.
    #[serde(default)]
    pub(crate) registers: Vec<RegisterConfig>,
    /// The part that repeats.
    #[serde(default)]
    pub(crate) repeat: Option<Repeat>,
}

/// A part that comes as often as a register says; addresses count from its beginning, those of
/// scale registers from that of the model.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    /// The register that says how often.
    pub(crate) count: u16,
    /// Where the first begins.
    pub(crate) start: u16,
    /// Registers of each.
    pub(crate) stride: u16,
    pub(crate) suffix: Arc<str>,
    #[serde(rename = "type")]
    pub(crate) kind: Arc<str>,
    pub(crate) registers: Vec<RegisterConfig>,
}

/// The model of this number, if it is known.
pub(crate) fn model_of(id: u16) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.models.contains(&id))
}

impl Model {
    fn read(text: &str) -> Result<Self, toml::de::Error> {
        let mut model: Self = toml::from_str(text)?;
        let repeating = model
            .repeat
            .iter_mut()
            .flat_map(|repeat| &mut repeat.registers);
        for entry in model.registers.iter_mut().chain(repeating) {
            if entry.absent.is_empty() {
                entry.absent.extend(unimplemented_value(entry.format));
            }
        }
        Ok(model)
    }

    /// Vigie counts charging positive.
    pub(super) fn is_flipped(&self, entry: &RegisterConfig, meaning: &Meaning) -> bool {
        let is_charge = entry
            .point
            .as_ref()
            .is_some_and(|point| self.charge.contains(point));
        is_charge && meaning.charging == Sign::Negative
    }
}

/// "Unimplemented" (SunSpec Device Information Model Specification, 4.3); NaN is none anyway.
fn unimplemented_value(format: Format) -> Option<Raw> {
    let text = match format {
        Format::U16 => "0xffff",
        Format::I16 => "0x8000",
        Format::U32 => "0xffffffff",
        Format::I32 => "0x80000000",
        Format::U64 => "0xffffffffffffffff",
        Format::I64 => "0x8000000000000000",
        Format::F32 | Format::F64 | Format::String => return None,
    };
    Some(Raw::Text(text.to_owned()))
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};

    #[test]
    fn every_model_can_be_read_and_stays_within_itself() {
        let limits = Limits {
            gap: 0,
            registers: MOST_REGISTERS,
            bits: MOST_BITS,
        };
        for text in TEXTS {
            let model = Model::read(text).unwrap();
            for entry in &model.registers {
                for register in entry.check(limits).unwrap() {
                    assert!(
                        register
                            .places()
                            .all(|place| place.end() <= u32::from(model.fixed))
                    );
                }
            }
            let Some(repeat) = &model.repeat else {
                continue;
            };
            assert!(repeat.start >= model.fixed || repeat.start == 0);
            for entry in &repeat.registers {
                for register in entry.check(limits).unwrap() {
                    assert!(register.place.end() <= u32::from(repeat.stride));
                    assert!(
                        register
                            .exponent
                            .is_none_or(|place| place.start < model.fixed)
                    );
                }
            }
        }
    }
}
