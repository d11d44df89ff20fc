//! Registers of several units become readings.

use crate::support::{Gateway, Run, mbpoll_write, now_us, until};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn every_table_and_format_of_several_units_is_read() {
    let gateway = Gateway::start().await;
    // 3.14 as f32, little words first; -5 as i32.
    mbpoll_write(gateway.port(), 1, "4", 100, &["62915", "16456"]).await;
    mbpoll_write(gateway.port(), 1, "4", 102, &["65535", "65531"]).await;
    mbpoll_write(gateway.port(), 1, "4", 110, &["2305", "2", "9"]).await;
    mbpoll_write(gateway.port(), 1, "0", 7, &["1"]).await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "every": "100ms",
        "devices": [
            { "unit": 1, "equipment": "one", "type": "meter", "site": "hall", "registers": [
                { "point": "float", "address": 100, "format": "f32", "words": "little", "unit": "V" },
                { "point": "long", "address": 102, "format": "i32" },
                { "point": "scaled", "address": 110, "scale": 0.1 },
                { "point": "word", "address": 111, "states": { "OFF": 0, "RUN": 2 } },
                { "flags": { "low": 0, "high": 3, "none": 1 }, "address": 112 },
                { "point": "absent", "address": 111, "absent": [2] },
                { "point": "input", "table": "input", "address": 42 },
                { "point": "coil", "table": "coil", "address": 7 },
                { "point": "discrete", "table": "discrete", "address": 63 },
            ] },
            { "unit": 2, "equipment": "two", "registers": [{ "point": "five", "address": 9 }] },
        ],
    }));
    for (point, value) in [
        ("float", "3.140000104904175"),
        ("long", "-5"),
        ("scaled", "230.5"),
        ("word", "RUN"),
        ("low", "true"),
        ("high", "true"),
        ("none", "false"),
        ("input", "42"),
        ("coil", "true"),
        ("discrete", "true"),
    ] {
        run.until_value("one", point, value).await;
    }
    run.until_value("two", "five", "5").await;
    assert!(run.shelf.readings("one", "absent").is_empty());
    let float = run.shelf.readings("one", "float").remove(0);
    assert_eq!(float.unit.as_deref(), Some("V"));
    assert_eq!(float.hint.kind.as_deref(), Some("meter"));
    assert_eq!(float.hint.site.as_deref(), Some("hall"));
    assert!(run.status.snapshot().latency.is_some());
    assert!(run.shelf.refusals().is_empty());
    run.stop().await;
}

#[tokio::test]
async fn readings_carry_their_tick_and_do_not_drift() {
    let gateway = Gateway::start().await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "devices": [{ "unit": 1, "equipment": "one", "every": "500ms", "registers": [
            { "point": "a", "address": 0 },
            { "point": "b", "address": 300 },
        ] }],
    }));
    until("some ticks", || run.shelf.readings("one", "b").len() > 6).await;
    let stamps = |point| -> Vec<i64> {
        let readings = run.shelf.readings("one", point);
        readings
            .iter()
            .filter_map(|reading| reading.observed_at_us)
            .collect()
    };
    let (a, b) = (stamps("a"), stamps("b"));
    let both = a.len().min(b.len());
    assert_eq!(a[..both], b[..both], "read together, stamped together");
    let on_time = b[1..].iter().filter(|stamp| *stamp % 500_000 == 0).count();
    assert!(
        on_time * 2 > b.len(),
        "most lie on multiples of the period: {b:?}"
    );
    assert!(b.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(b.iter().all(|stamp| (stamp - now_us()).abs() < 60_000_000));
    run.stop().await;
}

#[tokio::test]
async fn a_hole_in_the_registers_costs_only_what_is_in_it() {
    let gateway = Gateway::start().await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "every": "100ms",
        "devices": [{ "unit": 2, "equipment": "two", "registers": [
            { "point": "before", "address": 9 },
            { "point": "inside", "address": 11 },
            { "point": "behind", "address": 12 },
        ] }],
    }));
    run.until_value("two", "before", "5").await;
    run.until_value("two", "behind", "6").await;
    until("the hole is told", || {
        let refusals = run.shelf.refusals();
        refusals.iter().any(|refusal| {
            refusal.reason == "exception"
                && refusal.source == "unit 2, holding register 11"
                && refusal.detail == "the device has no such address (exception 2)"
        })
    })
    .await;
    assert_eq!(
        run.status.snapshot().health,
        vigie_contract::Health::Connected
    );
    run.stop().await;
}

#[tokio::test]
async fn who_looks_sees_registers_and_what_they_mean() {
    let gateway = Gateway::start().await;
    let run = Run::start(json!({
        "address": gateway.address(),
        "every": "100ms",
        "devices": [{ "unit": 2, "equipment": "two", "registers": [{ "point": "five", "address": 3 }] }],
    }));
    assert!(run.trace.look(0, Duration::from_secs(30)).is_empty());
    run.until_value("two", "five", "5").await;
    until("a read is told with its bytes and its meaning", || {
        let lines = run.trace.look(0, Duration::from_secs(30));
        let is_read = lines
            .iter()
            .any(|line| line.excerpt == [0, 5] && line.source.contains("holding register 3"));
        is_read && lines.iter().any(|line| line.decoded == "five = 5")
    })
    .await;
    run.stop().await;
}
