//! What a quota keeps out, and how that is told.

use super::stage::{Stage, answer};
use crate::support::{now_ms, on_each_backend, wait};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

fn manifest(quota: &str) -> String {
    format!(
        r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "en"
time_zone = "UTC"
quota = {{ {quota} }}

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "gauge"
name = "Gauge"
points = [{{ key = "level", name = "Level" }}, {{ key = "flow", name = "Flow" }}]

[[connections]]
key = "lines"
name = "Lines"
protocol = "http"
type = "gauge"
"#
    )
}

on_each_backend! {
    async fn devices_grow_as_far_as_the_quota_of_points(database: TestDatabase) {
        let stage = Stage::beside(&database, &manifest("points = 5")).await;
        let lines = "g1 level=1\ng2 level=1\ng3 level=1\ng4 level=1\n";
        let sent = answer(stage.ask(Method::POST, "/write").body(lines)).await;
        assert_eq!(sent.status(), StatusCode::BAD_REQUEST);
        let problem: Value = sent.json().await.unwrap();
        assert_eq!((&problem["stored"], &problem["reasons"]), (&json!(2), &json!({ "points_quota": 2 })));
        let usage = stage.get("/usage").await;
        assert_eq!(usage["points"], json!({ "used": 4, "most": 5 }));

        let g1 = stage.id("equipment", "g1").await;
        let gone = stage.ask(Method::DELETE, &format!("/equipment/{g1}"));
        assert_eq!(answer(gone.header("if-match", "*")).await.status(), StatusCode::NO_CONTENT);
        wait::until("there is room again", Duration::from_secs(20), async || {
            let again = answer(stage.ask(Method::POST, "/write").body("g3 level=2\n")).await;
            (again.status() == StatusCode::NO_CONTENT).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_full_store_takes_no_samples_and_says_why() {
    // An empty database is larger than nothing.
    let stage = Stage::with(&manifest("storage_mb = 0")).await;
    let refused = wait::until(
        "the database is measured",
        Duration::from_secs(20),
        async || {
            let line = format!("g1 level=1 {}\n", now_ms() * 1_000_000);
            let sent = answer(stage.ask(Method::POST, "/write").body(line)).await;
            (sent.status() != StatusCode::NO_CONTENT).then_some(sent)
        },
    )
    .await;
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["reasons"], json!({ "storage_quota": 1 }));
}

#[tokio::test]
async fn another_name_leaves_running_what_runs() {
    let stage = Stage::open().await;
    stage.fill(now_ms() - 10_000, &[1.0]).await;
    let stored = stage.get("/usage").await["samples_stored"].clone();
    let rename = |body: Value| {
        stage
            .ask(Method::PATCH, "/settings")
            .header("if-match", "*")
            .json(&body)
    };
    let renamed = answer(rename(
        json!({ "name": "Omega", "colour": "#1e5b46", "locale": "en" }),
    ))
    .await;
    assert_eq!(renamed.json::<Value>().await.unwrap()["name"], "Omega");
    let usage = stage.get("/usage").await;
    assert_eq!(usage["samples_stored"], stored, "the same engine counts on");
    assert!(
        !stage.vigie.logged().contains("closing"),
        "{}",
        stage.vigie.logged()
    );
    // What runs depends on the zone: there the client is opened anew.
    let moved = answer(rename(json!({ "time_zone": "Asia/Tokyo" }))).await;
    assert_eq!(moved.status(), StatusCode::OK);
    assert_eq!(stage.get("/usage").await["samples_stored"], 0);
}
