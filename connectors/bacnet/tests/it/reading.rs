//! Values come by poll and by notification.

use crate::peer::Device;
use crate::run::{Run, config, until};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use vigie_contract::{ReadingQuality, ReadingValue};

fn sensors(count: u32) -> Value {
    let point = |n| json!({ "device": 7000, "object": format!("analog-input:{n}"), "point": format!("s{n}") });
    (1..=count).map(point).collect()
}

async fn four_hundred_objects(arguments: &[&str]) {
    let device = Device::start(arguments).await;
    let run = Run::start(config(device.port, json!({ "poll_s": 3600 }), sensors(400)));
    run.is_connected().await;
    until("all have come", || run.shelf.readings().len() >= 400).await;
    let readings = run.shelf.readings();
    let stamps: HashSet<_> = readings
        .iter()
        .map(|reading| reading.observed_at_us)
        .collect();
    assert_eq!(stamps.len(), 1, "one poll has one stamp");
    for reading in &readings {
        let number = reading.address.point[1..].parse().unwrap();
        assert_eq!(reading.value, ReadingValue::Number(number));
        assert_eq!(reading.unit.as_deref(), Some("°C"));
        assert_eq!(reading.quality, ReadingQuality::Good);
        assert_eq!(&*reading.address.equipment, "device-7000");
    }
    assert_eq!(run.shelf.refusals(), []);
    assert!(run.status.snapshot().latency.is_some());
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn four_hundred_objects_are_read_in_one_poll() {
    four_hundred_objects(&["--objects", "400"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_with_small_messages_and_no_segments_is_read_as_well() {
    four_hundred_objects(&["--objects", "400", "--modest"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_is_not_there_is_refused_aloud_and_costs_only_itself() {
    let device = Device::start(&[]).await;
    let points = json!([
        { "device": 7000, "object": "analog-input:1", "point": "here" },
        { "device": 7000, "object": "analog-input:99", "point": "gone" },
        { "device": 7000, "object": "multi-state-input:1", "point": "mode" },
        { "device": 7000, "object": "binary-output:1", "point": "fan" },
    ]);
    let run = Run::start(config(device.port, json!({ "poll_s": 1 }), points));
    until("both are told", || {
        run.shelf.newest("here").is_some() && !run.shelf.refusals().is_empty()
    })
    .await;
    let refusal = run.shelf.refusals().remove(0);
    assert_eq!(refusal.reason, "device_error");
    assert_eq!(refusal.source, "device-7000 analog-input:99");
    assert_eq!(refusal.detail, "the device says: unknown object");
    let value = |point| run.shelf.newest(point).map(|reading| reading.value);
    assert_eq!(value("mode"), Some(ReadingValue::Number(2.0)));
    assert_eq!(value("fan"), Some(ReadingValue::Bool(false)));
    run.stop().await;
}

async fn changes_are_told(cov: &str) {
    let mut device = Device::start(&[]).await;
    let terms = json!({ "poll_s": 3600, "cov": cov, "cov_lifetime_s": 60 });
    let run = Run::start(config(device.port, terms, sensors(2)));
    run.is_connected().await;
    until("the first values come", || {
        run.shelf.newest("s1").is_some() && run.shelf.newest("s2").is_some()
    })
    .await;
    device.say(json!(["set", "analog-input,2", 42.5])).await;
    until("the change is told", || {
        let newest = run.shelf.newest("s2").map(|reading| reading.value);
        newest == Some(ReadingValue::Number(42.5))
    })
    .await;
    let newest = run.shelf.newest("s2").unwrap();
    assert_eq!(newest.unit.as_deref(), Some("°C"));
    run.stop().await;
    assert_eq!(
        device.say(json!(["subscriptions"])).await,
        "0",
        "none is left behind"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_told_without_a_poll() {
    changes_are_told("unconfirmed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_change_is_told_without_a_poll() {
    changes_are_told("confirmed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_found_through_a_bbmd() {
    let port = crate::peer::free_port();
    let own = format!("127.0.0.1:{port}");
    let device = Device::at(port, &["--bbmd", &own]).await;
    let mut config = config(device.port, json!({ "poll_s": 1 }), sensors(1));
    config["bbmd"] = json!(own);
    config["devices"][0]
        .as_object_mut()
        .unwrap()
        .remove("address");
    let run = Run::start(config);
    until("a value comes", || run.shelf.newest("s1").is_some()).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looks_sees_the_messages() {
    let device = Device::start(&[]).await;
    let run = Run::start(config(device.port, json!({ "poll_s": 1 }), sensors(1)));
    run.trace.look(0, Duration::from_secs(60));
    let mut lines = Vec::new();
    until("messages are shown", || {
        lines = run.trace.look(0, Duration::from_secs(60));
        lines
            .iter()
            .any(|line| line.decoded.contains("READ_PROPERTY_MULTIPLE"))
    })
    .await;
    let peer = format!("127.0.0.1:{}", device.port);
    assert!(
        lines
            .iter()
            .any(|line| line.source == peer && !line.excerpt.is_empty())
    );
    run.stop().await;
}
