//! What integrators' programs see.

use crate::building::{Building, DEVICE, INPUTS, STORED, free_port, settings};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;
use tokio::time::timeout;
use vigie_bacnet_server::{Doubt, Event, Update, Value};

const DEADLINE: Duration = Duration::from_secs(120);
/// Objects of the device: its points, itself, the log.
const OBJECTS: u32 = INPUTS + 5 + 2;

async fn outcome(mut command: Command) -> Json {
    command.stdout(Stdio::piped()).kill_on_drop(true);
    let done = timeout(DEADLINE, command.output()).await;
    let done = done.expect("it ends in time").expect("it runs");
    let text = String::from_utf8_lossy(&done.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| panic!("no outcome but: {text}"))
}

/// The environment that has BACpypes3 and BAC0; `tests/run` makes it.
fn python() -> PathBuf {
    let named = std::env::var_os("VIGIE_BACNET_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| {
        let binary = std::env::current_exe().expect("the test knows its own file");
        let target = binary
            .ancestors()
            .nth(3)
            .expect("it lies in target/debug/deps");
        target.join("bacnet-peers/bin/python")
    });
    assert!(
        python.exists(),
        "{} is missing; tests/run installs it, or: python3 -m venv target/bacnet-peers && \
         target/bacnet-peers/bin/pip install -r tests/peers/bacnet-requirements.txt",
        python.display()
    );
    python
}

async fn bacpypes(building: &Building, tasks: &[&str]) -> Json {
    let own = format!("127.0.0.1/8:{}", free_port());
    let peer = format!("127.0.0.1:{}", building.port());
    let mut command = Command::new(python());
    command
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/peers/client.py"
        ))
        .args(["--address", &own, "--instance", "4100000", &peer])
        .arg(DEVICE.to_string())
        .args(tasks);
    outcome(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn bacpypes_discovers_and_browses_a_thousand_objects() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let seen = bacpypes(
        &building,
        &["discover", "browse", "two_hundred_times_three"],
    )
    .await;
    assert_eq!(seen["discover"], json!([format!("device,{DEVICE}")]));
    assert_eq!(seen["browse"], json!([OBJECTS, OBJECTS]));
    assert_eq!(
        seen["two_hundred_times_three"],
        json!([600, 1.0, "Sensor 200"])
    );
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_records_of_history_are_read() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let seen = bacpypes(&building, &["history"]).await;
    // The newest record is the value that is shown now.
    assert_eq!(seen["history"], json!([STORED + 1, 0.0, 1.0]));
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_of_an_object_is_told() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let old = Update {
        value: None,
        doubt: Some(Doubt::Stale),
        event: Event::HighLimit,
        at_us: 0,
    };
    assert!(building.server.update("Setpoint", old).await);
    let all = &bacpypes(&building, &["everything"]).await["everything"];
    assert_eq!(all["object-name"], "Setpoint");
    assert_eq!(all["description"], "What Setpoint measures");
    assert_eq!(all["present-value"], 20.0);
    assert_eq!(all["units"], "degrees-celsius");
    assert_eq!(all["reliability"], "communication-failure");
    assert_eq!(all["event-state"], "high-limit");
    assert_eq!(all["status-flags"], "in-alarm;fault");
    assert_eq!(all["cov-increment"], 0.5);
    assert_eq!(all["relinquish-default"], 20.0);
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_asked_for_counts_and_is_released() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let seen = &bacpypes(&building, &["write"]).await["write"];
    assert_eq!(seen["value"], 42.5);
    assert_eq!(seen["released"], 20.0, "what the field says");
    for refused in ["too much", "read only"] {
        let words = seen[refused].as_str().unwrap_or_default();
        assert!(words.starts_with("refused"), "{refused}: {}", seen[refused]);
    }
    let writes = building.writes.all();
    let asked: Vec<_> = writes
        .iter()
        .map(|write| (write.value, write.priority))
        .collect();
    let number = |number| Some(Value::Number(number));
    assert_eq!(asked, [(number(42.5), 8), (number(1000.0), 8), (None, 8)]);
    let slots: Vec<_> = writes.iter().map(|write| write.slot).collect();
    assert_eq!(slots, [number(42.5), number(1000.0), None]);
    assert!(
        writes
            .iter()
            .all(|write| write.point == "Setpoint" && write.changes)
    );
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_came_to_nothing_leaves_its_slot() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let seen = bacpypes(&building, &["command"]).await;
    assert_eq!(seen["command"][1], 42.5);
    assert!(building.server.relinquish("Setpoint", 8).await);
    let seen = bacpypes(&building, &["value"]).await;
    assert_eq!(seen["value"], 20.0, "what the field says");
    assert!(!building.server.relinquish("Setpoint", 17).await);
    assert!(!building.server.relinquish("Nothing", 8).await);
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscriber_is_told_of_changes_of_value_and_of_trust() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let client = bacpypes(&building, &["changes"]);
    let changes = async {
        for number in 0..100 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            building.show("Sensor 7", f64::from(number)).await;
        }
    };
    let seen = tokio::select! {
        seen = client => seen,
        () = changes => panic!("the subscriber heard nothing"),
    };
    let told = seen["changes"].as_array().expect("a list").clone();
    let values: Vec<_> = told
        .iter()
        .filter(|pair| pair[0] == "present-value")
        .map(|pair| pair[1].as_f64().expect("a number"))
        .collect();
    assert!(values.len() >= 2 && values[0] < values[1], "{told:?}");
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bac0_reads_the_device() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let mut command = Command::new(python());
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/bac0.py"))
        .arg(free_port().to_string())
        .arg(format!("127.0.0.1:{}", building.port()))
        .arg(DEVICE.to_string());
    let seen = outcome(command).await;
    assert_eq!(seen["name"], "Town hall");
    assert_eq!(seen["value"], 5.0);
    assert_eq!(
        seen["several"],
        json!(["Sensor 5", "5.0", "degrees-celsius"])
    );
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_node_reads_subscribes_and_writes() {
    let building = Building::start(settings("127.0.0.0/8")).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/peers/bacnet.mjs");
    let mut command = Command::new("node");
    command
        .arg(script)
        .arg(building.port().to_string())
        .arg(DEVICE.to_string());
    let seen = outcome(command).await;
    assert_eq!(seen["discover"], DEVICE);
    assert_eq!(seen["name"], "Town hall");
    assert_eq!(seen["objects"], OBJECTS);
    assert_eq!(seen["several"], 200);
    assert_eq!(seen["change"], 7.0);
    assert_eq!(seen["write"], 17.5);
    let refused = seen["read only"].as_str().unwrap_or_default();
    assert!(refused.starts_with("refused"), "{seen}");
    building.server.stop().await;
}
