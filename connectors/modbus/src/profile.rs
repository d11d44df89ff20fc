//! Register maps that come with Vigie.

use crate::register::RegisterConfig;
use serde::{Deserialize, Serialize};

/// Name and text of each.
static PROFILES: &[(&str, &str)] = &[
    (
        "eastron-sdm630",
        include_str!("../profiles/eastron-sdm630.toml"),
    ),
    (
        "victron-battery",
        include_str!("../profiles/victron-battery.toml"),
    ),
    (
        "victron-grid-meter",
        include_str!("../profiles/victron-grid-meter.toml"),
    ),
];

/// A register map.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is for, in words.
    pub name: String,
    /// Key of the equipment type that its points are of.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Registers nobody asked for that may be read along; that of the connection when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<u16>,
    /// The registers.
    pub registers: Vec<RegisterConfig>,
}

impl Profile {
    /// The names of all.
    pub fn names() -> impl Iterator<Item = &'static str> {
        PROFILES.iter().map(|(name, _)| *name)
    }

    /// Finds a profile by its name.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let (_, text) = PROFILES.iter().find(|(known, _)| *known == name)?;
        // A test reads every one of them.
        toml::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};
    use std::collections::BTreeSet;

    #[test]
    fn every_profile_can_be_read_and_its_points_are_different() {
        let limits = Limits {
            gap: 0,
            registers: MOST_REGISTERS,
            bits: MOST_BITS,
        };
        for (name, text) in PROFILES {
            let profile: Profile =
                toml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut points = BTreeSet::new();
            for entry in &profile.registers {
                for register in entry
                    .check(limits)
                    .unwrap_or_else(|fault| panic!("{name}: {fault}"))
                {
                    assert!(
                        points.insert(register.point.clone()),
                        "{name}: {} twice",
                        register.point
                    );
                }
            }
            assert!(!points.is_empty(), "{name}");
        }
    }
}
