//! Victron GX over MQTT: `N/{portal}/{service}/{instance}/{path}` with one value each.
//!
//! A GX device falls silent a minute after the last keep-alive; nothing it says is retained. `null`
//! is no value, an empty payload says that the device behind the GX is gone.
//!
//! Source: victronenergy/dbus-flashmq, README.

mod paths;

use crate::battery::{Cells, Flags, Severity, source};
use crate::notes::{Notes, point_key};
use crate::options;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use vigie_contract::{ConfigFault, Delivery, Dialect, Heard, Needs, Outbound};

/// Half of the minute that a keep-alive lasts.
const ALIVE_US: i64 = 30_000_000;
/// GX devices and devices behind them that are remembered.
const MAX_PORTALS: usize = 1_024;
const MAX_DEVICES: usize = 10_000;
/// The first asks for all values, the later ones only that they go on.
const GO_ON: &str = r#"{"keepalive-options":["suppress-republish"]}"#;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Options {
    /// Ids of GX devices to wake; others are woken when they are heard.
    portals: Vec<String>,
    /// Point keys by path (`Dc/0/MidVoltage`), where ours do not do.
    points: BTreeMap<String, String>,
}

/// Hears any number of GX devices, and keeps them talking.
#[derive(Debug)]
pub(crate) struct Victron {
    points: BTreeMap<String, String>,
    /// When each was last kept alive; never in this session: `None`.
    portals: BTreeMap<String, Option<i64>>,
    devices: HashMap<Arc<str>, Device>,
}

#[derive(Debug, Default)]
struct Device {
    is_there: Option<bool>,
    cells: Cells,
    flags: Flags,
}

impl Victron {
    /// Checks the options; the fault points into them.
    pub(crate) fn new(options: &Value) -> Result<Self, ConfigFault> {
        let options: Options = options::read(options)?;
        for (index, portal) in options.portals.iter().enumerate() {
            if portal.is_empty() || portal.contains(['/', '+', '#', '\0']) {
                let pointer = format!("/portals/{index}");
                return Err(ConfigFault::at(
                    pointer,
                    "the VRM portal id of a GX device: one level of a topic",
                ));
            }
        }
        for (path, point) in &options.points {
            options::point_key(point).map_err(|fault| {
                fault.below(&format!(
                    "/points/{}",
                    path.replace('~', "~0").replace('/', "~1")
                ))
            })?;
        }
        let portals = options.portals.into_iter().map(|portal| (portal, None));
        Ok(Self {
            points: options.points,
            portals: portals.collect(),
            devices: HashMap::new(),
        })
    }

    fn meet(&mut self, portal: &str) {
        if self.portals.len() < MAX_PORTALS && !self.portals.contains_key(portal) {
            self.portals.insert(portal.to_owned(), None);
        }
    }
}

impl Dialect for Victron {
    fn hear(&mut self, heard: &Heard<'_>, delivery: &mut Delivery) {
        let mut notes = Notes::new(heard, delivery);
        let mut levels = heard.topic.splitn(5, '/');
        let parts = (
            levels.next(),
            levels.next(),
            levels.next(),
            levels.next(),
            levels.next(),
        );
        let (Some("N"), Some(portal), Some(service), rest, path) = parts else {
            return notes.refuse(
                "no_route",
                "a topic is `N/{portal}/{service}/{instance}/{path}`",
            );
        };
        self.meet(portal);
        let (Some(_), Some(path)) = (rest, path) else {
            // `full_publish_completed`, `heartbeat`, `keepalive`: signs of life.
            return;
        };
        if self.devices.len() >= MAX_DEVICES && !self.devices.contains_key(heard.equipment) {
            return notes.refuse("too_many", "more devices than one route may bring");
        }
        let device = self.devices.entry(heard.equipment.clone()).or_default();
        device.is_there(&mut notes, !heard.payload.is_empty());
        if heard.payload.is_empty() {
            return;
        }
        let value = match serde_json::from_slice::<Value>(heard.payload) {
            Ok(Value::Object(mut fields)) => fields.remove("value"),
            Ok(_) => None,
            Err(error) => return notes.refuse("bad_json", error.to_string()),
        };
        match value {
            Some(value) => match self.points.get(path) {
                Some(point) => plain(&mut notes, point.clone(), &value, None),
                None => device.hear(&mut notes, service, path, &value),
            },
            None => notes.refuse("bad_shape", "a message is `{\"value\": …}`"),
        }
    }

    fn needs(&self) -> Needs {
        Needs {
            session: true,
            ..Needs::default()
        }
    }

    fn opened(&mut self, now_us: i64) -> Vec<Outbound> {
        self.portals.values_mut().for_each(|last| *last = None);
        self.say(now_us)
    }

    fn say(&mut self, now_us: i64) -> Vec<Outbound> {
        let mut alive = Vec::new();
        for (portal, last) in &mut self.portals {
            let payload = match *last {
                None => "",
                Some(last) if now_us.saturating_sub(last) >= ALIVE_US => GO_ON,
                Some(_) => continue,
            };
            *last = Some(now_us);
            alive.push(Outbound {
                topic: format!("R/{portal}/keepalive").into(),
                payload: payload.into(),
                qos: 0,
                retain: false,
            });
        }
        alive
    }
}

impl Device {
    /// Tells once when it comes and when it goes.
    fn is_there(&mut self, notes: &mut Notes, is_there: bool) {
        if self.is_there.replace(is_there) != Some(is_there) {
            notes.flag("online", is_there);
        }
    }

    fn hear(&mut self, notes: &mut Notes, service: &str, path: &str, value: &Value) {
        use paths::Meaning as M;
        let number = value.as_f64();
        match (paths::meaning(service, path), number) {
            (M::Cell(sensed, cell), Some(number)) => {
                self.cells.hear(notes, sensed, cell, number);
                self.cells.tell_places(notes, sensed);
            }
            (M::Alarm(fault), Some(level)) => {
                for (severity, from) in [(Severity::Fault, 2.0), (Severity::Warning, 1.0)] {
                    let is_up = self
                        .flags
                        .hear((fault, severity), source(path), level >= from);
                    notes.flag(fault.point(severity), is_up);
                }
            }
            (M::State(words), Some(code)) => {
                let state = words
                    .iter()
                    .find(|(known, _)| (f64::from(*known) - code).abs() < 0.5);
                match state {
                    Some((_, state)) => notes.state("state", state.word()),
                    None => notes.refuse("unknown_state", format!("{code} is no state")),
                }
            }
            (M::Scaled(point, factor, unit), Some(number)) => {
                notes.number(point, number * factor, Some(unit));
            }
            (M::Flag(point), Some(number)) => notes.flag(point, number != 0.0),
            (M::Point(point, unit), _) => plain(notes, point, value, unit),
            _ => plain(notes, point_key(path), value, None),
        }
    }
}

fn plain(notes: &mut Notes, point: impl Into<Arc<str>>, value: &Value, unit: Option<&str>) {
    match value {
        Value::Null => {}
        Value::Number(number) => notes.number(point, number.as_f64().unwrap_or(f64::NAN), unit),
        Value::Bool(flag) => notes.flag(point, *flag),
        Value::String(word) if word.is_empty() => {}
        Value::String(word) => notes.state(point, word),
        Value::Array(_) | Value::Object(_) => {
            notes.refuse(
                "not_a_value",
                "an array or object where one value is expected",
            );
        }
    }
}
