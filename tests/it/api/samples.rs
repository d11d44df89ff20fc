//! Samples that are taken away over the API: what goes, what stays, what the log tells.

use super::stage::{MANIFEST, Stage, answer, refusal, refused};
use crate::support::{now_ms, on_each_backend};
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// Values of a stage's point, ascending in time.
async fn values(stage: &Stage, point: i64) -> Vec<f64> {
    let found = stage.get(&format!("/points/{point}/samples")).await;
    let samples = found["samples"].as_array().unwrap().clone();
    let value = |sample: &Value| sample["value"].as_f64().unwrap();
    samples.iter().map(value).collect()
}

on_each_backend! {
    async fn what_is_taken_away_is_gone_and_the_log_tells_how_much(database: TestDatabase) {
        let stage = Stage::beside(&database, MANIFEST).await;
        let start = now_ms() / 1_000 * 1_000 - 60_000;
        stage.fill(start, &[1.0, 2.0, 3.0, 4.0, 5.0]).await;
        let point = stage.id("points", "level").await;
        let path = |from: i64, until: i64| {
            format!("/points/{point}/samples?start={}&end={}", start + from, start + until)
        };

        let taken = answer(stage.ask(Method::DELETE, &path(1_000, 3_000))).await;
        assert_eq!(taken.status(), StatusCode::OK);
        assert_eq!(taken.json::<Value>().await.unwrap()["deleted"], 2);
        assert_eq!(values(&stage, point).await, [1.0, 4.0, 5.0]);

        answer(stage.ask(Method::DELETE, &path(4_000, 60_000))).await;
        let newest = stage.get(&format!("/points/{point}")).await;
        assert_eq!(newest["value"], 4.0, "the newest is what is left");

        let log = stage.get("/audit?noun=samples").await;
        let told: Vec<_> = log["items"].as_array().unwrap().iter().collect();
        let counts: Vec<_> = told.iter().map(|entry| &entry["before"]["samples"]).collect();
        assert_eq!(counts, [1, 2], "newest first");
        assert_eq!(told[0]["key"], "g1/level");
    }
}

#[tokio::test]
async fn nothing_is_taken_away_without_both_ends_or_without_the_right() {
    let stage = Stage::open().await;
    stage.fill(now_ms() - 60_000, &[1.0, 2.0]).await;
    let point = stage.id("points", "level").await;
    for half in [
        "",
        "?start=2000-01-01T00:00:00Z",
        "?end=2100-01-01T00:00:00Z",
    ] {
        let asked = stage.ask(Method::DELETE, &format!("/points/{point}/samples{half}"));
        assert_eq!(
            refusal(answer(asked).await).await,
            refused(400, "invalid"),
            "{half}"
        );
    }
    let all =
        format!("/points/{point}/samples?start=2000-01-01T00:00:00Z&end=2100-01-01T00:00:00Z");
    let writer = stage.vigie.api_key("alpha");
    let asked = stage.ask_as(&writer, Method::DELETE, &all);
    assert_eq!(
        refusal(answer(asked).await).await,
        refused(403, "forbidden")
    );
    assert_eq!(values(&stage, point).await, [1.0, 2.0]);
}
