//! Victron GX: topics, gone devices, keep-alives.

use super::support::{Ear, NOW};
use serde_json::json;

const BATTERY: &str = "N/c0619ab1/battery/512/";

fn hear(ear: &mut Ear, path: &str, payload: &str) -> super::support::Told {
    ear.hear(&format!("{BATTERY}{path}"), payload.as_bytes())
}

#[test]
fn paths_become_the_battery() {
    let mut ear = Ear::new("victron", json!(null));
    let told = hear(&mut ear, "Dc/0/Power", r#"{"value":936}"#);
    assert_eq!(told.number("power"), 936.0);
    assert_eq!(told.0.readings.last().unwrap().unit.as_deref(), Some("W"));
    assert!(told.flag("online"), "told once");
    assert!(!hear(&mut ear, "Soc", r#"{"value":81.5,"min":0,"max":100}"#).has("online"));
    let told = hear(&mut ear, "Voltages/Diff", r#"{"value":0.015}"#);
    assert_eq!(told.number("cell_voltage_spread"), 15.0);
    hear(&mut ear, "Voltages/Cell2", r#"{"value":3.3}"#);
    let told = hear(&mut ear, "Voltages/Cell1", r#"{"value":3.31}"#);
    assert_eq!(
        (
            told.number("cell_voltage_1"),
            told.number("cell_voltage_max_index")
        ),
        (3.31, 1.0)
    );
    assert_eq!(
        hear(&mut ear, "Dc/0/MidVoltage", r#"{"value":26.1}"#).number("dc_0_mid_voltage"),
        26.1
    );
    assert_eq!(
        hear(&mut ear, "State", r#"{"value":9}"#).word("state"),
        "ACTIVE"
    );
}

#[test]
fn an_alarm_is_a_warning_first_and_two_of_one_kind_are_one_flag() {
    let mut ear = Ear::new("victron", json!(null));
    let told = hear(&mut ear, "Alarms/LowVoltage", r#"{"value":1}"#);
    assert!(told.flag("warning_cell_undervoltage") && !told.flag("fault_cell_undervoltage"));
    let told = hear(&mut ear, "Alarms/LowCellVoltage", r#"{"value":2}"#);
    assert!(told.flag("fault_cell_undervoltage"));
    let told = hear(&mut ear, "Alarms/LowVoltage", r#"{"value":0}"#);
    assert!(told.flag("fault_cell_undervoltage"));
}

#[test]
fn null_is_no_value_and_an_empty_payload_says_that_it_is_gone() {
    let mut ear = Ear::new("victron", json!(null));
    let told = hear(&mut ear, "Soc", r#"{"value":null}"#);
    assert!(!told.has("soc") && told.reasons().is_empty());
    assert!(!hear(&mut ear, "Soc", "").flag("online"));
    assert!(hear(&mut ear, "Soh", "").points().is_empty(), "told once");
    assert!(hear(&mut ear, "Soc", r#"{"value":3}"#).flag("online"));
}

#[test]
fn gx_devices_are_kept_alive_well_within_their_minute() {
    let mut ear = Ear::new("victron", json!({ "portals": ["c0619ab1"] }));
    let first = ear.dialect.opened(NOW);
    assert_eq!(
        (&*first[0].topic, first[0].payload.as_slice()),
        ("R/c0619ab1/keepalive", &b""[..])
    );
    assert!(ear.dialect.say(NOW + 29_000_000).is_empty());
    let next = ear.dialect.say(NOW + 30_000_000);
    assert!(
        String::from_utf8(next[0].payload.clone())
            .unwrap()
            .contains("suppress-republish")
    );

    ear.hear("N/another/heartbeat", b"{\"value\":1}");
    let met = ear.dialect.say(NOW + 31_000_000);
    assert_eq!((&*met[0].topic, met.len()), ("R/another/keepalive", 1));
}

#[test]
fn what_cannot_be_read_says_why() {
    let mut ear = Ear::new("victron", json!(null));
    for (payload, reason) in [
        ("{", "bad_json"),
        ("7", "bad_shape"),
        (r#"{"value":[1]}"#, "not_a_value"),
    ] {
        assert_eq!(
            hear(&mut ear, "Soc", payload).reasons(),
            [reason],
            "{payload}"
        );
    }
    assert_eq!(ear.hear("W/x/y", b"{}").reasons(), ["no_route"]);
}
