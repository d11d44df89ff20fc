//! Devices behind a broker: looked for, found, and taken in with one request or one click.

use super::stage::{MANIFEST, PASSWORD, Stage, answer, header, refusal, refused};
use crate::mqtt::device::Device;
use crate::support::{Browser, Mosquitto, on_each_backend, wait};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(30);
const ADMINISTRATOR: &str = r#"
[[users]]
email = "admin@alpha.example"
name = "Admin"
role = "admin"
password = { env = "ADMIN_PASSWORD" }
"#;

/// Two meters that report to a broker, a connection to it, and what was found there.
async fn found(stage: &Stage, broker: &Mosquitto) -> (String, Device) {
    let connection =
        json!({ "key": "field", "protocol": "mqtt", "config": { "url": broker.url() } });
    let made: Value = stage
        .post("/connections", connection)
        .await
        .json()
        .await
        .unwrap();
    let devices = format!("/connections/{}/devices", made["id"]);
    assert_eq!(stage.get(&devices).await["state"], "never");
    let begun = answer(stage.ask(Method::POST, &devices)).await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let mut meters = Device::connect(broker.port());
    wait::until("it listens to both", DEADLINE, async || {
        report(&mut meters).await;
        let seen = stage.get(&devices).await;
        assert_eq!(seen["state"], "looking");
        (seen["done"].as_u64()? > 1).then_some(())
    })
    .await;
    let stopped = answer(stage.ask(Method::DELETE, &devices)).await;
    assert_eq!(stopped.status(), StatusCode::NO_CONTENT);
    let seen = wait::until("both are found", DEADLINE, async || {
        let seen = stage.get(&devices).await;
        (seen["state"] == "done").then_some(seen)
    })
    .await;
    assert_eq!(seen["devices"].as_array().unwrap().len(), 2, "{seen}");
    let point = &seen["devices"][0]["points"][0];
    assert_eq!(
        (&point["key"], &point["kind"], &point["value"]),
        (&json!("kw"), &json!("number"), &json!(1.5))
    );
    (devices, meters)
}

async fn report(meters: &mut Device) {
    let report = |name: &str| (format!("hall/{name}/live"), br#"{"kw":1.5}"#.to_vec());
    meters.publish([report("one"), report("two")]).await;
}

async fn until_it_reads(stage: &Stage, meters: &mut Device, key: &str) {
    let id = stage.id("equipment", key).await;
    wait::until(&format!("{key} is read"), DEADLINE, async || {
        report(meters).await;
        let points = stage.get(&format!("/points?equipment={id}")).await;
        points["items"].to_string().contains("1.5").then_some(())
    })
    .await;
}

on_each_backend! {
    async fn a_device_that_was_found_is_taken_in_at_once_by_a_program_and_by_a_person(database: TestDatabase) {
        let broker = Mosquitto::start().await;
        let stage = Stage::beside(&database, &format!("{MANIFEST}{ADMINISTRATOR}")).await;
        let (devices, mut meters) = found(&stage, &broker).await;
        let adopt = format!("{devices}/adopt");
        let hall = stage.id("sites", "hall").await;

        let adopted = stage.post(&adopt, json!({ "key": "hall-one-live", "site": hall })).await;
        assert_eq!(adopted.status(), StatusCode::CREATED);
        let at = header(&adopted, "location").to_owned();
        let adopted: Value = adopted.json().await.unwrap();
        assert_eq!(at, format!("/api/v1/equipment/{}", adopted["equipment"]));
        let seen = stage.get(&devices).await;
        assert_eq!(seen["devices"][0]["equipment"], adopted["equipment"]);
        until_it_reads(&stage, &mut meters, "hall-one-live").await;

        let again = stage.post(&adopt, json!({ "key": "hall-one-live", "site": hall })).await;
        assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
        for (body, pointer) in [
            (json!({ "key": "nobody", "site": hall }), "/key"),
            (json!({ "key": "hall-two-live" }), "/site"),
        ] {
            let refused = stage.post(&adopt, body).await;
            assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
            let problem: Value = refused.json().await.unwrap();
            assert!(problem.to_string().contains(&format!("\"{pointer}\"")), "{problem}");
        }

        let mut browser = Browser::signed_in(&stage.vigie, "admin@alpha.example", PASSWORD).await;
        let form = [("key", "hall-two-live"), ("site", &*hall.to_string())];
        let page = browser.post(&adopt, &form).await;
        assert_eq!((page.status, &*page.location), (StatusCode::SEE_OTHER, &*devices));
        until_it_reads(&stage, &mut meters, "hall-two-live").await;
    }
}

#[tokio::test]
async fn a_connection_that_cannot_look_around_has_no_devices() {
    let stage = Stage::open().await;
    let connection = json!({ "key": "http", "protocol": "http", "config": {} });
    let made: Value = stage
        .post("/connections", connection)
        .await
        .json()
        .await
        .unwrap();
    let devices = format!("/connections/{}/devices", made["id"]);
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answered = answer(stage.ask(method, &devices)).await;
        assert_eq!(refusal(answered).await, refused(404, "not-found"));
    }
}
