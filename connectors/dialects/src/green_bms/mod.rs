//! Green-BMS SmartBMS (firmware 2.1): the text line of its control unit, raw over MQTT or HTTP,
//! or from a TCP bridge of its serial port.
//!
//! Invariant: the password it sends in clear (`p002`) is dropped here, unread; neither a reading,
//! nor a refusal, nor its excerpt, nor a trace holds it.

mod line;
mod tcp;

pub use tcp::{GreenBmsConfig, GreenBmsConnector};

use crate::battery::{Cells, Fault, Flags, Positive, Sensed, Severity, State};
use crate::notes::Notes;
use crate::options;
use line::Field;
pub(crate) use line::without_secrets;
use serde::Deserialize;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;
use vigie_contract::{ConfigFault, Delivery, Dialect, Heard};

/// Packs of one route that are told apart at most.
const MAX_PACKS: usize = 10_000;

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// Which way its current counts as positive depends on how the sensor is mounted.
    #[serde(default = "charging")]
    positive: Positive,
}

fn charging() -> Positive {
    Positive::Charging
}

/// Hears lines of any number of packs.
#[derive(Debug)]
pub(crate) struct GreenBms {
    positive: Positive,
    packs: HashMap<Arc<str>, Pack>,
}

#[derive(Debug, Default)]
struct Pack {
    cells: Cells,
    flags: Flags,
    /// Cells that are being bled.
    bleeding: Vec<bool>,
}

impl GreenBms {
    /// Checks the options; the fault points into them.
    pub(crate) fn new(options: &Value) -> Result<Self, ConfigFault> {
        let options: Options = options::read(options)?;
        Ok(Self::counting(options.positive))
    }

    pub(crate) fn counting(positive: Positive) -> Self {
        Self {
            positive,
            packs: HashMap::new(),
        }
    }
}

impl Dialect for GreenBms {
    fn hear(&mut self, heard: &Heard<'_>, delivery: &mut Delivery) {
        let clean = without_secrets(heard.payload);
        let heard = Heard {
            payload: &clean,
            ..*heard
        };
        let mut notes = Notes::new(&heard, delivery);
        if self.packs.len() >= MAX_PACKS && !self.packs.contains_key(heard.equipment) {
            return notes.refuse("too_many", "more packs than one route may bring");
        }
        let pack = self.packs.entry(heard.equipment.clone()).or_default();
        for field in line::fields(&clean) {
            match field {
                Ok(field) => pack.hear(&mut notes, &field, self.positive),
                Err(detail) => notes.refuse("bad_line", detail),
            }
        }
    }

    fn presentable<'a>(&self, payload: &'a [u8]) -> Cow<'a, [u8]> {
        Cow::Owned(without_secrets(payload))
    }
}

impl Pack {
    fn hear(&mut self, notes: &mut Notes, field: &Field, positive: Positive) {
        match (field.letter, field.number) {
            ('g', 1) => Self::number(notes, "voltage", field, Some("V")),
            ('g', 2) => match field.value() {
                Ok(value) => notes.number("current", positive.ours(value), Some("A")),
                Err(detail) => notes.refuse("not_a_value", detail),
            },
            ('g', 3) => Self::number(notes, "soc", field, Some("%")),
            ('g', 4) => Self::number(notes, "cell_voltage_max", field, Some("V")),
            ('g', 5) => Self::number(notes, "cell_voltage_min", field, Some("V")),
            ('g', 6) => match field.text {
                "0" => notes.state("state", State::Idle.word()),
                "1" => notes.state("state", State::Charging.word()),
                "2" => notes.state("state", State::Discharging.word()),
                _ => notes.refuse("unknown_state", "a state is 0, 1 or 2"),
            },
            ('v', cell) => self.cell(notes, Sensed::Voltage, cell, field),
            ('t', cell) => self.cell(notes, Sensed::Temperature, cell, field),
            ('u', cell) => {
                let point = format!("balance_temperature_{cell}");
                Self::number(notes, &point, field, Some("°C"));
            }
            ('z', cell) => self.flags(notes, cell, field.text),
            ('i', 1) => notes.flag("fault", field.text != "0"),
            // A counter, the settings, and signs that a page begins or ends: no values.
            _ => {}
        }
    }

    fn number(notes: &mut Notes, point: &str, field: &Field, unit: Option<&str>) {
        match field.value() {
            Ok(value) => notes.number(point, value, unit),
            Err(detail) => notes.refuse("not_a_value", detail),
        }
    }

    fn cell(&mut self, notes: &mut Notes, sensed: Sensed, cell: usize, field: &Field) {
        match field.value() {
            Ok(value) => {
                self.cells.hear(notes, sensed, cell, value);
                self.cells.tell(notes, sensed);
            }
            Err(detail) => notes.refuse("not_a_value", detail),
        }
    }

    /// Six digits: very high, bleeding, low, error, pole hot, resistor hot.
    fn flags(&mut self, notes: &mut Notes, cell: usize, digits: &str) {
        let up: Vec<bool> = digits.chars().map(|digit| digit == '1').collect();
        let &[very_high, is_bleeding, low, error, pole_hot, resistor_hot] = up.as_slice() else {
            return notes.refuse("not_a_value", "the flags of a cell are six digits");
        };
        for (fault, is_up) in [
            (Fault::CellOvervoltage, very_high),
            (Fault::CellUndervoltage, low),
            (Fault::CellFailure, error),
            (Fault::DischargeOvertemperature, pole_hot),
            (Fault::SwitchOvertemperature, resistor_hot),
        ] {
            let is_up = self
                .flags
                .hear((fault, Severity::Fault), cell as u64, is_up);
            notes.flag(fault.point(Severity::Fault), is_up);
        }
        if self.bleeding.len() < cell {
            self.bleeding.resize(cell, false);
        }
        if let Some(known) = cell.checked_sub(1).and_then(|at| self.bleeding.get_mut(at)) {
            *known = is_bleeding;
        }
        notes.flag(format!("cell_balancing_{cell}"), is_bleeding);
        notes.flag("balancing", self.bleeding.contains(&true));
    }
}
