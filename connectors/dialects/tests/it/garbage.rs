//! No bytes panic a dialect, and what a message brings is bounded.

use super::support::Ear;
use serde_json::{Value, json};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

const DBC: &str = include_str!("../../../../tests/data/foxbms/foxbms.dbc");
const LOG: &[u8] = include_bytes!("../../../../tests/data/foxbms/can_log.txt");
/// For each dialect; `tests/run` is not kept waiting.
const LASTS: Duration = Duration::from_secs(4);

/// A small generator (xorshift64*), so that a seed repeats a run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides.max(1)
    }

    /// A message with some bytes changed, taken away, doubled or thrown in.
    fn mutate(&mut self, message: &[u8]) -> Vec<u8> {
        let mut bytes = message.to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len());
            match self.roll(5) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.roll(8),
                1 if !bytes.is_empty() => _ = bytes.remove(at),
                2 => bytes.insert(at, self.roll(256) as u8),
                3 => bytes.truncate(at),
                _ => {
                    let some = bytes[at..(at + self.roll(40)).min(bytes.len())].to_vec();
                    bytes.extend(some);
                }
            }
        }
        bytes
    }
}

fn seed() -> u64 {
    let given = std::env::var("VIGIE_TEST_SEED").ok();
    let seed = given.and_then(|seed| seed.parse().ok());
    // Hashers are keyed at random.
    seed.unwrap_or_else(|| RandomState::new().build_hasher().finish() | 1)
}

fn survives(name: &str, options: &Value, messages: &[(&str, &[u8])]) {
    let seed = seed();
    eprintln!("{name}: VIGIE_TEST_SEED={seed}");
    let (mut dice, mut ear, began) = (Dice(seed), Ear::new(name, options.clone()), Instant::now());
    let mut rounds = 0_u64;
    while began.elapsed() < LASTS {
        let (topic, message) = messages[dice.roll(messages.len())];
        let topic = match dice.roll(8) {
            0 => String::from_utf8_lossy(&dice.mutate(topic.as_bytes())).into_owned(),
            _ => topic.to_owned(),
        };
        let payload = dice.mutate(message);
        let told = ear.hear(&topic, &payload);
        assert!(told.0.readings.len() <= 4_096);
        assert!(told.0.refusals.len() <= payload.len() + 1);
        ear.dialect.say(rounds as i64);
        _ = ear.dialect.presentable(&payload);
        rounds += 1;
    }
    eprintln!("{name}: {rounds} messages");
    assert!(rounds > 1_000);
}

#[test]
fn no_bytes_break_thingset() {
    let cbor = [
        0xa3, 0x18, 0x71, 0xf9, 0x52, 0x70, 0x18, 0x72, 0x18, 80, 0x18, 0x99, 7,
    ];
    survives(
        "thingset",
        &json!({ "ids": { "113": "Meas/rPackVoltage_V" } }),
        &[
            (
                "rpt/p/mLive_",
                br#"{"t_s":1,"Meas":{"rCellVoltages_V":[3.2,3.1],"rErrorFlags":9,"rBmsState":2}}"#,
            ),
            (
                "ts/u/p/tx/serial",
                br#"#/node/Bat {"rMeas_V":13.1,"x":{"y":{"z":"w"}}}"#,
            ),
            ("r/p/m/1", &cbor),
            ("r/p/i/2", &[0x82, 0x18, 0x71, 0x18, 0x72]),
            (
                "r/p/v/2",
                &[0x82, 0xc4, 0x82, 0x20, 0x19, 0x13, 0x88, 0x18, 80],
            ),
        ],
    );
}

#[test]
fn no_bytes_break_foxbms() {
    survives(
        "foxbms",
        &json!({ "dbc": DBC }),
        &[
            ("c", LOG),
            (
                "c",
                br#"{"id":"0x250","data":"0100e74ce749ce93","ts":1763640000}"#,
            ),
            (
                "c",
                br#"[{"id":576,"data":"0008004002001001"},{"id":"231","data":"0000000e74000e42"}]"#,
            ),
            (
                "c",
                br#"{"Timestamp": 1212239.05, "0x35C_IVT0_Result_I_mA": -2309}"#,
            ),
        ],
    );
}

#[test]
fn no_bytes_break_a_dbc_file() {
    use vigie_contract::{Dialects, Terms};
    let seed = seed();
    eprintln!("dbc: VIGIE_TEST_SEED={seed}");
    // The head, one plain and one paged message of the file.
    let lines = DBC
        .lines()
        .take(45)
        .chain(DBC.lines().filter(|line| line.starts_with("BO_ 5")).take(9));
    let file = lines.collect::<Vec<_>>().join("\n");
    let (mut dice, began) = (Dice(seed), Instant::now());
    while began.elapsed() < LASTS {
        let text = String::from_utf8_lossy(&dice.mutate(file.as_bytes())).into_owned();
        let options = json!({ "dbc": text });
        let terms = Terms {
            equipment: None,
            options: &options,
        };
        if let Err(fault) = vigie_dialects::Known.speak("can", &terms) {
            assert_eq!(fault.pointer, "/options/dbc");
        }
    }
}

#[test]
fn no_bytes_break_green_bms() {
    survives(
        "green-bms",
        &json!(null),
        &[
            (
                "b",
                b"$#g00152.3$#g002-1.20$#g00378$#g0043.31$#g0053.25$#g0062$\r\n",
            ),
            (
                "b",
                b"$#v0013.30$#t00121.50$#u00125.00$#z001010000$#v0023.25$\r\n$#p0021234$",
            ),
        ],
    );
}

#[test]
fn no_bytes_break_victron() {
    survives(
        "victron",
        &json!(null),
        &[
            ("N/p/battery/512/Dc/0/Power", br#"{"value":936}"#),
            ("N/p/battery/512/Voltages/Cell3", br#"{"value":3.3}"#),
            ("N/p/system/0/Dc/Battery/State", br#"{"value":1}"#),
            ("N/p/battery/512/Soc", b""),
        ],
    );
}

#[test]
fn no_bytes_break_sparkplug() {
    // A birth: stamp, one metric (name "a", alias 1, double 1.5, property engUnit V), seq 0.
    let birth = [
        0x08, 0x80, 0xa0, 0xa4, 0xfe, 0xa9, 0x33, 0x12, 0x22, 0x0a, 0x01, b'a', 0x10, 0x01, 0x20,
        0x0a, 0x4a, 0x10, 0x0a, 0x07, b'e', b'n', b'g', b'U', b'n', b'i', b't', 0x12, 0x05, 0x08,
        0x0c, 0x42, 0x01, b'V', 0x69, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x18, 0x00,
    ];
    let data = [
        0x08, 0x80, 0xa0, 0xa4, 0xfe, 0xa9, 0x33, 0x12, 0x04, 0x10, 0x01, 0x50, 0x07, 0x18, 0x01,
    ];
    let mut ear = Ear::new("sparkplug", json!(null));
    assert_eq!(ear.hear("spBv1.0/g/NBIRTH/e", &birth).number("a"), 1.5);
    assert_eq!(ear.hear("spBv1.0/g/NDATA/e", &data).number("a"), 7.0);
    survives(
        "sparkplug",
        &json!(null),
        &[
            ("spBv1.0/g/NBIRTH/e", &birth),
            ("spBv1.0/g/DBIRTH/e/d", &birth),
            ("spBv1.0/g/NDATA/e", &data),
            ("spBv1.0/g/DDATA/e/d", &data),
            ("spBv1.0/g/NDEATH/e", &birth),
            ("spBv1.0/g/DDEATH/e/d", &data),
            ("spBv1.0/STATE/vigie", br#"{"online":false,"timestamp":1}"#),
        ],
    );
}
