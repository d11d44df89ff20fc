//! Commands, and what another master reads of them.

use crate::support::{Gateway, Mood, Proxy, Run, mbpoll_read, until};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, timeout};
use vigie_contract::{Address, Connector, Health, Progress, ReadingValue};
use vigie_modbus::ModbusConfig;

fn config(address: &str) -> Value {
    json!({
        "address": address,
        "timeout_ms": 500,
        "every": "100ms",
        "devices": [{ "unit": 1, "equipment": "pump", "registers": [
            { "point": "setpoint", "address": 200, "scale": 0.1, "write": "single" },
            { "point": "long", "address": 202, "format": "i32", "words": "little", "write": "single" },
            { "point": "several", "address": 204, "write": "multiple" },
            { "point": "mode", "address": 205, "states": { "OFF": 0, "AUTO": 3 }, "write": "single" },
            { "point": "flag", "address": 206, "bit": 4, "write": "single" },
            { "point": "nibble", "address": 206, "bits": [8, 11], "write": "single" },
            { "point": "relay", "table": "coil", "address": 5, "write": "single" },
            { "point": "relays", "table": "coil", "address": 6, "write": "multiple" },
            { "point": "nowhere", "address": 5000, "write": "single" },
            { "point": "level", "address": 207 },
        ] }],
    })
}

fn point(point: &str) -> Address {
    Address {
        equipment: "pump".into(),
        point: point.into(),
    }
}

/// The steps of a command, in order.
async fn steps(run: &Run, to: &str, value: Option<ReadingValue>) -> Vec<Progress> {
    let expires = Instant::now() + Duration::from_secs(20);
    let mut progress = run.commands.offer(point(to), value, None, expires).unwrap();
    let mut steps = Vec::new();
    let all = async {
        while let Some(step) = progress.next().await {
            steps.push(step);
        }
    };
    timeout(Duration::from_secs(30), all)
        .await
        .expect("a last word in time");
    steps
}

async fn confirmed(run: &Run, to: &str, value: ReadingValue) {
    let steps = steps(run, to, Some(value.clone())).await;
    assert_eq!(
        steps,
        [Progress::Sent, Progress::Confirmed(Some(value))],
        "{to}"
    );
}

/// Why a command failed, and whether it was sent.
async fn failed(run: &Run, to: &str, value: Option<ReadingValue>) -> (bool, &'static str) {
    let steps = steps(run, to, value).await;
    match steps.last() {
        Some(Progress::Failed(fault)) => (steps.contains(&Progress::Sent), fault.reason),
        other => panic!("{other:?}"),
    }
}

async fn connected(run: &Run) {
    until("it is connected", || {
        run.status.snapshot().health == Health::Connected
    })
    .await;
}

#[tokio::test]
async fn what_is_commanded_is_read_back_and_another_master_sees_it() {
    let gateway = Gateway::start().await;
    let run = Run::start(config(&gateway.address()));
    connected(&run).await;
    confirmed(&run, "setpoint", ReadingValue::Number(21.5)).await;
    confirmed(&run, "long", ReadingValue::Number(-70_000.0)).await;
    confirmed(&run, "several", ReadingValue::Number(9.0)).await;
    confirmed(&run, "mode", ReadingValue::State("AUTO".into())).await;
    confirmed(&run, "nibble", ReadingValue::Number(10.0)).await;
    confirmed(&run, "flag", ReadingValue::Bool(true)).await;
    confirmed(&run, "relay", ReadingValue::Bool(true)).await;
    confirmed(&run, "relays", ReadingValue::Bool(true)).await;
    let seen = mbpoll_read(gateway.port(), 1, "4", 200, 7).await;
    let long = (-70_000_i32) as u32;
    let (low, high) = ((long & 0xffff).to_string(), (long >> 16).to_string());
    let own = 0b1010_0001_0000.to_string();
    assert_eq!(seen, ["215", "0", &low, &high, "9", "3", &own]);
    let coils = mbpoll_read(gateway.port(), 1, "0", 4, 4).await;
    assert_eq!(coils, ["0", "1", "1", "0"]);
    assert_eq!(run.shelf.value("pump", "setpoint").as_deref(), Some("21.5"));
    run.stop().await;
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_its_reason() {
    let gateway = Gateway::start().await;
    let run = Run::start(config(&gateway.address()));
    connected(&run).await;
    let number = |number| Some(ReadingValue::Number(number));
    assert_eq!(
        failed(&run, "setpoint", number(7_000.0)).await,
        (false, "refused")
    );
    assert_eq!(
        failed(&run, "level", number(1.0)).await,
        (false, "not_writable")
    );
    assert_eq!(
        failed(&run, "setpoint", None).await,
        (false, "not_writable")
    );
    assert_eq!(
        failed(&run, "nowhere", number(1.0)).await,
        (true, "refused")
    );
    let word = Some(ReadingValue::State("FULL".into()));
    assert_eq!(failed(&run, "mode", word).await, (false, "refused"));
    run.stop().await;
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_not_sent_again_but_read_back() {
    let gateway = Gateway::start().await;
    let mut wire = Proxy::to(gateway.port()).await;
    let mut only = config(&wire.address());
    only["every"] = json!("1h");
    let run = Run::start(only);
    connected(&run).await;
    wire.set(Mood::Deaf).await;
    let expires = Instant::now() + Duration::from_secs(20);
    let value = Some(ReadingValue::Number(12.5));
    let mut progress = run
        .commands
        .offer(point("setpoint"), value.clone(), None, expires)
        .unwrap();
    assert_eq!(progress.next().await, Some(Progress::Sent));
    until("the answer is given up", || {
        run.status.snapshot().health == Health::Waiting
    })
    .await;
    wire.set(Mood::Fine).await;
    assert_eq!(progress.next().await, Some(Progress::Confirmed(value)));
    assert_eq!(mbpoll_read(gateway.port(), 1, "4", 200, 1).await, ["125"]);
    run.stop().await;
}

#[tokio::test]
async fn a_command_waits_for_no_connection_longer_than_it_may() {
    let gateway = Gateway::start().await;
    let mut wire = Proxy::to(gateway.port()).await;
    wire.set(Mood::Gone).await;
    let run = Run::start(config(&wire.address()));
    until("it waits", || {
        run.status.snapshot().health == Health::Waiting
    })
    .await;
    let expires = Instant::now() + Duration::from_millis(200);
    let mut progress = run
        .commands
        .offer(
            point("setpoint"),
            Some(ReadingValue::Number(1.0)),
            None,
            expires,
        )
        .unwrap();
    // The gateway is back a moment too late for it.
    tokio::time::sleep_until(expires).await;
    wire.set(Mood::Fine).await;
    let last = timeout(Duration::from_secs(30), progress.next())
        .await
        .expect("a last word");
    assert!(matches!(last, Some(Progress::Failed(fault)) if fault.reason == "expired"));
    run.stop().await;
}

#[test]
fn the_points_that_can_be_written_are_known_before_it_runs() {
    let config: ModbusConfig = serde_json::from_value(config("gateway")).unwrap();
    let writes = config.into_connector().unwrap().writes();
    assert!(writes.can(&point("setpoint")) && writes.can(&point("relay")));
    assert!(!writes.can(&point("level")) && !writes.can(&point("elsewhere")));
}
