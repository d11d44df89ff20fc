//! Commands are written at a priority, read back and released.

use crate::peer::Device;
use crate::run::{Run, config, connector};
use serde_json::json;
use std::time::Duration;
use tokio::time::{Instant, timeout};
use vigie_contract::{Address, CommandFault, Progress, ReadingValue};

fn address(point: &str) -> Address {
    Address {
        equipment: "device-7000".into(),
        point: point.into(),
    }
}

fn plant(port: u16) -> serde_json::Value {
    let points = json!([
        { "device": 7000, "object": "analog-output:1", "point": "valve", "writable": true,
          "priority": 8 },
        { "device": 7000, "object": "binary-output:1", "point": "fan", "writable": true },
        { "device": 7000, "object": "analog-input:1", "point": "sensor" },
    ]);
    config(port, json!({ "poll_s": 3600 }), points)
}

async fn command(
    run: &Run,
    point: &str,
    value: Option<ReadingValue>,
    priority: Option<u8>,
) -> Result<Option<ReadingValue>, CommandFault> {
    let expires = Instant::now() + Duration::from_secs(20);
    let mut progress = run
        .commands
        .offer(address(point), value, priority, expires)
        .expect("there is room");
    loop {
        let step = timeout(Duration::from_secs(30), progress.next()).await;
        match step.expect("a word in time").expect("a last word") {
            Progress::Sent => {}
            Progress::Confirmed(read_back) => return Ok(read_back),
            Progress::Failed(fault) => return Err(fault),
        }
    }
}

fn number(number: f64) -> ReadingValue {
    ReadingValue::Number(number)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_is_written_at_its_priority_read_back_and_released() {
    let mut device = Device::start(&[]).await;
    let run = Run::start(plant(device.port));
    run.is_connected().await;
    assert_eq!(
        command(&run, "valve", Some(number(40.0)), None).await,
        Ok(Some(number(40.0)))
    );
    let slots = device.say(json!(["priorities", "analog-output,1"])).await;
    let slots: Vec<bool> = serde_json::from_str(&slots).unwrap();
    assert_eq!(slots.iter().position(|taken| *taken), Some(7), "priority 8");
    assert_eq!(
        command(&run, "valve", None, None).await,
        Ok(Some(number(12.5)))
    );
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_states_can_be_commanded() {
    let mut device = Device::start(&[]).await;
    let run = Run::start(plant(device.port));
    run.is_connected().await;
    let running = Some(ReadingValue::State("Running".into()));
    let on = Some(ReadingValue::Bool(true));
    assert_eq!(command(&run, "fan", running, None).await, Ok(on));
    assert_eq!(
        device
            .say(json!(["get", "binary-output,1", "presentValue"]))
            .await,
        "active"
    );
    let unknown = Some(ReadingValue::State("Flying".into()));
    let fault = command(&run, "fan", unknown, None).await.unwrap_err();
    assert_eq!(fault.reason, "refused");
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_higher_priority_holds_is_not_confirmed() {
    let device = Device::start(&[]).await;
    let run = Run::start(plant(device.port));
    run.is_connected().await;
    assert!(
        command(&run, "valve", Some(number(40.0)), Some(5))
            .await
            .is_ok()
    );
    let fault = command(&run, "valve", Some(number(60.0)), Some(9))
        .await
        .unwrap_err();
    assert_eq!(fault.reason, "read_back");
    assert_eq!(fault.detail, "priority 5 holds it at 40");
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_the_manifest_lets_be_written_is_written() {
    let device = Device::start(&[]).await;
    let writes = connector(plant(device.port)).writes();
    assert!(writes.can(&address("valve")) && !writes.can(&address("sensor")));
    let run = Run::start(plant(device.port));
    run.is_connected().await;
    let reason = |fate: Result<_, CommandFault>| fate.map_err(|fault| fault.reason);
    let sensor = command(&run, "sensor", Some(number(1.0)), None).await;
    assert_eq!(reason(sensor), Err("not_writable"));
    let nothing = command(&run, "nothing", Some(number(1.0)), None).await;
    assert_eq!(reason(nothing), Err("no_such_point"));
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_went_away_is_no_answer() {
    let device = Device::start(&[]).await;
    let run = Run::start(plant(device.port));
    run.is_connected().await;
    device.kill().await;
    let fault = command(&run, "valve", Some(number(1.0)), None)
        .await
        .unwrap_err();
    assert_eq!(fault.reason, "no_answer");
    run.stop().await;
}
