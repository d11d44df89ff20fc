//! The languages of batteries and gateways.

use super::{Seed, Target, seed};
use anyhow::Result;
use serde_json::{Value, json};
use std::sync::Arc;
use vigie_contract::{Delivery, Dialect, Dialects, EquipmentHint, Heard, Terms};
use vigie_dialects::Known;

const DBC: &str = include_str!("../../../tests/data/foxbms/foxbms.dbc");
const LOG: &[u8] = include_bytes!("../../../tests/data/foxbms/can_log.txt");
const ARRIVAL_US: i64 = 1_795_154_400_000_000;
const ROOM: usize = 4_096;
/// Equipment that messages come from: more than one, so that memories of devices are filled.
const PACKS: usize = 64;

/// Speakers of one dialect.
struct Ear {
    dialect: Box<dyn Dialect>,
    packs: Vec<Arc<str>>,
    hint: Arc<EquipmentHint>,
    heard: usize,
}

impl Ear {
    fn new(name: &str, options: &Value) -> Result<Self> {
        let terms = Terms {
            equipment: None,
            options,
        };
        let pack = |number| format!("pack-{number}").into();
        Ok(Self {
            dialect: Known.speak(name, &terms)?.dialect,
            packs: (0..PACKS).map(pack).collect(),
            hint: Arc::default(),
            heard: 0,
        })
    }

    fn hear(&mut self, topic: &str, payload: &[u8]) {
        let mut delivery = Delivery::default();
        self.heard = self.heard.wrapping_add(1);
        let heard = Heard {
            topic,
            payload,
            equipment: &self.packs[self.heard % PACKS],
            hint: &self.hint,
            arrival_us: ARRIVAL_US,
            room: ROOM,
        };
        self.dialect.hear(&heard, &mut delivery);
        assert!(delivery.readings.len() <= ROOM);
        assert!(delivery.refusals.len() <= payload.len() + 1);
        self.dialect.say(ARRIVAL_US + self.heard as i64);
        let _shown = self.dialect.presentable(payload);
    }
}

fn spoken(name: &str, options: &Value, seeds: Vec<Seed>) -> Result<Target> {
    let mut ear = Ear::new(name, options)?;
    Ok(Target::pure(seeds, move |topic, payload| {
        ear.hear(topic, payload);
    }))
}

/// ThingSet, which has JSON and its text form beside CBOR.
pub(super) fn cbor() -> Result<Target> {
    let map = [
        0xa3, 0x18, 0x71, 0xf9, 0x52, 0x70, 0x18, 0x72, 0x18, 80, 0x18, 0x99, 7,
    ];
    let seeds = vec![
        seed("r/p/m/1", map),
        seed("r/p/i/2", [0x82, 0x18, 0x71, 0x18, 0x72]),
        seed(
            "r/p/v/2",
            [0x82, 0xc4, 0x82, 0x20, 0x19, 0x13, 0x88, 0x18, 80],
        ),
        seed("r/p/m/3", [0xbf, 0x18, 0x71, 0x9f, 1, 2, 0xff, 0xff]),
        seed(
            "rpt/p/mLive_",
            r#"{"t_s":1,"Meas":{"rCellVoltages_V":[3.2,3.1],"rErrorFlags":9,"rBmsState":2}}"#,
        ),
        seed(
            "ts/u/p/tx/serial",
            r#"#/node/Bat {"rMeas_V":13.1,"x":{"y":{"z":"w"}}}"#,
        ),
    ];
    spoken(
        "thingset",
        &json!({ "ids": { "113": "Meas/rPackVoltage_V" } }),
        seeds,
    )
}

/// Frames of a bus in all their shapes, and the file that explains them.
pub(super) fn can() -> Result<Target> {
    let seeds = vec![
        seed("c", LOG),
        seed(
            "c",
            r#"{"id":"0x250","data":"0100e74ce749ce93","ts":1763640000}"#,
        ),
        seed(
            "c",
            r#"[{"id":576,"data":"0008004002001001"},{"id":"231","data":"0000000e74000e42"}]"#,
        ),
        seed(
            "c",
            r#"{"Timestamp": 1212239.05, "0x35C_IVT0_Result_I_mA": -2309}"#,
        ),
        seed("dbc", part_of_the_file()),
    ];
    let mut ear = Ear::new("foxbms", &json!({ "dbc": DBC }))?;
    Ok(Target::pure(seeds, move |topic, payload| match topic {
        "dbc" => {
            let options = json!({ "dbc": String::from_utf8_lossy(payload) });
            if let Ok(mut other) = Ear::new("can", &options) {
                other.hear("c", LOG);
            }
        }
        _ => ear.hear(topic, payload),
    }))
}

/// The head of the file, and a plain and a paged message of it.
fn part_of_the_file() -> String {
    let pages = DBC.lines().filter(|line| line.starts_with("BO_ 5")).take(9);
    let lines: Vec<_> = DBC.lines().take(45).chain(pages).collect();
    lines.join("\n")
}

/// Green-BMS.
pub(super) fn line() -> Result<Target> {
    let seeds = vec![
        seed(
            "b",
            "$#g00152.3$#g002-1.20$#g00378$#g0043.31$#g0053.25$#g0062$\r\n",
        ),
        seed(
            "b",
            "$#v0013.30$#t00121.50$#u00125.00$#z001010000$#v0023.25$\r\n$#p0021234$",
        ),
        seed("b", "$#i00017$#i0011$#"),
    ];
    spoken("green-bms", &Value::Null, seeds)
}

/// Sparkplug B.
pub(super) fn protobuf() -> Result<Target> {
    // A birth: stamp, one metric (name "a", alias 1, double 1.5, property engUnit V), seq 0.
    let birth = [
        0x08, 0x80, 0xa0, 0xa4, 0xfe, 0xa9, 0x33, 0x12, 0x22, 0x0a, 0x01, b'a', 0x10, 0x01, 0x20,
        0x0a, 0x4a, 0x10, 0x0a, 0x07, b'e', b'n', b'g', b'U', b'n', b'i', b't', 0x12, 0x05, 0x08,
        0x0c, 0x42, 0x01, b'V', 0x69, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x18, 0x00,
    ];
    let data = [
        0x08, 0x80, 0xa0, 0xa4, 0xfe, 0xa9, 0x33, 0x12, 0x04, 0x10, 0x01, 0x50, 0x07, 0x18, 0x01,
    ];
    let seeds = vec![
        seed("spBv1.0/g/NBIRTH/e", birth),
        seed("spBv1.0/g/DBIRTH/e/d", birth),
        seed("spBv1.0/g/NDATA/e", data),
        seed("spBv1.0/g/DDATA/e/d", data),
        seed("spBv1.0/g/NDEATH/e", birth),
        seed("spBv1.0/g/DDEATH/e/d", data),
        seed("spBv1.0/STATE/vigie", r#"{"online":false,"timestamp":1}"#),
    ];
    spoken("sparkplug", &Value::Null, seeds)
}
