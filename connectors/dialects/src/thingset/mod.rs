//! ThingSet 0.4 to 0.6 (Libre Solar): reports as JSON or CBOR, with names or with numbers.
//!
//! The mapping to MQTT is marked work in progress in the specification; what gateways send is
//! taken, old and new: `rpt/{node}/{subset}`, `r/{node}/m|i|v/{gid}`, `ts/{user}/{device}/tx/{path}`,
//! and reports in their text form, `#mLive_ {…}`.
//!
//! Source: thingset.io, specification 0.6, "Protocol"; libre.solar bms-firmware for the battery.

mod binary;
mod items;
mod names;
mod order;
mod websocket;

pub use websocket::{ThingSetConnector, ThingSetWsConfig};

use crate::notes::Notes;
use crate::options;
use binary::Subsets;
use items::Report;
use order::Nodes;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use vigie_contract::{CommandFault, ConfigFault, Delivery, Dialect, Heard, Order, Outbound};

/// What a route may say about ThingSet.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Options {
    /// Paths of items by number (decimal or `0x…`), for reports that carry numbers only.
    ids: BTreeMap<String, String>,
    /// Point keys by the device's own name of an item (`LoadVoltage`), where ours does not do.
    points: BTreeMap<String, String>,
}

/// Hears reports of any number of nodes.
#[derive(Debug)]
pub(crate) struct ThingSet {
    paths: BTreeMap<u64, String>,
    points: BTreeMap<String, String>,
    subsets: Subsets,
    nodes: Nodes,
}

impl ThingSet {
    /// Checks the options; the fault points into them.
    pub(crate) fn new(options: &Value) -> Result<Self, ConfigFault> {
        Self::with(options::read(options)?)
    }

    pub(crate) fn with(options: Options) -> Result<Self, ConfigFault> {
        let mut paths = BTreeMap::new();
        for (id, path) in options.ids {
            let number = item_number(&id).ok_or_else(|| {
                let message = format!("`{id}` is no number of an item, such as `0x71` or `113`");
                ConfigFault::at(format!("/ids/{id}"), message)
            })?;
            paths.insert(number, path);
        }
        for (name, point) in &options.points {
            options::point_key(point).map_err(|fault| fault.below(&format!("/points/{name}")))?;
        }
        Ok(Self {
            paths,
            points: options.points,
            subsets: Subsets::default(),
            nodes: Nodes::default(),
        })
    }

    /// One report in its text form: `#mLive_ {…}`, `#/node/path {…}`, or bare JSON of `group`.
    pub(crate) fn hear_text(&self, notes: &mut Notes, group: &str, text: &str) {
        let text = text.trim();
        let (group, json) = match text.strip_prefix('#') {
            Some(rest) => rest.split_once([' ', '{']).map_or((rest, ""), |(name, _)| {
                (name.trim(), rest[name.len()..].trim_start())
            }),
            None => (group, text),
        };
        match serde_json::from_str(json) {
            Ok(value) => self.report(notes).hear(group, &value),
            Err(error) => notes.refuse("bad_json", error.to_string()),
        }
    }

    fn report<'a, 'n>(&'a self, notes: &'a mut Notes<'n>) -> Report<'a, 'n> {
        Report {
            points: &self.points,
            notes,
        }
    }

    fn hear_binary(&mut self, notes: &mut Notes, kind: &str, group: &str) {
        match self.subsets.hear(notes, kind, group) {
            Ok(Some(items)) => {
                let named = binary::named(&items, &self.paths);
                self.report(notes).hear("", &named);
            }
            Ok(None) => {}
            Err((reason, detail)) => notes.refuse(reason, detail),
        }
    }
}

impl Dialect for ThingSet {
    fn hear(&mut self, heard: &Heard<'_>, delivery: &mut Delivery) {
        self.nodes.note(heard.equipment, heard.topic);
        let mut notes = Notes::new(heard, delivery);
        match kind_of(heard.topic) {
            Kind::Names(group) => match std::str::from_utf8(heard.payload) {
                Ok("") => {}
                Ok(text) => self.hear_text(&mut notes, group, text),
                Err(_) => self.hear_binary(&mut notes, "m", group),
            },
            Kind::Link => match heard.payload {
                b"1" | b"0" => notes.flag("online", heard.payload == b"1"),
                b"" => {}
                _ => notes.refuse("not_a_value", "`$conn` says 1 or 0"),
            },
            Kind::Numbers { kind, group } if !heard.payload.is_empty() => {
                self.hear_binary(&mut notes, kind, group);
            }
            Kind::Numbers { .. } => {}
            Kind::Other => notes.refuse("no_route", "neither `rpt/…`, `r/…` nor `ts/…/tx/…`"),
        }
    }

    fn check_order(&self, item: Option<&str>) -> Result<(), ConfigFault> {
        order::check_item(item)
    }

    fn order(&self, order: &Order<'_>) -> Result<Outbound, CommandFault> {
        self.nodes.desire(order)
    }

    fn is_order(&self, topic: &str) -> bool {
        order::is_desire(topic)
    }
}

/// What a topic of a node is for.
#[derive(Debug, PartialEq, Eq)]
enum Kind<'a> {
    /// A report with names, of a group or subset.
    Names(&'a str),
    /// A report with numbers.
    Numbers { kind: &'a str, group: &'a str },
    /// Whether the node is there.
    Link,
    /// Requests, answers, and what is none of ThingSet.
    Other,
}

fn kind_of(topic: &str) -> Kind<'_> {
    let levels: Vec<&str> = topic.split('/').take(32).collect();
    let begin = levels
        .iter()
        .position(|level| matches!(*level, "rpt" | "r" | "ts"));
    match begin.map(|begin| &levels[begin..]) {
        Some(["rpt", _, "$conn"]) => Kind::Link,
        Some(["rpt", _, group, ..]) => Kind::Names(group),
        Some(["r", _, kind @ ("m" | "i" | "v"), group]) => Kind::Numbers { kind, group },
        Some(["ts", _, _, "tx"]) => Kind::Names("serial"),
        Some(["ts", _, _, "tx", path, ..]) => Kind::Names(path),
        _ => Kind::Other,
    }
}

/// The number of an item: `113`, `0x71`.
fn item_number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}
