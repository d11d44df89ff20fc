//! Any bus with its DBC file: signals are points by their own names, or by those the route gives.

use super::{Database, Heard, hear};
use crate::notes::{Notes, point_key};
use crate::options;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use vigie_contract::{ConfigFault, Delivery, Dialect};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// The text of a DBC file.
    dbc: String,
    /// Point keys by names of signals, where their own do not do.
    #[serde(default)]
    points: BTreeMap<String, String>,
}

/// Hears frames.
#[derive(Debug)]
pub(crate) struct Can {
    database: Database,
    points: BTreeMap<String, String>,
}

impl Can {
    /// Checks the options; the fault points into them.
    pub(crate) fn new(options: &Value) -> Result<Self, ConfigFault> {
        let options: Options = options::read(options)?;
        for (name, point) in &options.points {
            options::point_key(point).map_err(|fault| fault.below(&format!("/points/{name}")))?;
        }
        Ok(Self {
            database: Database::parse(&options.dbc)?,
            points: options.points,
        })
    }

    fn note(&self, notes: &mut Notes, name: &str, value: f64, unit: Option<&str>) {
        let point = self.points.get(name).cloned();
        let point = point.unwrap_or_else(|| point_key(name));
        notes.number(point, value, unit);
    }
}

impl Dialect for Can {
    fn hear(&mut self, heard: &vigie_contract::Heard<'_>, delivery: &mut Delivery) {
        if heard.payload.is_empty() {
            return;
        }
        let mut notes = Notes::new(heard, delivery);
        for line in hear(heard.payload, heard.arrival_us) {
            match line {
                Ok((at, said)) => {
                    notes.at_us = at.unwrap_or(heard.arrival_us);
                    match said {
                        Heard::Frame { id, data } => match self.database.measure(id, &data) {
                            Some(signals) => {
                                for one in &signals {
                                    self.note(&mut notes, one.name, one.value, one.unit);
                                }
                            }
                            None => notes.refuse(
                                "unknown_frame",
                                format!("the DBC file has no frame {id:#x}"),
                            ),
                        },
                        Heard::Signal { name, value, unit } => {
                            self.note(&mut notes, &name, value, unit.as_deref());
                        }
                    }
                }
                Err((reason, detail)) => notes.refuse(reason, detail),
            }
        }
    }
}
