//! One register map entry: where a value lies, how it is written there and what it means.

pub(crate) mod check;

use crate::plan::Place;
use crate::scale::Scale;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The four tables of a Modbus device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Table {
    /// 16-bit registers that can be written (function codes 3, 6, 16).
    #[default]
    Holding,
    /// 16-bit registers that cannot (function code 4).
    Input,
    /// Bits that can be written (function codes 1, 5, 15).
    Coil,
    /// Bits that cannot (function code 2).
    Discrete,
}

impl Table {
    /// Whether it holds bits.
    pub const fn is_bits(self) -> bool {
        matches!(self, Self::Coil | Self::Discrete)
    }

    /// Whether it can be written.
    pub const fn is_writable(self) -> bool {
        matches!(self, Self::Holding | Self::Coil)
    }

    /// As people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holding => "holding register",
            Self::Input => "input register",
            Self::Coil => "coil",
            Self::Discrete => "discrete input",
        }
    }
}

/// How a value is written in registers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Unsigned, one register.
    #[default]
    U16,
    /// Two's complement, one register.
    I16,
    /// Unsigned, two registers.
    U32,
    /// Two's complement, two registers.
    I32,
    /// Unsigned, four registers.
    U64,
    /// Two's complement, four registers.
    I64,
    /// IEEE 754, two registers.
    F32,
    /// IEEE 754, four registers.
    F64,
    /// Text, two characters a register, ended by a zero or blanks; a word of a state.
    String,
}

impl Format {
    /// Registers it takes; `None` for text, which says it itself.
    pub const fn registers(self) -> Option<u16> {
        match self {
            Self::U16 | Self::I16 => Some(1),
            Self::U32 | Self::I32 | Self::F32 => Some(2),
            Self::U64 | Self::I64 | Self::F64 => Some(4),
            Self::String => None,
        }
    }

    pub(crate) const fn is_integer(self) -> bool {
        !matches!(self, Self::F32 | Self::F64 | Self::String)
    }

    pub(crate) const fn is_signed(self) -> bool {
        matches!(self, Self::I16 | Self::I32 | Self::I64)
    }
}

/// Which end comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The most significant, as the Modbus specification has it.
    #[default]
    Big,
    /// The least significant.
    Little,
}

/// How a register is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum WriteRule {
    /// One register or coil with function code 6 or 5, several with 16.
    Single,
    /// Always with the function codes for several, 16 or 15.
    Multiple,
}

/// A raw value: a whole number, or text like `0x8000`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Raw {
    /// As a number; a negative one is meant in two's complement.
    Number(i64),
    /// In hexadecimal.
    Text(String),
}

/// The raw values of a state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged)]
pub enum Codes {
    /// One.
    One(i64),
    /// Several that mean the same.
    Several(Vec<i64>),
}

impl Codes {
    fn all(&self) -> &[i64] {
        match self {
            Self::One(code) => std::slice::from_ref(code),
            Self::Several(codes) => codes,
        }
    }
}

/// An entry of a register map as manifests and profiles write it.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterConfig {
    /// Key of the point; absent where `flags` has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<String>,
    /// Keys of yes-no points to the bit that each is, counted from 0, the least significant.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, u8>,
    /// Which table.
    #[serde(default, skip_serializing_if = "is_default")]
    pub table: Table,
    /// Address of the first register as it goes over the wire, counted from 0.
    pub address: u16,
    /// How the value is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub format: Format,
    /// Registers of a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<u16>,
    /// Which register of a long value comes first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub words: Order,
    /// Which byte of a register comes first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bytes: Order,
    /// One bit of the value, a yes-no point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bit: Option<u8>,
    /// First and last bit of a part of the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<[u8; 2]>,
    /// Raw values that mean that there is no value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absent: Vec<Raw>,
    /// Multiplies the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<f64>,
    /// Added after the scale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<f64>,
    /// Address of a register that holds a further power of ten (SunSpec `sunssf`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale_register: Option<u16>,
    /// Word of a state to its raw value, or the several that mean it (the first is written); a
    /// value that is not here is refused.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub states: BTreeMap<String, Codes>,
    /// Unit of the value; the unit of the point when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How often it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<String>,
    /// Whether and how it can be written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<WriteRule>,
    /// Whether what was written is read back (default); not for pulses that fall back by themselves.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub read_back: bool,
}

/// A checked entry.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Register {
    pub(crate) point: Arc<str>,
    pub(crate) place: Place,
    pub(crate) form: Form,
    pub(crate) words: Order,
    pub(crate) bytes: Order,
    pub(crate) absent: Vec<u64>,
    pub(crate) scale: Scale,
    /// Where a further power of ten lies.
    pub(crate) exponent: Option<Place>,
    pub(crate) states: Vec<(Arc<str>, i64)>,
    pub(crate) unit: Option<Arc<str>>,
    /// `None`: as its device says.
    pub(crate) every: Option<Duration>,
    pub(crate) write: Option<WriteRule>,
    pub(crate) read_back: bool,
}

/// What the bits at a place are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// A coil or a discrete input.
    Coil,
    /// A whole number, or some bits of one: shift and mask.
    Integer {
        is_signed: bool,
        part: Option<(u8, u64)>,
    },
    /// IEEE 754.
    Float,
    /// One bit of a register.
    Flag(u8),
    /// Characters.
    Text,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_yes(flag: &bool) -> bool {
    *flag
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
