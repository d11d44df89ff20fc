//! Decoders of what devices say: readings a second on one core, beside the bare crate that takes the bytes apart.
//!
//! No wire and no store: what a dialect costs beside the parser it stands on.

use crate::machine;
use crate::report::{Peer, Report};
use anyhow::{Context, Result, ensure};
use prost::Message;
use serde_json::{Value, json};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};
use vigie_contract::{Delivery, Dialects, EquipmentHint, Heard, Terms};
use vigie_dialects::Known;
use vigie_mqtt::{Route, RouteTable};

const ARRIVAL_US: i64 = 1_795_154_400_000_000;
const ROOM: usize = 4_096;
const LOG: &[u8] = include_bytes!("../../tests/data/foxbms/can_log.txt");
const DBC: &str = include_str!("../../tests/data/foxbms/foxbms.dbc");
const REPORT: &[u8] = br#"{"t_s":1795154400,"Meas":{"rPackVoltage_V":51.2,"rPackCurrent_A":-3.1,
    "rCellVoltages_V":[3.2,3.21,3.19,3.2,3.2,3.2,3.2,3.2],"rSOC_pct":78.0,"rErrorFlags":0,"rBmsState":3}}"#;
const LINE: &[u8] = b"$#g00152.3$#g002-1.20$#g00378$#g0043.31$#g0053.25$#g0062$\r\n";
const METRICS: u64 = 20;

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds for each decoder, and as many for its peer.
    #[arg(long, default_value_t = 2)]
    seconds: u64,
}

/// A message of Sparkplug B, as far as data messages go.
#[derive(Clone, PartialEq, Message)]
struct Payload {
    #[prost(uint64, optional, tag = "1")]
    timestamp: Option<u64>,
    #[prost(message, repeated, tag = "2")]
    metrics: Vec<Metric>,
    #[prost(uint64, optional, tag = "3")]
    seq: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
    #[prost(uint64, optional, tag = "2")]
    alias: Option<u64>,
    #[prost(uint32, optional, tag = "4")]
    datatype: Option<u32>,
    #[prost(double, optional, tag = "13")]
    value: Option<f64>,
}

/// Measures all of them, one after the other.
pub fn run(options: &Options) -> Result<Report> {
    let span = Duration::from_secs(options.seconds);
    let mut report = Report::new("dialects: from bytes to readings");
    report.notes.push(format!(
        "one thread, {} s each; the peer takes the same bytes apart and throws them away",
        options.seconds
    ));
    let (json, cbor, sparkplug) = (
        "serde_json, into a value",
        "ciborium, into a value",
        "prost, into a struct",
    );
    let as_json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
    let map = map()?;
    compare(
        &mut report,
        span,
        "MQTT route, JSON",
        route()?,
        Some((json, || as_json(PACK))),
    )?;
    compare(
        &mut report,
        span,
        "ThingSet, JSON",
        spoken("thingset", &Value::Null, "rpt/p/mLive_", REPORT.to_vec())?,
        Some((json, || as_json(REPORT))),
    )?;
    let as_cbor = || ciborium::from_reader::<ciborium::Value, _>(&*map).is_ok();
    let ids = json!({ "ids": { "113": "Meas/rPackVoltage_V", "114": "Meas/rPackCurrent_A", "115": "Meas/rSOC_pct" } });
    let ours = spoken("thingset", &ids, "r/p/m/1", map.clone())?;
    compare(
        &mut report,
        span,
        "ThingSet, CBOR",
        ours,
        Some((cbor, as_cbor)),
    )?;
    let data = said(METRICS, false).encode_to_vec();
    let as_protobuf = || Payload::decode(&*data).is_ok();
    compare(
        &mut report,
        span,
        "Sparkplug B, aliases",
        born()?,
        Some((sparkplug, as_protobuf)),
    )?;
    let none = None::<(&str, fn() -> bool)>;
    let foxbms = spoken("foxbms", &json!({ "dbc": DBC }), "c", LOG.to_vec())?;
    compare(&mut report, span, "foxBMS 2, log of a bus", foxbms, none)?;
    let green = spoken("green-bms", &Value::Null, "b", LINE.to_vec())?;
    compare(&mut report, span, "Green-BMS, lines", green, none)?;
    Ok(report)
}

/// Decodes one message and says how many readings came of it.
type Decoder = Box<dyn FnMut() -> usize>;

const PACK: &[u8] =
    br#"{"u":51200,"st":"IDLE","cells":[3300,3301.5,3299,3302],"ts":1795154400000}"#;

fn route() -> Result<Decoder> {
    let routes: Vec<Route> = serde_json::from_value(json!([{
        "topic": "packs/{equipment}", "time": "/ts",
        "points": {
            "voltage": { "at": "/u", "scale": 0.001 },
            "state": { "at": "/st", "states": { "IDLE": 0, "CHARGING": 1 } },
            "cell_{n}": { "at": "/cells/*", "unit": "mV" },
        },
    }]))?;
    let table = RouteTable::compile(&routes).context("the route is fine")?;
    Ok(Box::new(move || {
        table.decode("packs/p", PACK, ARRIVAL_US).readings.len()
    }))
}

fn spoken(name: &str, options: &Value, topic: &'static str, payload: Vec<u8>) -> Result<Decoder> {
    let mut ear = Ear::new(name, options)?;
    Ok(Box::new(move || ear.hear(topic, &payload)))
}

/// A device whose birth was heard; then the same data again and again, so that numbers follow.
fn born() -> Result<Decoder> {
    let mut ear = Ear::new("sparkplug", &Value::Null)?;
    let mut seq = 0;
    let mut hear = move |topic, is_birth| {
        let mut payload = said(METRICS, is_birth);
        payload.seq = Some(seq);
        seq = (seq + 1) % 256;
        ear.hear(topic, &payload.encode_to_vec())
    };
    hear("spBv1.0/g/NBIRTH/e", true);
    hear("spBv1.0/g/DBIRTH/e/d", true);
    Ok(Box::new(move || hear("spBv1.0/g/DDATA/e/d", false)))
}

fn said(metrics: u64, is_birth: bool) -> Payload {
    let metric = |number| Metric {
        name: is_birth.then(|| format!("Pack/Cell {number}")),
        alias: Some(number),
        datatype: is_birth.then_some(10),
        value: Some(3.3),
    };
    Payload {
        timestamp: Some(1_795_154_400_000),
        metrics: (0..metrics).map(metric).collect(),
        seq: Some(0),
    }
}

/// Three items by number.
fn map() -> Result<Vec<u8>> {
    let items = [(113, 51.2), (114, -3.1), (115, 78.0)];
    let items = items.map(|(id, value)| (ciborium::Value::from(id), ciborium::Value::from(value)));
    let items = ciborium::Value::Map(items.to_vec());
    let mut bytes = Vec::new();
    ciborium::into_writer(&items, &mut bytes)?;
    Ok(bytes)
}

struct Ear {
    dialect: Box<dyn vigie_contract::Dialect>,
    equipment: Arc<str>,
    hint: Arc<EquipmentHint>,
}

impl Ear {
    fn new(name: &str, options: &Value) -> Result<Self> {
        let terms = Terms {
            equipment: None,
            options,
        };
        Ok(Self {
            dialect: Known.speak(name, &terms)?.dialect,
            equipment: "pack".into(),
            hint: Arc::default(),
        })
    }

    fn hear(&mut self, topic: &str, payload: &[u8]) -> usize {
        let mut delivery = Delivery::default();
        let heard = Heard {
            topic,
            payload,
            equipment: &self.equipment,
            hint: &self.hint,
            arrival_us: ARRIVAL_US,
            room: ROOM,
        };
        self.dialect.hear(&heard, &mut delivery);
        delivery.readings.len()
    }
}

/// One decoder, then its peer; both counted in readings of the message.
fn compare(
    report: &mut Report,
    span: Duration,
    name: &str,
    mut ours: Decoder,
    peer: Option<(&str, impl FnMut() -> bool)>,
) -> Result<()> {
    let readings = ours();
    ensure!(readings > 0, "{name}: nothing was read");
    let ours = messages_of(span, || ours() > 0);
    let peer = peer.map(|(who, take)| (who, messages_of(span, take)));
    let per_reading = |(rate, cpu): (f64, f64)| (rate * readings as f64, cpu / readings as f64);
    let as_peer = |pick: fn((f64, f64)) -> f64| {
        peer.map(|(who, measured)| Peer {
            name: who.to_owned(),
            value: pick(per_reading(measured)),
        })
    };
    let (rate, cpu) = per_reading(ours);
    report.add(
        format!("{name}: readings a second"),
        rate,
        "readings/s",
        as_peer(|(rate, _)| rate),
        None,
    );
    report.add(
        format!("{name}: processor time of a reading"),
        cpu,
        "µs",
        as_peer(|(_, cpu)| cpu),
        None,
    );
    Ok(())
}

/// Messages a second, and µs of processor for one.
fn messages_of(span: Duration, mut take: impl FnMut() -> bool) -> (f64, f64) {
    const AT_ONCE: u32 = 100;
    let (began, cpu, mut messages) = (Instant::now(), machine::own_cpu(), 0_u64);
    while began.elapsed() < span {
        for _ in 0..AT_ONCE {
            black_box(take());
        }
        messages += u64::from(AT_ONCE);
    }
    let (seconds, used) = (began.elapsed().as_secs_f64(), machine::own_cpu() - cpu);
    (messages as f64 / seconds, 1e6 * used / messages as f64)
}
