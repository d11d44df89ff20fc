//! A look around shows every object with its name, unit, states and value.

use crate::peer::Device;
use crate::run::config;
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use vigie_bacnet::BacnetConfig;
use vigie_contract::{Explorer, Finding, Findings, FoundEquipment, FoundKind, Reach, ReadingValue};

async fn look(port: u16) -> Vec<FoundEquipment> {
    let config: BacnetConfig = serde_json::from_value(config(port, json!({}), json!([]))).unwrap();
    let explorer = Box::new(config.into_explorer(Reach::anywhere()).unwrap());
    let (findings, mut found) = Findings::channel();
    let look = tokio::spawn(explorer.explore(findings, CancellationToken::new()));
    let mut equipment = Vec::new();
    while let Some(finding) = found.recv().await {
        if let Finding::Equipment(one) = finding {
            equipment.push(one);
        }
    }
    let end = timeout(Duration::from_secs(60), look)
        .await
        .expect("it ends");
    assert_eq!(end.expect("without a panic"), Ok(()));
    equipment
}

async fn everything_is_found(arguments: &[&str]) {
    let device = Device::start(arguments).await;
    let found = look(device.port).await;
    let [device] = &found[..] else {
        panic!("one device, not {}", found.len());
    };
    assert_eq!(device.key, "device-7000");
    assert_eq!(device.points.len(), 403);
    // The connection names it already.
    assert!(device.additions.is_empty());
    let point = |key: &str| {
        let mut points = device.points.iter();
        points
            .find(|point| point.key == key)
            .unwrap_or_else(|| panic!("no {key}"))
    };
    let sensor = point("sensor-17");
    assert_eq!(sensor.unit.as_deref(), Some("°C"));
    assert_eq!(sensor.value, Some(ReadingValue::Number(17.0)));
    assert!(!sensor.writable && point("valve").writable);
    assert_eq!(
        sensor.additions[0].item,
        json!({ "device": 7000, "object": "analog-input:17", "point": "sensor-17" })
    );
    let words = |words: &[(&str, i64)]| {
        let words = words
            .iter()
            .map(|(word, number)| ((*word).to_owned(), *number));
        FoundKind::State(words.collect())
    };
    assert_eq!(
        point("mode").kind,
        words(&[("Off", 1), ("Heat", 2), ("Cool", 3)])
    );
    assert_eq!(point("fan").kind, words(&[("Stopped", 0), ("Running", 1)]));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_large_device_is_found() {
    everything_is_found(&["--objects", "400"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_a_device_without_segments_is_found() {
    everything_is_found(&["--objects", "400", "--modest"]).await;
}
