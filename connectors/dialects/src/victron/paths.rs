//! Paths of GX services, as the points of our types.

use crate::battery::{Fault, Sensed, State};

/// What the value at a path is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Meaning {
    /// A point, with the unit of its values.
    Point(&'static str, Option<&'static str>),
    /// A point whose value is to be multiplied.
    Scaled(&'static str, f64, &'static str),
    /// Yes or no.
    Flag(&'static str),
    /// One cell, from 1.
    Cell(Sensed, usize),
    /// 0 fine, 1 warning, 2 alarm.
    Alarm(Fault),
    /// What it is doing, by code.
    State(&'static [(u8, State)]),
    /// Something else: its path is its key.
    Own,
}

/// `/State` of a battery with a managed BMS.
const BATTERY_STATES: [(u8, State); 15] = [
    (0, State::Starting),
    (1, State::Starting),
    (2, State::Starting),
    (3, State::Starting),
    (4, State::Starting),
    (5, State::Starting),
    (6, State::Starting),
    (7, State::Starting),
    (8, State::Starting),
    (9, State::Active),
    (10, State::Fault),
    (12, State::Off),
    (13, State::Starting),
    (14, State::Standby),
    (15, State::Starting),
];
/// `/Dc/Battery/State` of the system.
const SYSTEM_STATES: [(u8, State); 3] = [
    (0, State::Idle),
    (1, State::Charging),
    (2, State::Discharging),
];

pub(super) fn meaning(service: &str, path: &str) -> Meaning {
    match service {
        "battery" => battery(path),
        "system" => system(path),
        "grid" | "genset" | "acload" => meter(path),
        "pvinverter" | "inverter" | "solarcharger" => solar(path),
        "evcharger" => charger(path),
        _ => Meaning::Own,
    }
}

fn battery(path: &str) -> Meaning {
    use Meaning as M;
    match path {
        "Dc/0/Voltage" => M::Point("voltage", Some("V")),
        "Dc/0/Current" => M::Point("current", Some("A")),
        "Dc/0/Power" => M::Point("power", Some("W")),
        "Dc/0/Temperature" => M::Point("temperature", Some("°C")),
        "Soc" => M::Point("soc", Some("%")),
        "Soh" => M::Point("soh", Some("%")),
        "State" => M::State(&BATTERY_STATES),
        "History/ChargeCycles" => M::Point("cycles", None),
        "History/ChargedEnergy" => M::Point("energy_in", Some("kWh")),
        "History/DischargedEnergy" => M::Point("energy_out", Some("kWh")),
        "System/MinCellVoltage" => M::Point("cell_voltage_min", Some("V")),
        "System/MaxCellVoltage" => M::Point("cell_voltage_max", Some("V")),
        "System/MinCellTemperature" => M::Point("cell_temperature_min", Some("°C")),
        "System/MaxCellTemperature" => M::Point("cell_temperature_max", Some("°C")),
        "Voltages/Diff" => M::Scaled("cell_voltage_spread", 1_000.0, "mV"),
        "Balancing" => M::Flag("balancing"),
        "Info/MaxChargeCurrent" => M::Point("charge_current_limit", Some("A")),
        "Info/MaxDischargeCurrent" => M::Point("discharge_current_limit", Some("A")),
        "Info/MaxChargeVoltage" => M::Point("charge_voltage_limit", Some("V")),
        "Info/BatteryLowVoltage" => M::Point("discharge_voltage_limit", Some("V")),
        _ => numbered(path)
            .or_else(|| alarm(path).map(M::Alarm))
            .unwrap_or(M::Own),
    }
}

fn numbered(path: &str) -> Option<Meaning> {
    let (sensed, cell) = if let Some(cell) = path.strip_prefix("Voltages/Cell") {
        (Sensed::Voltage, cell)
    } else {
        (
            Sensed::Temperature,
            path.strip_prefix("System/Temperature")?,
        )
    };
    Some(Meaning::Cell(sensed, cell.parse().ok()?))
}

fn alarm(path: &str) -> Option<Fault> {
    use Fault as F;
    Some(match path.strip_prefix("Alarms/")? {
        "LowVoltage" | "LowCellVoltage" => F::CellUndervoltage,
        "HighVoltage" | "HighCellVoltage" => F::CellOvervoltage,
        "CellImbalance" => F::CellImbalance,
        "HighChargeCurrent" => F::ChargeOvercurrent,
        "HighDischargeCurrent" | "HighCurrent" => F::DischargeOvercurrent,
        "HighTemperature" => F::DischargeOvertemperature,
        "LowTemperature" => F::DischargeUndertemperature,
        "HighChargeTemperature" => F::ChargeOvertemperature,
        "LowChargeTemperature" => F::ChargeUndertemperature,
        "HighInternalTemperature" => F::InternalOvertemperature,
        "InternalFailure" => F::System,
        "FuseBlown" => F::Fuse,
        "Contactor" => F::Contactor,
        "BmsCable" => F::Communication,
        _ => return None,
    })
}

fn system(path: &str) -> Meaning {
    use Meaning as M;
    match path {
        "Dc/Battery/Voltage" => M::Point("voltage", Some("V")),
        "Dc/Battery/Current" => M::Point("current", Some("A")),
        "Dc/Battery/Power" => M::Point("power", Some("W")),
        "Dc/Battery/Soc" => M::Point("soc", Some("%")),
        "Dc/Battery/Temperature" => M::Point("temperature", Some("°C")),
        "Dc/Battery/State" => M::State(&SYSTEM_STATES),
        _ => M::Own,
    }
}

fn meter(path: &str) -> Meaning {
    use Meaning as M;
    match path {
        "Ac/Power" => M::Point("power", Some("W")),
        "Ac/Energy/Forward" => M::Point("energy", Some("kWh")),
        "Ac/L1/Voltage" => M::Point("voltage", Some("V")),
        "Ac/Frequency" => M::Point("frequency", Some("Hz")),
        "Ac/PowerFactor" | "Ac/L1/PowerFactor" => M::Point("power_factor", None),
        _ => M::Own,
    }
}

fn solar(path: &str) -> Meaning {
    use Meaning as M;
    match path {
        "Ac/Power" | "Yield/Power" => M::Point("power", Some("W")),
        "Ac/Energy/Forward" | "Yield/System" => M::Point("energy", Some("kWh")),
        "Pv/V" => M::Point("dc_voltage", Some("V")),
        _ => M::Own,
    }
}

fn charger(path: &str) -> Meaning {
    use Meaning as M;
    match path {
        "Ac/Power" => M::Point("power", Some("W")),
        "Ac/Energy/Forward" => M::Point("energy", Some("kWh")),
        "Current" => M::Point("current", Some("A")),
        _ => M::Own,
    }
}
