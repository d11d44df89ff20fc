//! Names of items: their prefixes, their units, and what those of a battery mean.

use crate::battery::{Fault, Sensed, State};
use crate::notes::point_key;

/// One item of a report, its name taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// The group it stands in, without its prefix.
    group: &'a str,
    /// Its name, without prefix and unit.
    pub(super) name: &'a str,
    /// Its unit, as the platform spells it; a spelling it does not know is left to ingest.
    pub(super) unit: Option<&'a str>,
}

/// What an item means to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A point of the battery.
    Point(&'static str),
    /// One value for each cell.
    Cells(Sensed),
    /// Bits of what is wrong.
    ErrorFlags,
    /// A code of what it is doing; the words by code.
    State(&'static [State]),
    /// Bits of the cells that are balanced.
    Balancing,
    /// Something else: its own name is its key.
    Own,
}

const BMS_STATES: [State; 5] = [
    State::Off,
    State::Charging,
    State::Discharging,
    State::Idle,
    State::Off,
];

/// Bits of `rErrorFlags` (bms-firmware, `bms.h`).
pub(super) fn flags_of() -> impl Iterator<Item = (u32, Fault)> {
    use Fault as F;
    const FLAGS: [Fault; 15] = [
        F::CellUndervoltage,
        F::CellOvervoltage,
        F::ShortCircuit,
        F::DischargeOvercurrent,
        F::ChargeOvercurrent,
        F::OpenWire,
        F::DischargeUndertemperature,
        F::DischargeOvertemperature,
        F::ChargeUndertemperature,
        F::ChargeOvertemperature,
        F::InternalOvertemperature,
        F::CellFailure,
        F::DischargeSwitchOff,
        F::ChargeSwitchOff,
        F::SwitchOvertemperature,
    ];
    (0..).zip(FLAGS)
}

impl<'a> Item<'a> {
    /// The unit follows the first `_` of the name; a prefix is one small letter before a capital.
    pub(super) fn parse(group: &'a str, name: &'a str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        let (bare, unit) = match name.split_once('_') {
            Some((bare, unit)) if !unit.is_empty() => (bare, Some(spelled(unit))),
            _ => (name.trim_end_matches('_'), None),
        };
        let group = group.rsplit('/').find(|level| !level.is_empty());
        Self {
            group: without_prefix(group.unwrap_or_default()).trim_end_matches('_'),
            name: without_prefix(bare),
            unit,
        }
    }

    pub(super) fn meaning(&self) -> Meaning {
        use Meaning as M;
        let name = self.name.to_ascii_lowercase();
        match (name.as_str(), self.unit) {
            ("cellvoltages" | "cellvoltage", _) => M::Cells(Sensed::Voltage),
            ("celltemps" | "celltemperatures" | "celltemp", _) => M::Cells(Sensed::Temperature),
            ("errorflags", _) => M::ErrorFlags,
            ("bmsstate", _) => M::State(&BMS_STATES),
            ("balancingstatus" | "balancing", _) => M::Balancing,
            _ => self.battery_point(&name).map_or(M::Own, M::Point),
        }
    }

    fn battery_point(&self, name: &str) -> Option<&'static str> {
        // 0.5 has `Bat/rMeas_A`, 0.4 `Bat_A`: the unit tells what is measured.
        let is_bare = name == "meas" && self.group == "Bat" || name == "bat";
        Some(match name {
            "packvoltage" => "voltage",
            "packcurrent" => "current",
            "packpower" => "power",
            "soc" => "soc",
            "soh" => "soh",
            "soe" => "soe",
            "cycles" | "cyclecount" | "numfullcycles" | "fullcycles" => "cycles",
            "chargeenergy" | "chgenergy" | "energyin" => "energy_in",
            "dischargeenergy" | "disenergy" | "energyout" => "energy_out",
            "cellvoltagemin" | "cellminvoltage" => "cell_voltage_min",
            "cellvoltagemax" | "cellmaxvoltage" => "cell_voltage_max",
            "celltempmin" | "cellmintemp" => "cell_temperature_min",
            "celltempmax" | "cellmaxtemp" => "cell_temperature_max",
            "chgcurrentlimit" | "chargecurrentlimit" => "charge_current_limit",
            "discurrentlimit" | "dischargecurrentlimit" => "discharge_current_limit",
            _ if is_bare => match self.unit? {
                "V" => "voltage",
                "A" => "current",
                "W" | "kW" => "power",
                "%" => "soc",
                _ => return None,
            },
            _ => return None,
        })
    }

    /// A key for what has no meaning of ours: group (unless it says nothing), name, and the
    /// quantity where the name leaves it to the unit.
    pub(super) fn key(&self) -> String {
        let says_nothing = matches!(
            self.group,
            "" | "Meas" | "Live" | "Device" | "serial" | "Input" | "Output" | "Conf" | "Error"
        );
        let mut parts: Vec<String> = Vec::with_capacity(3);
        if !says_nothing {
            parts.push(point_key(self.group));
        }
        if self.name != "Meas" {
            parts.push(point_key(self.name));
        }
        let quantity = self.unit.and_then(quantity_of);
        if let Some(quantity) = quantity
            && !parts.last().is_some_and(|last| last.ends_with(quantity))
            && is_short(self.name)
        {
            parts.push(quantity.to_owned());
        }
        parts.retain(|part| !part.is_empty());
        parts.join("_")
    }
}

/// `Load_V` says only in its unit what is measured; `LoadVoltage_V` says it twice.
fn is_short(name: &str) -> bool {
    !name.chars().skip(1).any(|c| c.is_ascii_uppercase())
}

fn without_prefix(name: &str) -> &str {
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        (Some(prefix), Some(first)) if "crwpstoxaem".contains(prefix) && first.is_uppercase() => {
            &name[1..]
        }
        _ => name,
    }
}

fn spelled(unit: &str) -> &str {
    match unit {
        "degC" => "°C",
        "pct" => "%",
        "m_s" => "m/s",
        "Ohm" => "Ω",
        "mOhm" => "mΩ",
        other => other,
    }
}

fn quantity_of(unit: &str) -> Option<&'static str> {
    Some(match unit {
        "V" | "mV" => "voltage",
        "A" | "mA" => "current",
        "W" | "kW" => "power",
        "Wh" | "kWh" => "energy",
        "Ah" => "charge",
        "°C" => "temperature",
        "%" => "ratio",
        "Hz" => "frequency",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(group: &str, name: &str) -> String {
        Item::parse(group, name).key()
    }

    #[test]
    fn a_name_is_taken_apart() {
        let item = Item::parse("Meas", "rPackVoltage_V");
        assert_eq!((item.name, item.unit), ("PackVoltage", Some("V")));
        let item = Item::parse("mLive_", "Wind/rSpeed_m_s");
        assert_eq!(
            (item.group, item.name, item.unit),
            ("Live", "Speed", Some("m/s"))
        );
    }

    #[test]
    fn three_versions_speak_of_the_same_battery() {
        for (group, name, point) in [
            ("Meas", "rPackCurrent_A", "current"),
            ("Bat", "rMeas_A", "current"),
            ("serial", "Bat_A", "current"),
            ("Bat", "rMeas_V", "voltage"),
            ("", "SOC_pct", "soc"),
        ] {
            let meaning = Item::parse(group, name).meaning();
            assert_eq!(meaning, Meaning::Point(point), "{group}/{name}");
        }
    }

    #[test]
    fn what_we_do_not_know_keeps_its_own_name_and_says_what_it_measures() {
        assert_eq!(key("Load", "rMeas_W"), "load_power");
        assert_eq!(key("serial", "Load_V"), "load_voltage");
        assert_eq!(key("Meas", "rMosfetTemp_degC"), "mosfet_temp");
        assert_eq!(key("Meas", "rLoadVoltage_V"), "load_voltage");
        assert_eq!(key("Solar", "rPower_W"), "solar_power");
    }
}
