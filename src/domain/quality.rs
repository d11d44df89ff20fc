//! How far a value can be trusted, as the source or the ingest path said it.

use serde::{Deserialize, Serialize};

/// The quality of one sample (the three major classes of OPC UA Part 8, 5.4).
///
/// Stale is not a quality of a sample: it is a property of the present, derived
/// from the age of the newest sample and the period the point promises.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
pub enum Quality {
    /// Trusted.
    #[default]
    Good = 0,
    /// Usable with care: substituted, out of calibration, outside the limits of the point.
    Uncertain = 1,
    /// Not to be used: sensor fault, unknown state text.
    Bad = 2,
}

impl Quality {
    /// The stored code, `0..=2`.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Reads a stored code; `None` for anything but `0..=2`.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Good),
            1 => Some(Self::Uncertain),
            2 => Some(Self::Bad),
            _ => None,
        }
    }

    /// The lower-case English name, as the API spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Uncertain => "uncertain",
            Self::Bad => "bad",
        }
    }
}
