//! Topics and JSON, as routes of MQTT and HTTP read them.

use super::{Target, seed};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use vigie_contract::Delivery;
use vigie_mqtt::{Route, RouteTable};

const ARRIVAL_US: i64 = 1_795_154_400_000_000;
/// What one message may bring at most, as `Limits` says.
const MOST_READINGS: usize = 4_096;

fn table(routes: Value) -> Result<RouteTable> {
    let routes: Vec<Route> = serde_json::from_value(routes)?;
    RouteTable::compile(&routes).context("the routes are fine")
}

fn is_bounded(delivery: &Delivery) {
    assert!(delivery.readings.len() <= MOST_READINGS);
    assert!(delivery.refusals.len() <= MOST_READINGS);
}

/// Both sides: topics that devices publish on, and patterns that people write.
pub(super) fn topic() -> Result<Target> {
    let table = table(json!([
        { "topic": "a/{equipment}/+/{point}", "points": { "{point}": {} } },
        { "topic": "b/{line}/{id}/#", "equipment": "{line}-{id}", "points": { "x": {} } },
    ]))?;
    let seeds = [
        "a/pack/x/voltage",
        "b/l/1/deep/er",
        "plant/{line}/packs/{id}/status",
        "meters/{equipment}/#",
        "+/+/$SYS//é",
    ];
    let seeds = seeds.map(|topic| seed(topic, topic)).into();
    Ok(Target::pure(seeds, move |topic, payload| {
        is_bounded(&table.decode(topic, b"1.5", ARRIVAL_US));
        let pattern = String::from_utf8_lossy(payload);
        let route = json!([{ "topic": pattern, "points": { "x": {} } }]);
        let route: Vec<Route> = serde_json::from_value(route).unwrap_or_default();
        if let Ok(made) = RouteTable::compile(&route) {
            is_bounded(&made.decode(topic, b"1", ARRIVAL_US));
        }
    }))
}

/// Pointers, arrays, states, units and times in a payload.
pub(super) fn json() -> Result<Target> {
    let table = table(json!([
        {
            "topic": "packs/{equipment}", "time": "/ts", "time_zone": "Europe/Paris",
            "points": {
                "voltage": { "at": "/u", "scale": 0.001, "offset": 1 },
                "state": { "at": "/st", "states": { "IDLE": 0, "CHARGING": 1 } },
                "cell_{n}": { "at": "/cells/*", "unit": "mV" },
                "deep": { "at": "/a/0/b~1c" },
            },
        },
        { "topic": "bare/{equipment}", "points": { "x": {} } },
    ]))?;
    let seeds = vec![
        seed(
            "packs/p",
            r#"{"u":51200,"st":"idle","cells":[3300,3301.5,null],"ts":"2026-10-25T02:30:00"}"#,
        ),
        seed(
            "packs/p",
            r#"{"u":-1e300,"st":1,"ts":1795154400.25,"a":[{"b/c":true}]}"#,
        ),
        seed(
            "packs/p",
            r#"{"ts":"2026-11-20T06:00:00.123456789+01:00","u":"12,5"}"#,
        ),
        seed("bare/p", "12.5"),
        seed("bare/p", "ON"),
    ];
    Ok(Target::pure(seeds, move |topic, payload| {
        is_bounded(&table.decode(topic, payload, ARRIVAL_US));
    }))
}
