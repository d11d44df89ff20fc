//! What can be wrong with a battery, by name.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Sources of one flag that are told apart at most.
const MAX_SOURCES: usize = 1_024;

macro_rules! faults {
    ($($variant:ident $name:literal),+ $(,)?) => {
        /// A thing that can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Fault { $($variant),+ }

        impl Fault {
            /// The points of the flag: what is wrong now, and what is about to be.
            pub(crate) const fn point(self, severity: Severity) -> &'static str {
                match (self, severity) {
                    $((Self::$variant, Severity::Fault) => concat!("fault_", $name),
                      (Self::$variant, Severity::Warning) => concat!("warning_", $name),)+
                }
            }

            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

faults! {
    CellUndervoltage "cell_undervoltage",
    CellOvervoltage "cell_overvoltage",
    CellImbalance "cell_imbalance",
    CellFailure "cell_failure",
    DeepDischarge "deep_discharge",
    ShortCircuit "short_circuit",
    ChargeOvercurrent "charge_overcurrent",
    DischargeOvercurrent "discharge_overcurrent",
    ChargeUndertemperature "charge_undertemperature",
    ChargeOvertemperature "charge_overtemperature",
    DischargeUndertemperature "discharge_undertemperature",
    DischargeOvertemperature "discharge_overtemperature",
    InternalOvertemperature "internal_overtemperature",
    SwitchOvertemperature "switch_overtemperature",
    ChargeSwitchOff "charge_switch_off",
    DischargeSwitchOff "discharge_switch_off",
    OpenWire "open_wire",
    Contactor "contactor",
    Precharge "precharge",
    Fuse "fuse",
    Interlock "interlock",
    Insulation "insulation",
    Communication "communication",
    Measurement "measurement",
    System "system",
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    /// Beyond what is allowed.
    Fault,
    /// Close to it.
    Warning,
}

/// Flags that several sources (strings, sensors) raise: up while one of them says so.
#[derive(Debug, Default)]
pub(crate) struct Flags(BTreeMap<(Fault, Severity), BTreeSet<u64>>);

impl Flags {
    /// What `source` says now; gives whether the flag is up.
    pub(crate) fn hear(&mut self, flag: (Fault, Severity), source: u64, is_up: bool) -> bool {
        let sources = self.0.entry(flag).or_default();
        if !is_up {
            sources.remove(&source);
        } else if sources.len() < MAX_SOURCES {
            sources.insert(source);
        }
        !sources.is_empty()
    }
}

/// Who raises a flag, as a number.
pub(crate) fn source(name: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_type_has_a_point_for_every_flag() {
        let library = include_str!("../../../../tenants/types/battery.toml");
        for fault in Fault::ALL {
            for severity in [Severity::Fault, Severity::Warning] {
                let point = fault.point(severity);
                assert!(library.contains(&format!("key = \"{point}\"")), "{point}");
            }
        }
    }

    #[test]
    fn a_flag_is_up_while_one_source_says_so() {
        let (mut flags, flag) = (Flags::default(), (Fault::Fuse, Severity::Fault));
        assert!(flags.hear(flag, 1, true));
        assert!(flags.hear(flag, 2, true));
        assert!(flags.hear(flag, 1, false));
        assert!(!flags.hear(flag, 2, false));
    }
}
