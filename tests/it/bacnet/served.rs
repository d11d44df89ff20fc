//! `vigie serve` as a device of 1,000 objects, as an integrator's program sees it from outside.

use super::peers::{client, free_udp_port};
use crate::support::{Backend, TestDatabase, Vigie, now_ms, wait};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::fmt::Write;
use std::time::Duration;

const DEVICE: u32 = 260_003;
const RACKS: usize = 10;
/// Sensors of one rack.
const SENSORS: usize = 100;
/// Samples that are stored of the first sensor.
const STORED: i64 = 1_000;
const DEADLINE: Duration = Duration::from_secs(60);

fn manifest(port: u16, more: &str) -> String {
    let mut text = format!(
        r#"
[client]
slug = "load"
name = "Load"
locale = "en"
time_zone = "UTC"

[bacnet]
instance = {DEVICE}
interface = "127.0.0.1"
port = {port}
broadcast = "127.0.0.1"
peers = ["127.0.0.0/8"]
log_records = {}

[[bacnet.expose]]
equipment = "rack-0"
points = ["s000"]
logged = true

[[bacnet.expose]]
type = "rack"

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "rack"
name = "Rack"
points = [
"#,
        STORED + 10
    );
    for sensor in 0..SENSORS {
        let _ = writeln!(
            text,
            "{{ key = \"s{sensor:03}\", name = \"Sensor {sensor}\", kind = \"number\", unit = \"°C\" }},"
        );
    }
    text.push_str("]\n");
    text.push_str(more);
    for rack in 0..RACKS {
        let _ = write!(
            text,
            "[[equipment]]\nkey = \"rack-{rack}\"\nname = \"Rack {rack}\"\nsite = \"hall\"\ntype = \"rack\"\n"
        );
    }
    text
}

async fn send(vigie: &Vigie, key: &str, batch: Value) {
    let answer = vigie
        .request(Method::POST, "load", "/api/v1/telemetry")
        .bearer_auth(key)
        .json(&batch)
        .send()
        .await
        .unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
}

fn at(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

/// 1,000 samples of the first sensor, a minute apart, then one value of every sensor: its number.
async fn fill(vigie: &Vigie, key: &str) {
    let now = now_ms();
    let history: Vec<_> = (0..STORED)
        .map(|n| {
            let at = at(now - (STORED - n + 1) * 60_000);
            json!({ "equipment": "rack-0", "at": at, "values": { "s000": n } })
        })
        .collect();
    send(vigie, key, json!(history)).await;
    let racks: Vec<_> = (0..RACKS)
        .map(|rack| {
            let values = (0..SENSORS)
                .map(|sensor| (format!("s{sensor:03}"), json!(rack * SENSORS + sensor + 1)));
            let values: serde_json::Map<_, _> = values.collect();
            json!({ "equipment": format!("rack-{rack}"), "at": at(now), "values": values })
        })
        .collect();
    send(vigie, key, json!(racks)).await;
}

async fn until_there(vigie: &Vigie, key: &str) {
    wait::until("the device runs", DEADLINE, async || {
        let request = vigie.request(Method::GET, "load", "/api/v1/bacnet");
        let answer = request.bearer_auth(key).send().await.ok()?;
        let shown: Value = answer.json().await.ok()?;
        (shown["state"] == "running").then_some(())
    })
    .await;
}

/// 1,000 inputs and the device; the log, and the port of the network.
const OBJECTS: usize = RACKS * SENSORS + 2;

async fn an_integrator_finds_reads_and_follows_a_thousand_objects(backend: Backend) {
    let port = free_udp_port();
    let mut vigie = match backend {
        Backend::Sqlite => Vigie::on_sqlite(),
        Backend::Postgres => Vigie::on_postgres(&TestDatabase::postgres_url().await),
    };
    vigie.apply(&manifest(port, ""));
    let key = &vigie.api_key("load");
    vigie.start().await;
    fill(&vigie, key).await;
    // Begun anew, so that the log begins with what is stored.
    assert!(vigie.stop().await.success());
    vigie.start().await;
    until_there(&vigie, key).await;

    let tasks = [
        "discover",
        "browse",
        "two_hundred_times_three",
        "history",
        "names",
    ];
    let seen = client(port, DEVICE, &[], &tasks).await;
    assert_eq!(seen["discover"], json!([format!("device,{DEVICE}")]));
    assert_eq!(seen["browse"], json!([OBJECTS, OBJECTS]));
    let several = &seen["two_hundred_times_three"];
    assert_eq!(*several, json!([600, 1.0, "rack-1/s099"]));
    assert_eq!(seen["history"], json!([STORED + 1, 0.0, 1.0]));
    let names = &seen["names"];
    assert_eq!(names["objects"]["rack-0/s006"], "analog-input,7");

    told_of_changes(&vigie, key, port).await;

    // Equipment that comes before the others in every order changes no number.
    let aa = "[[equipment]]\nkey = \"aa\"\nname = \"A\"\nsite = \"hall\"\ntype = \"rack\"\n";
    vigie.apply(&manifest(port, aa));
    assert!(vigie.stop().await.success());
    vigie.start().await;
    until_there(&vigie, key).await;
    let seen = client(port, DEVICE, &[], &["names"]).await;
    let now = &seen["names"];
    for (name, object) in names["objects"].as_object().unwrap() {
        assert_eq!(now["objects"][name], *object, "{name}");
    }
    assert_eq!(now["objects"]["aa/s000"], "analog-input,1001");
    assert_eq!(
        (&names["revision"], &now["revision"]),
        (&json!(1), &json!(2))
    );
}

/// A subscriber hears of new values of sensor 7 while they come in.
async fn told_of_changes(vigie: &Vigie, key: &str, port: u16) {
    let subscriber = client(port, DEVICE, &[], &["changes"]);
    let changes = async {
        for n in 0..200 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            let values = json!({ "s006": 100 + n });
            let batch = json!([{ "equipment": "rack-0", "at": at(now_ms()), "values": values }]);
            send(vigie, key, batch).await;
        }
    };
    let seen = tokio::select! {
        seen = subscriber => seen,
        () = changes => panic!("the subscriber heard nothing"),
    };
    let told = seen["changes"].as_array().expect("a list").clone();
    let values: Vec<_> = told
        .iter()
        .filter(|pair| pair[0] == "present-value")
        .map(|pair| pair[1].as_f64().expect("a number"))
        .collect();
    assert!(values.len() >= 2 && values[0] < values[1], "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integrator_finds_reads_and_follows_a_thousand_objects_on_sqlite() {
    an_integrator_finds_reads_and_follows_a_thousand_objects(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_integrator_finds_reads_and_follows_a_thousand_objects_on_postgres() {
    an_integrator_finds_reads_and_follows_a_thousand_objects(Backend::Postgres).await;
}
