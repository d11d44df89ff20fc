//! Slow, cutting, absent: nothing is mixed up, nothing holds up the others.

use crate::support::{Gateway, Mood, Proxy, Run, mbpoll_write, until};
use serde_json::{Value, json};
use vigie_contract::Health;

fn registers(point: &str) -> Value {
    json!([{ "point": point, "address": 3 }])
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_anothers() {
    let gateway = Gateway::start().await;
    mbpoll_write(gateway.port(), 1, "4", 3, &["11"]).await;
    // Unit 6 answers 66 after three seconds, long after it was given up.
    let run = Run::start(json!({
        "address": gateway.address(),
        "timeout_ms": 300,
        "every": "100ms",
        "devices": [
            { "unit": 6, "equipment": "slow", "online": "online", "registers": registers("x") },
            { "unit": 1, "equipment": "quick", "online": "online", "registers": registers("x") },
        ],
    }));
    until("the quick one is read in spite of the slow one", || {
        run.shelf.readings("quick", "x").len() > 20
    })
    .await;
    run.until_value("slow", "online", "false").await;
    run.until_value("quick", "online", "true").await;
    let readings = run.shelf.readings("quick", "x");
    assert!(
        readings
            .iter()
            .all(|reading| reading.value.to_string() == "11")
    );
    assert!(run.shelf.readings("slow", "x").is_empty());
    run.stop().await;
}

#[tokio::test]
async fn a_device_its_gateway_misses_is_told_apart_from_a_lost_gateway() {
    let gateway = Gateway::start().await;
    let wire = Proxy::to(gateway.port()).await;
    let run = Run::start(json!({
        "address": wire.address(),
        "every": "100ms",
        "online": { "equipment": "gateway" },
        "devices": [
            { "unit": 5, "equipment": "missing", "online": "online", "registers": registers("x") },
            { "unit": 1, "equipment": "there", "online": "online", "registers": registers("x") },
        ],
    }));
    run.until_value("missing", "online", "false").await;
    run.until_value("there", "online", "true").await;
    run.until_value("gateway", "online", "true").await;
    assert_eq!(run.status.snapshot().health, Health::Connected);
    assert_eq!(
        wire.connections(),
        1,
        "an exception is no reason to dial again"
    );
    run.stop().await;
}

#[tokio::test]
async fn everything_behind_a_lost_gateway_is_offline_until_it_is_back() {
    let gateway = Gateway::start().await;
    let mut wire = Proxy::to(gateway.port()).await;
    let run = Run::start(json!({
        "address": wire.address(),
        "every": "100ms",
        "online": { "equipment": "gateway" },
        "devices": [{ "unit": 1, "equipment": "meter", "online": "online", "registers": registers("x") }],
    }));
    run.until_value("meter", "online", "true").await;
    wire.set(Mood::Gone).await;
    run.until_value("gateway", "online", "false").await;
    run.until_value("meter", "online", "false").await;
    until("the pause is told", || {
        let status = run.status.snapshot();
        status.health == Health::Waiting && status.next_attempt.is_some()
    })
    .await;
    wire.set(Mood::Fine).await;
    run.until_value("gateway", "online", "true").await;
    run.until_value("meter", "online", "true").await;
    run.stop().await;
}

#[tokio::test]
async fn a_busy_device_is_refused_in_words_and_keeps_its_connection() {
    let gateway = Gateway::start().await;
    let wire = Proxy::to(gateway.port()).await;
    let run = Run::start(json!({
        "address": wire.address(),
        "every": "100ms",
        "devices": [{ "unit": 7, "equipment": "busy", "registers": registers("x") }],
    }));
    until("it is told", || {
        let refusals = run.shelf.refusals();
        refusals.len() > 2
            && refusals
                .iter()
                .all(|refusal| refusal.detail == "the device is busy (exception 6)")
    })
    .await;
    assert_eq!(wire.connections(), 1);
    run.stop().await;
}

#[tokio::test]
async fn a_wire_that_cuts_is_dialled_again_with_pauses() {
    let gateway = Gateway::start().await;
    let mut wire = Proxy::to(gateway.port()).await;
    wire.set(Mood::Cuts).await;
    let run = Run::start(json!({
        "address": wire.address(),
        "every": "100ms",
        "devices": [{ "unit": 1, "equipment": "meter", "registers": registers("x") }],
    }));
    until("it tries again and again", || {
        run.status.snapshot().attempts >= 3
    })
    .await;
    assert!(
        wire.connections() <= 4,
        "{} connections",
        wire.connections()
    );
    wire.set(Mood::Fine).await;
    run.until_value("meter", "x", "0").await;
    run.stop().await;
}

#[tokio::test]
async fn a_gateway_that_allows_it_has_several_connections_and_else_one() {
    let gateway = Gateway::start().await;
    for (allowed, used) in [(1, 1), (2, 2), (8, 3)] {
        let wire = Proxy::to(gateway.port()).await;
        let device = |unit: u8| json!({ "unit": unit, "equipment": format!("d{unit}"), "registers": registers("x") });
        let run = Run::start(json!({
            "address": wire.address(),
            "connections": allowed,
            "every": "100ms",
            "devices": [device(1), device(2), device(7)],
        }));
        run.until_value("d1", "x", "0").await;
        run.until_value("d2", "x", "5").await;
        until("all lines are there", || {
            run.status.snapshot().health == Health::Connected
        })
        .await;
        assert_eq!(wire.connections(), used);
        run.stop().await;
    }
}
