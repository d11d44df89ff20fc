//! Faults point at what is wrong; what is left out is filled in.

use super::*;
use serde_json::{Value, json};

fn compile(config: Value) -> Result<Plan, ConfigFault> {
    let config = serde_json::from_value(config).expect("the test's configuration reads");
    Plan::compile(config, &TimeZone::UTC)
}

fn fault(config: Value) -> String {
    compile(config).expect_err("something is wrong").pointer
}

#[test]
fn what_is_left_out_is_filled_in() {
    let plan = compile(json!({
        "site": "hq",
        "devices": [{ "instance": 7000, "cov": "confirmed" }],
        "points": [{ "device": 7000, "object": "analog-input:1", "point": "supply" }],
    }))
    .unwrap();
    let point = &plan.devices[0].points[0];
    assert_eq!(&*point.address.equipment, "device-7000");
    assert_eq!(point.hint.site.as_deref(), Some("hq"));
    assert_eq!((point.kind, point.cov), (Kind::Real, Cov::Confirmed));
    assert_eq!(plan.find(&point.address), Some((0, 0)));
}

#[test]
fn a_fault_points_at_the_wrong_value() {
    let device = |more: Value| {
        let mut device = json!({ "instance": 1 });
        device
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "devices": [device] })
    };
    let point = |more: Value| {
        let mut point = json!({ "device": 1, "object": "analog-input:1", "point": "x" });
        point
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!({ "devices": [{ "instance": 1 }], "points": [point] })
    };
    assert_eq!(fault(json!({ "timeout_ms": 1 })), "/timeout_ms");
    assert_eq!(fault(json!({ "bbmd": "0.0.0.0:1" })), "/bbmd");
    assert_eq!(
        fault(device(json!({ "instance": 4_194_303 }))),
        "/devices/0/instance"
    );
    assert_eq!(fault(device(json!({ "poll_s": 0 }))), "/devices/0/poll_s");
    assert_eq!(
        fault(device(json!({ "station": "0c" }))),
        "/devices/0/station"
    );
    assert_eq!(
        fault(device(json!({ "time_zone": "Here" }))),
        "/devices/0/time_zone"
    );
    let routed = json!({ "address": "192.0.2.1:47808", "network": 5, "station": "xyz" });
    assert_eq!(fault(device(routed)), "/devices/0/station");
    assert_eq!(fault(point(json!({ "device": 2 }))), "/points/0/device");
    assert_eq!(
        fault(point(json!({ "object": "schedule:1" }))),
        "/points/0/object"
    );
    assert_eq!(
        fault(point(json!({ "priority": 17 }))),
        "/points/0/priority"
    );
    assert_eq!(
        fault(point(json!({ "log": "analog-input:1" }))),
        "/points/0/log"
    );
    assert_eq!(
        fault(point(json!({ "log_every_s": 5 }))),
        "/points/0/log_every_s"
    );
}

#[test]
fn one_point_is_listed_once() {
    let point = json!({ "device": 1, "object": "analog-input:1", "point": "x" });
    let config = json!({ "devices": [{ "instance": 1 }], "points": [point, point] });
    assert_eq!(fault(config), "/points/1/point");
    let twice = json!({ "devices": [{ "instance": 1 }, { "instance": 1 }] });
    assert_eq!(fault(twice), "/devices/1/instance");
}
