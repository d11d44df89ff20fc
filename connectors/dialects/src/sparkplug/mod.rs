//! Sparkplug B 3.0 as a host application: births, data, deaths, rebirth when something is missing.
//!
//! Metrics are points by their names; what says so itself is of the past is stored at its own time. The host tells edge
//! nodes whether it listens (`spBv1.0/STATE/{host}`), with the same stamp in its birth and its will.
//!
//! Source: Eclipse Sparkplug 3.0.0, chapters 4 to 6.

mod edge;
mod keys;
mod order;
mod payload;
mod topic;
mod value;

#[cfg(test)]
mod tests;

use crate::notes::{Notes, point_key};
use crate::options;
use edge::{BD_SEQ, Edge};
use keys::Key;
use payload::{Metric, Payload};
use prost::Message;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use topic::{Kind, NAMESPACE, Topic};
use vigie_contract::{
    CommandFault, ConfigFault, Delivery, Dialect, Heard, Needs, Order, Outbound, ReadingQuality,
};

/// Edge nodes of one route.
const MAX_EDGES: usize = 4_096;
/// Data type of the request for births.
const BOOLEAN: u32 = 11;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// Id of this host application; edge nodes may wait for it.
    #[serde(default = "vigie")]
    host: String,
    /// Key of the equipment that an edge node itself is.
    #[serde(default = "edge")]
    node: String,
    /// Point keys by name of a metric, where its own does not do.
    #[serde(default)]
    points: BTreeMap<String, String>,
}

fn vigie() -> String {
    "vigie".to_owned()
}

fn edge() -> String {
    "{edge}".to_owned()
}

/// Hears any number of edge nodes.
#[derive(Debug)]
pub(crate) struct Sparkplug {
    host: String,
    node: Key,
    device: Key,
    points: BTreeMap<String, String>,
    edges: HashMap<(Box<str>, Box<str>), Edge>,
    /// Stamp of this session, in birth and will.
    since_ms: i64,
    /// Somebody said that we are gone.
    is_contradicted: bool,
}

impl Sparkplug {
    /// Checks the options; the fault points into the route.
    pub(crate) fn new(equipment: Option<&str>, options: &Value) -> Result<Self, ConfigFault> {
        let below = |fault: ConfigFault| fault.below("/options");
        let options: Options = options::read(options).map_err(below)?;
        if options.host.is_empty() || options.host.contains(['/', '+', '#', '\0']) {
            let message = "an id without `/`, `+` and `#`";
            return Err(ConfigFault::at("/options/host", message));
        }
        for (name, point) in &options.points {
            let pointer = format!(
                "/options/points/{}",
                name.replace('~', "~0").replace('/', "~1")
            );
            options::point_key(point).map_err(|fault| fault.below(&pointer))?;
        }
        let device = equipment.unwrap_or("{edge}-{device}");
        Ok(Self {
            node: Key::parse(&options.node, 2).map_err(|fault| fault.below("/options/node"))?,
            device: Key::parse(device, 3).map_err(|fault| fault.below("/equipment"))?,
            host: options.host,
            points: options.points,
            edges: HashMap::new(),
            since_ms: 0,
            is_contradicted: false,
        })
    }

    fn state(&self, online: bool) -> Outbound {
        let payload = serde_json::json!({ "online": online, "timestamp": self.since_ms });
        Outbound {
            topic: format!("{NAMESPACE}/STATE/{}", self.host).into(),
            payload: payload.to_string().into_bytes(),
            qos: 1,
            retain: true,
        }
    }

    fn edge_says(&mut self, notes: &mut Notes, said: &Said<'_>) {
        let Said {
            group,
            edge,
            device,
            ..
        } = *said;
        let key = match device {
            Some(device) => self.device.fill(group, edge, device),
            None => self.node.fill(group, edge, ""),
        };
        notes.equipment = key.into();
        let known = (Box::from(group), Box::from(edge));
        if self.edges.len() >= MAX_EDGES && !self.edges.contains_key(&known) {
            return notes.refuse("too_many", "more edge nodes than one route may bring");
        }
        let state = self.edges.entry(known).or_default();
        match (said.kind, device) {
            (Kind::Birth, None) => {
                state.born(said.bd_seq(), said.seq());
                notes.flag("online", true);
                metrics(notes, state, said, &self.points);
            }
            (Kind::Death, None) => {
                let devices: Vec<_> = state.devices().map(str::to_owned).collect();
                if state.died(said.bd_seq()) {
                    notes.flag("online", false);
                    for device in devices {
                        notes.equipment = self.device.fill(group, edge, &device).into();
                        notes.flag("online", false);
                    }
                }
            }
            (Kind::Birth, Some(device)) => {
                if !state.follows(said.seq()) {
                    notes.refuse(
                        "no_birth",
                        "a message before this one was lost; births are asked for",
                    );
                }
                if !state.device_born(device) {
                    return notes.refuse("too_many", "more devices than one edge node may have");
                }
                notes.flag("online", true);
                metrics(notes, state, said, &self.points);
            }
            (Kind::Death, Some(device)) => {
                state.follows(said.seq());
                if state.device_died(device) {
                    notes.flag("online", false);
                }
            }
            (Kind::Data, device) => {
                let follows = state.follows(said.seq());
                let is_born = follows && device.is_none_or(|device| state.is_device_alive(device));
                if !is_born {
                    state.lost();
                }
                metrics(notes, state, said, &self.points);
            }
        }
    }
}

impl Dialect for Sparkplug {
    fn hear(&mut self, heard: &Heard<'_>, delivery: &mut Delivery) {
        let mut notes = Notes::new(heard, delivery);
        match topic::parse(heard.topic) {
            Some(Topic::Edge {
                group,
                kind,
                edge,
                device,
            }) => match Payload::decode(heard.payload) {
                Ok(payload) => {
                    let said = Said {
                        group,
                        edge,
                        device,
                        kind,
                        payload: &payload,
                    };
                    notes.at_us = payload.timestamp.map_or(heard.arrival_us, micros);
                    self.edge_says(&mut notes, &said);
                }
                Err(error) => notes.refuse("bad_protobuf", error.to_string()),
            },
            Some(Topic::State { host }) if host == self.host => {
                let said: Option<Value> = serde_json::from_slice(heard.payload).ok();
                let online = said.and_then(|said| said.get("online")?.as_bool());
                self.is_contradicted = online == Some(false);
            }
            Some(Topic::State { .. } | Topic::Command) => {}
            None => notes.refuse("no_route", "no topic of Sparkplug B"),
        }
    }

    fn needs(&self) -> Needs {
        Needs {
            session: true,
            fresh: true,
            topics: vec![format!("{NAMESPACE}/STATE/{}", self.host)],
        }
    }

    fn will(&mut self, now_us: i64) -> Option<Outbound> {
        self.since_ms = now_us / 1_000;
        Some(self.state(false))
    }

    fn opened(&mut self, _now_us: i64) -> Vec<Outbound> {
        // What was said while we were away is lost: births tell it again.
        self.edges.clear();
        self.is_contradicted = false;
        vec![self.state(true)]
    }

    fn say(&mut self, now_us: i64) -> Vec<Outbound> {
        let mut say = Vec::new();
        if std::mem::take(&mut self.is_contradicted) {
            say.push(self.state(true));
        }
        for ((group, edge), state) in &mut self.edges {
            if state.asks(now_us) {
                say.push(rebirth(group, edge, now_us));
            }
        }
        say
    }

    fn closing(&mut self, _now_us: i64) -> Vec<Outbound> {
        vec![self.state(false)]
    }

    fn check_order(&self, item: Option<&str>) -> Result<(), ConfigFault> {
        match item {
            Some("") => Err(ConfigFault::at("/item", "the name of a metric")),
            _ => Ok(()),
        }
    }

    fn order(&self, order: &Order<'_>) -> Result<Outbound, CommandFault> {
        self.told(order)
    }

    fn is_order(&self, topic: &str) -> bool {
        topic::parse(topic) == Some(Topic::Command)
    }
}

/// A message of an edge node.
struct Said<'a> {
    group: &'a str,
    edge: &'a str,
    device: Option<&'a str>,
    kind: Kind,
    payload: &'a Payload,
}

impl Said<'_> {
    fn seq(&self) -> Option<u8> {
        u8::try_from(self.payload.seq?).ok()
    }

    fn bd_seq(&self) -> Option<u64> {
        let metrics = self.payload.metrics.iter();
        let mut found = metrics.filter(|metric| metric.name.as_deref() == Some(BD_SEQ));
        match found.next()?.value.as_ref()? {
            payload::Value::Long(number) => Some(*number),
            payload::Value::Int(number) => Some(u64::from(*number)),
            _ => None,
        }
    }
}

fn metrics(notes: &mut Notes, edge: &mut Edge, said: &Said<'_>, points: &BTreeMap<String, String>) {
    let device = said.device.unwrap_or_default();
    for metric in &said.payload.metrics {
        if said.kind == Kind::Birth
            && let Some(name) = &metric.name
        {
            let (datatype, unit) = (metric.datatype.unwrap_or(0), metric.text("engUnit"));
            edge.learn(device, name, metric.alias, datatype, unit);
        }
        one(notes, edge, device, metric, points);
    }
    notes.quality = ReadingQuality::Good;
}

fn one(
    notes: &mut Notes,
    edge: &Edge,
    device: &str,
    metric: &Metric,
    points: &BTreeMap<String, String>,
) {
    let known = match (&metric.name, metric.alias) {
        (Some(name), _) => edge.by_name(device, name),
        (None, Some(alias)) => edge.by_alias(device, alias),
        (None, None) => None,
    };
    let name = match (&metric.name, &known) {
        (Some(name), _) => name.as_str(),
        (None, Some(known)) => &*known.name,
        (None, None) => {
            return notes.refuse(
                "no_birth",
                "an alias that no birth of this life told; births are asked for",
            );
        }
    };
    if name == BD_SEQ || name.starts_with("Node Control/") || name.starts_with("Device Control/") {
        return;
    }
    let datatype = metric
        .datatype
        .or(known.as_ref().map(|known| known.datatype));
    match value::reading(metric, datatype.unwrap_or(0)) {
        Ok(Some(value)) => {
            let stamp = metric.timestamp.map(micros);
            if stamp.is_none() && metric.is_historical == Some(true) {
                return notes.refuse("bad_time", "a value of the past without its time");
            }
            let unit = metric.text("engUnit").map(Into::into);
            let unit = unit.or_else(|| known.as_ref().and_then(|known| known.unit.clone()));
            let point = points.get(name).cloned().unwrap_or_else(|| point_key(name));
            let message_us = notes.at_us;
            notes.at_us = stamp.unwrap_or(message_us);
            notes.quality = value::quality(metric);
            notes.put(point, value, unit.as_deref());
            notes.at_us = message_us;
        }
        Ok(None) => {}
        Err(detail) => notes.refuse("not_a_value", detail),
    }
}

/// Asks an edge node to tell everything again (6.4.20).
fn rebirth(group: &str, edge: &str, now_us: i64) -> Outbound {
    let timestamp = u64::try_from(now_us / 1_000).ok();
    let metric = Metric {
        name: Some("Node Control/Rebirth".to_owned()),
        timestamp,
        datatype: Some(BOOLEAN),
        value: Some(payload::Value::Boolean(true)),
        ..Metric::default()
    };
    let payload = Payload {
        timestamp,
        metrics: vec![metric],
        seq: None,
    };
    Outbound {
        topic: format!("{NAMESPACE}/{group}/NCMD/{edge}").into(),
        payload: payload.encode_to_vec(),
        qos: 0,
        retain: false,
    }
}

fn micros(millis: u64) -> i64 {
    i64::try_from(millis)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000)
}
