//! ThingSet: three versions, JSON and CBOR.

use super::support::{Ear, NOW};
use serde_json::json;

const LIVE: &[u8] = br#"{"t_s":1763639990,"Meas":{"rPackVoltage_V":51.2,"rPackCurrent_A":-3.1,
    "rCellVoltages_V":[3.201,3.195,3.21,3.2],"rCellTemps_degC":[21.5,22.25],"rSOC_pct":78.0,
    "rErrorFlags":9,"rBmsState":2,"rMosfetTemp_degC":30.5}}"#;

#[test]
fn a_report_of_today_becomes_the_battery() {
    let told = Ear::new("thingset", json!(null)).hear("rpt/pack/mLive_", LIVE);
    assert_eq!(told.number("voltage"), 51.2);
    assert_eq!(told.number("current"), -3.1);
    assert_eq!(told.number("soc"), 78.0);
    assert_eq!(told.number("cell_voltage_3"), 3.21);
    assert_eq!(told.number("cell_voltage_min"), 3.195);
    assert_eq!(told.number("cell_voltage_max_index"), 3.0);
    assert_eq!(told.number("cell_voltage_spread"), 15.0);
    assert_eq!(told.number("cell_temperature_max"), 22.25);
    assert_eq!(told.number("mosfet_temp"), 30.5);
    assert_eq!(told.word("state"), "DISCHARGING");
    assert!(told.flag("fault") && told.flag("fault_cell_undervoltage"));
    assert!(told.flag("fault_discharge_overcurrent") && !told.flag("fault_short_circuit"));
    assert!(told.reasons().is_empty());
    assert_eq!(told.0.readings[0].observed_at_us, Some(NOW - 10_000_000));
}

#[test]
fn older_gateways_and_versions_speak_of_the_same_points() {
    let mut ear = Ear::new("thingset", json!(null));
    for (topic, payload) in [
        (
            "ts/me/pack/tx/serial",
            &br#"{"Bat_V":13.1,"Bat_A":1.5}"#[..],
        ),
        ("ts/me/pack/tx", br#"# {"Bat_V":13.1,"Bat_A":1.5}"#),
        (
            "ts/me/pack/tx/Bat",
            br#"#Bat {"rMeas_V":13.1,"rMeas_A":1.5}"#,
        ),
        ("rpt/pack/m_", br#"{"Bat":{"rMeas_V":13.1,"rMeas_A":1.5}}"#),
        ("rpt/pack/Bat", br#"{"rMeas_V":13.1,"rMeas_A":1.5}"#),
    ] {
        let told = ear.hear(topic, payload);
        assert_eq!(
            (told.number("voltage"), told.number("current")),
            (13.1, 1.5),
            "{topic}"
        );
    }
}

#[test]
fn a_clock_that_was_never_set_is_not_believed() {
    let told =
        Ear::new("thingset", json!(null)).hear("rpt/p/m", br#"{"t_s":460677600,"rSOC_pct":1}"#);
    assert_eq!(told.0.readings[0].observed_at_us, Some(NOW));
}

#[test]
fn numbers_are_named_by_the_route_and_values_by_the_list_that_came_before() {
    let ids = json!({ "ids": { "0x71": "Meas/rPackVoltage_V", "114": "Meas/rSOC_pct" } });
    let mut ear = Ear::new("thingset", ids);
    // {0x71: 51.5, 0x72: 80, 0x99: 7}
    let told = ear.hear(
        "r/pack/m/1",
        &[
            0xa3, 0x18, 0x71, 0xf9, 0x52, 0x70, 0x18, 0x72, 0x18, 80, 0x18, 0x99, 7,
        ],
    );
    assert_eq!(
        (
            told.number("voltage"),
            told.number("soc"),
            told.number("id_153")
        ),
        (51.5, 80.0, 7.0)
    );

    // [51.5, 80] of nobody, then of [0x71, 0x72]
    let values = [0x82, 0xf9, 0x52, 0x70, 0x18, 80];
    assert_eq!(ear.hear("r/pack/v/2", &values).reasons(), ["no_birth"]);
    assert!(
        ear.hear("r/pack/i/2", &[0x82, 0x18, 0x71, 0x18, 0x72])
            .points()
            .is_empty()
    );
    let told = ear.hear("r/pack/v/2", &values);
    assert_eq!((told.number("voltage"), told.number("soc")), (51.5, 80.0));
    assert_eq!(ear.hear("r/pack/v/2", &[0x81, 1]).reasons(), ["bad_shape"]);
}

#[test]
fn the_link_of_a_node_is_its_point_online() {
    let mut ear = Ear::new("thingset", json!(null));
    assert!(ear.hear("rpt/pack/$conn", b"1").flag("online"));
    assert!(!ear.hear("rpt/pack/$conn", b"0").flag("online"));
}

#[test]
fn what_cannot_be_read_says_why() {
    let mut ear = Ear::new("thingset", json!(null));
    for (topic, payload, reason) in [
        ("rpt/p/m", &b"{"[..], "bad_json"),
        ("rpt/p/m", b"[1]", "not_a_value"),
        ("rpt/p/m", br#"{"rBmsState":77}"#, "unknown_state"),
        ("rpt/p/m", br#"{"t_s":"soon","rSOC_pct":1}"#, "bad_time"),
        ("r/p/m/1", b"\xff", "bad_cbor"),
        ("elsewhere/p", b"{}", "no_route"),
    ] {
        assert_eq!(ear.hear(topic, payload).reasons(), [reason], "{topic}");
    }
}
