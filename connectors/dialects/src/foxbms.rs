//! foxBMS 2 (1.11) over CAN frames: the signals of its DBC file as points of the one battery.
//!
//! Flags of several strings are one flag of the pack, up while one string says so. Other signals
//! keep their own names; those of strings beyond the first begin with `string_<n>_`.

use crate::battery::{Cells, Fault, Flags, Positive, Sensed, Severity, State, source};
use crate::can::{Database, Heard, Measured, hear};
use crate::notes::{Notes, point_key};
use crate::options;
use serde::Deserialize;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::Arc;
use vigie_contract::{ConfigFault, Delivery, Dialect, ReadingQuality};

/// Packs of one route that are told apart at most.
const MAX_PACKS: usize = 10_000;

const STATES: [State; 11] = [
    State::Off,
    State::Starting,
    State::Starting,
    State::Idle,
    State::Standby,
    State::Standby,
    State::Starting,
    State::Active,
    State::Discharging,
    State::Charging,
    State::Fault,
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// The text of the DBC file of this release.
    dbc: String,
    /// foxBMS counts discharging as positive unless it was built otherwise.
    #[serde(default = "discharging")]
    positive: Positive,
}

fn discharging() -> Positive {
    Positive::Discharging
}

/// Hears frames of any number of packs.
#[derive(Debug)]
pub(crate) struct FoxBms {
    database: Database,
    positive: Positive,
    packs: HashMap<Arc<str>, Pack>,
}

#[derive(Debug, Default)]
struct Pack {
    cells: Cells,
    flags: Flags,
}

impl FoxBms {
    /// Checks the options; the fault points into them.
    pub(crate) fn new(options: &Value) -> Result<Self, ConfigFault> {
        let options: Options = options::read(options)?;
        Ok(Self {
            database: Database::parse(&options.dbc)?,
            positive: options.positive,
            packs: HashMap::new(),
        })
    }
}

impl Dialect for FoxBms {
    fn hear(&mut self, heard: &vigie_contract::Heard<'_>, delivery: &mut Delivery) {
        if heard.payload.is_empty() {
            return;
        }
        let mut notes = Notes::new(heard, delivery);
        if self.packs.len() >= MAX_PACKS && !self.packs.contains_key(heard.equipment) {
            return notes.refuse("too_many", "more packs than one route may bring");
        }
        let pack = self.packs.entry(heard.equipment.clone()).or_default();
        for line in hear(heard.payload, heard.arrival_us) {
            match line {
                Ok((at, said)) => {
                    notes.at_us = at.unwrap_or(heard.arrival_us);
                    match said {
                        Heard::Frame { id, data } => match self.database.measure(id, &data) {
                            Some(signals) => pack.hear(&mut notes, &signals, self.positive),
                            None => notes.refuse(
                                "unknown_frame",
                                format!("the DBC file has no frame {id:#x}"),
                            ),
                        },
                        Heard::Signal { name, value, unit } => {
                            let unit = unit.as_deref();
                            let signal = Measured {
                                name: &name,
                                value,
                                unit,
                                page: None,
                            };
                            pack.hear(&mut notes, &[signal], self.positive);
                        }
                    }
                }
                Err((reason, detail)) => notes.refuse(reason, detail),
            }
        }
    }
}

impl Pack {
    /// All signals of one frame.
    fn hear(&mut self, notes: &mut Notes, signals: &[Measured], positive: Positive) {
        let value_of = |name: &str| {
            let found = signals.iter().find(|one| one.name == name);
            found.map(|one| one.value)
        };
        for signal in signals {
            if signal.name.ends_with("_Mux") || signal.name.ends_with("_invalidFlag") {
                continue;
            }
            if let Some((sensed, index)) = cell_of(signal.name) {
                let is_invalid = value_of(&format!("{}_invalidFlag", signal.name)) == Some(1.0);
                self.cell(notes, sensed, index + 1, signal, is_invalid);
            } else if let Some(flag) = flag_of(signal.name) {
                let source = source((signal.name, signal.page));
                let is_up = self.flags.hear(flag, source, signal.value != 0.0);
                notes.flag(flag.0.point(flag.1), is_up);
            } else {
                note_signal(notes, signal, positive);
            }
        }
        // What the device leaves out, beside what it says of its lowest and highest cell.
        if let (Some(low), Some(high)) = (
            value_of("MinimumCellVoltage"),
            value_of("MaximumCellVoltage"),
        ) {
            notes.number("cell_voltage_spread", high - low, Some("mV"));
            self.cells.tell_places(notes, Sensed::Voltage);
        }
        if let (Some(low), Some(high)) = (
            value_of("MinimumCellTemperature"),
            value_of("MaximumCellTemperature"),
        ) {
            notes.number("cell_temperature_spread", high - low, None);
            self.cells.tell_places(notes, Sensed::Temperature);
        }
    }

    fn cell(
        &mut self,
        notes: &mut Notes,
        sensed: Sensed,
        number: usize,
        signal: &Measured,
        is_invalid: bool,
    ) {
        if is_invalid {
            self.cells.forget(sensed, number);
            notes.quality = ReadingQuality::Bad;
            notes.number(sensed.point(number), signal.value, signal.unit);
            notes.quality = ReadingQuality::Good;
            return;
        }
        let value = match sensed {
            // Thousandths, divided so that 3,700 mV is exactly 3.7 V.
            Sensed::Voltage => signal.value / 1_000.0,
            Sensed::Temperature => signal.value,
        };
        self.cells.hear(notes, sensed, number, value);
    }
}

/// A signal that is neither of a cell nor a flag.
fn note_signal(notes: &mut Notes, signal: &Measured, positive: Positive) {
    let Measured {
        name,
        value,
        unit,
        page,
    } = *signal;
    // Pages of frames with several strings count strings; the pack's own frames have none.
    let prefix = match page {
        Some(string) => format!("string_{}_", string + 1),
        None => String::new(),
    };
    match (name, page) {
        ("BmsState", None) => {
            let state = STATES.get(value as usize);
            notes.state("state", state.map_or("OFF", |state| state.word()));
        }
        ("GeneralError", None) => notes.flag("fault", value != 0.0),
        ("GeneralWarning", None) => notes.flag("warning", value != 0.0),
        ("BalancingAlgorithmState", None) => notes.flag("balancing_allowed", value != 0.0),
        ("IsBalancingActive", Some(0)) => notes.flag("balancing", value != 0.0),
        ("Current" | "Power", _) => {
            let point = format!("{prefix}{}", point_key(name));
            notes.number(point, positive.ours(value), unit);
        }
        _ => match (pack_point(name), page) {
            (Some(point), None) => notes.number(point, value, unit),
            _ => notes.number(format!("{prefix}{}", point_key(name)), value, unit),
        },
    }
}

/// Points of the pack by name of the signal.
fn pack_point(name: &str) -> Option<&'static str> {
    Some(match name {
        "BatteryVoltage" => "voltage",
        "MinimumSoc" => "soc",
        "MinimumSoe" => "soe",
        "Soh" => "soh",
        "Energy" => "energy_remaining",
        "MinimumCellVoltage" => "cell_voltage_min",
        "MaximumCellVoltage" => "cell_voltage_max",
        "MinimumCellTemperature" => "cell_temperature_min",
        "MaximumCellTemperature" => "cell_temperature_max",
        "MaximumChargeCurrent" => "charge_current_limit",
        "MaximumDischargeCurrent" => "discharge_current_limit",
        "MaximumChargePower" => "charge_power_limit",
        "MaximumDischargePower" => "discharge_power_limit",
        "MaximumBatteryVoltage" => "charge_voltage_limit",
        "MinimumBatteryVoltage" => "discharge_voltage_limit",
        _ => return None,
    })
}

/// `CellVoltage_017`: what is sensed, and of which cell (from 0).
fn cell_of(name: &str) -> Option<(Sensed, usize)> {
    let (kind, index) = name.rsplit_once('_')?;
    let sensed = match kind {
        "CellVoltage" => Sensed::Voltage,
        "CellTemperature" => Sensed::Temperature,
        _ => return None,
    };
    Some((sensed, index.parse().ok()?))
}

/// The flag of a signal. Names are cut to 32 characters in a DBC file, so their beginnings tell.
fn flag_of(name: &str) -> Option<(Fault, Severity)> {
    use Fault as F;
    let limits = [
        ("OvertemperatureCharge", F::ChargeOvertemperature),
        ("UndertemperatureCharge", F::ChargeUndertemperature),
        ("OvertemperatureDischarge", F::DischargeOvertemperature),
        ("UndertemperatureDischarge", F::DischargeUndertemperature),
        ("CellOvercurrentCharge", F::ChargeOvercurrent),
        ("CellOvercurrentDischarge", F::DischargeOvercurrent),
        ("Overvoltage", F::CellOvervoltage),
        ("Undervoltage", F::CellUndervoltage),
    ];
    for (begin, fault) in limits {
        if let Some(limit) = name.strip_prefix(begin) {
            // Maximum safety limit; maximum operating and recommended safety limit.
            return match limit.get(..3)? {
                "Msl" => Some((fault, Severity::Fault)),
                "Mol" | "Rsl" => Some((fault, Severity::Warning)),
                _ => None,
            };
        }
    }
    let fault = match name {
        "DeepDischargeError" => F::DeepDischarge,
        "PackOvercurrentChargeError" => F::ChargeOvercurrent,
        "PackOvercurrentDischargeError" | "StringOvercurrentError" => F::DischargeOvercurrent,
        "McuDieTemperatureError" | "BmsMasterPcbOvertemperatureError" => F::InternalOvertemperature,
        "OpenWireError" => F::OpenWire,
        "PositiveContactorError" | "NegativeContactorError" => F::Contactor,
        "PrechargeVoltageError" | "PrechargeCurrentError" => F::Precharge,
        "IsStringFuseBlown" | "MainFuseBlown" => F::Fuse,
        "InterlockState" => F::Interlock,
        "InsulationError" => F::Insulation,
        "SystemMonitoringError" | "NvramCrcError" | "SlaveHardwareError" => F::System,
        "CanTimingError" => F::Communication,
        _ if name.starts_with("DaisyChain") => F::Communication,
        _ if name.contains("PlausibilityErr") || name.contains("MeasurementErr") => F::Measurement,
        _ => return None,
    };
    Some((fault, Severity::Fault))
}
