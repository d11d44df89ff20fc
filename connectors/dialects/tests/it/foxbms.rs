//! foxBMS 2 with its own DBC file and its own logs.

use super::support::{Ear, NOW};
use serde_json::{Value, json};
use vigie_contract::ReadingQuality;

const DBC: &str = include_str!("../../../../tests/data/foxbms/foxbms.dbc");
const LOG: &str = include_str!("../../../../tests/data/foxbms/can_log.txt");
const DECODED: &str = include_str!("../../../../tests/data/foxbms/decoded_can_log.txt");

fn ear() -> Ear {
    Ear::new("foxbms", json!({ "dbc": DBC }))
}

/// A frame as JSON, from its bits (the first is the highest of byte 0).
fn frame(id: u32, data: u64) -> Vec<u8> {
    json!({ "id": format!("{id:#x}"), "data": format!("{data:016x}"), "ts": NOW / 1_000 })
        .to_string()
        .into_bytes()
}

#[test]
fn the_log_of_its_own_tool_is_read() {
    let told = ear().hear("fox/can", LOG.as_bytes());
    // Frame 0x240, first byte 0, second 8: connected to nothing, no fault of the safety limits.
    assert!(!told.flag("fault_cell_overvoltage") && told.has("fault_contactor"));
    let stamps: Vec<_> = told
        .0
        .readings
        .iter()
        .map(|one| one.observed_at_us.unwrap())
        .collect();
    assert!(stamps.iter().all(|at| (0..1_000_000).contains(&(NOW - at))));
    let different: std::collections::BTreeSet<_> = stamps.iter().collect();
    assert!(different.len() > 3, "every frame at its own time");
    // 0x35C is the shunt's: not in this file, counted and not silent.
    assert_eq!(told.reasons(), ["unknown_frame"]);
}

#[test]
fn its_decoded_lines_are_read() {
    // The published sample leaves signals out with dots.
    let lines = DECODED.replace(",...", "");
    let told = ear().hear("fox/json", lines.as_bytes());
    assert_eq!(told.number("ivt0_result_i"), -2_352.0);
    assert_eq!(told.points().len(), 5);
}

#[test]
fn frames_become_the_battery() {
    let mut ear = ear();
    // 0x233: 15 bits of 400.0 V, of bus 0; power 17 bits of 2 kW; current 17 bits of 5 A out.
    let data = (4_000_u64 << 49) + (200 << 17) + 500;
    let told = ear.hear("fox/can", &frame(0x233, data));
    assert_eq!(
        (
            told.number("voltage"),
            told.number("current"),
            told.number("power")
        ),
        (400.0, -5.0, -2.0)
    );

    let told = ear.hear("fox/can", &frame(0x220, 0x07_02_00_00_00_00_00_00));
    assert_eq!(told.word("state"), "ACTIVE");
    assert!(!told.flag("fault") && told.flag("warning"));
    let told = ear.hear("fox/can", &frame(0x220, 0x0a_04_00_00_00_00_00_00));
    assert_eq!(
        (told.word("state"), told.flag("fault")),
        ("FAULT".to_owned(), true)
    );
}

#[test]
fn cells_come_page_by_page_and_the_extremes_find_their_places() {
    let mut ear = ear();
    let cells = |page: u64, flags: u64, millivolts: [u64; 4]| {
        let bits = millivolts.iter().fold(0, |bits, mv| bits << 13 | mv);
        frame(0x250, page << 56 | flags << 52 | bits)
    };
    let told = ear.hear("fox/can", &cells(0, 0, [3_700, 3_650, 3_710, 3_705]));
    assert_eq!(
        (told.number("cell_voltage_1"), told.number("cell_voltage_3")),
        (3.7, 3.71)
    );
    // Page 1: its second cell says itself that it is not valid.
    let told = ear.hear("fox/can", &cells(1, 0b0010, [3_800, 100, 3_702, 3_703]));
    assert_eq!(told.number("cell_voltage_5"), 3.8);
    assert_eq!(told.quality("cell_voltage_6"), Some(ReadingQuality::Bad));

    // 0x231: highest 3,800 mV, lowest 3,650 mV.
    let told = ear.hear("fox/can", &frame(0x231, (3_800 << 16) + 3_650));
    assert_eq!(told.number("cell_voltage_max"), 3_800.0);
    assert_eq!(told.number("cell_voltage_spread"), 150.0);
    assert_eq!(
        (
            told.number("cell_voltage_min_index"),
            told.number("cell_voltage_max_index")
        ),
        (2.0, 5.0)
    );
}

#[test]
fn a_flag_of_the_pack_is_up_while_one_of_its_sources_raises_it() {
    let mut ear = ear();
    // 0x240, byte 4: the positive contactor (bit 32), the negative one (33).
    let mut contactors = |positive: u64, negative: u64| {
        let told = ear.hear("c", &frame(0x240, negative << 25 | positive << 24));
        told.flag("fault_contactor")
    };
    assert!(contactors(1, 0));
    assert!(contactors(1, 1));
    assert!(contactors(0, 1));
    assert!(!contactors(0, 0));
}

#[test]
fn any_other_file_gives_points_by_the_names_of_its_signals() {
    let points: Value = json!({ "BatteryVoltage": "voltage" });
    let mut ear = Ear::new("can", json!({ "dbc": DBC, "points": points }));
    let told = ear.hear("car/can", &frame(0x233, 4_000 << 49));
    assert_eq!(
        (told.number("voltage"), told.number("bus_voltage")),
        (400.0, 0.0)
    );
}
