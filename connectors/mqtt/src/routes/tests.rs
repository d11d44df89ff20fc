use super::*;
use serde_json::{Value, json};
use vigie_contract::{Delivery, ReadingValue};

const ARRIVAL: i64 = 1_700_000_000_000_000;

fn table(routes: Value) -> RouteTable {
    let routes: Vec<Route> = serde_json::from_value(routes).unwrap();
    RouteTable::compile(&routes).unwrap()
}

fn parking() -> RouteTable {
    table(json!([{
        "topic": "park/spots/{equipment}/status", "site": "centre", "type": "parking-space", "time": "/ts",
        "points": {
            "occupied": { "at": "/status", "states": { "FREE": 0, "OCCUPIED": 1 } },
            "distance": { "at": "/distance_cm", "unit": "cm" },
        },
    }]))
}

fn values(delivery: &Delivery) -> Vec<(String, String, ReadingValue)> {
    let texts = |r: &vigie_contract::Reading| {
        (
            r.address.equipment.to_string(),
            r.address.point.to_string(),
            r.value.clone(),
        )
    };
    delivery.readings.iter().map(texts).collect()
}

fn reasons(delivery: &Delivery) -> Vec<(&'static str, u32)> {
    delivery
        .refusals
        .iter()
        .map(|r| (r.reason, r.count))
        .collect()
}

#[test]
fn a_parking_bay_is_read_with_its_own_time() {
    let payload =
        br#"{"id":"A01","status":"free","distance_cm":182.5,"ts":"2026-11-20T06:00:00Z"}"#;
    let delivery = parking().decode("park/spots/A01/status", payload, ARRIVAL);
    let a01 = |point: &str, value| {
        (
            "A01".to_owned(),
            point.to_owned(),
            ReadingValue::Number(value),
        )
    };
    assert_eq!(
        values(&delivery),
        [a01("distance", 182.5), a01("occupied", 0.0)]
    );
    assert_eq!(
        delivery.readings[0].observed_at_us,
        Some(1_795_154_400_000_000)
    );
    assert_eq!(delivery.readings[0].unit.as_deref(), Some("cm"));
    assert_eq!(
        delivery.readings[0].hint.kind.as_deref(),
        Some("parking-space")
    );
    assert!(delivery.refusals.is_empty());
}

#[test]
fn a_wall_time_is_in_the_zone_of_the_route_or_else_of_the_client() {
    let payload = br#"{"status":"FREE","ts":"2026-07-01T12:00:00"}"#;
    let paris = parking().with_zone(TimeZone::get("Europe/Paris").unwrap());
    let at = |table: RouteTable| {
        table
            .decode("park/spots/A01/status", payload, ARRIVAL)
            .readings[0]
            .observed_at_us
    };
    assert_eq!(
        at(parking()).unwrap() - at(paris).unwrap(),
        2 * 3_600 * 1_000_000
    );
}

#[test]
fn an_array_becomes_numbered_points() {
    let table = table(json!([{
        "topic": "bms/{id}", "equipment": "pack-{id}",
        "points": { "cell_voltage_{n}": { "at": "/cells/*", "scale": 0.001 }, "soc": { "at": "/soc" } },
    }]));
    let delivery = table.decode(
        "bms/7",
        br#"{"cells":[3300,null,"3302"],"soc":" 081 "}"#,
        ARRIVAL,
    );
    let seven = |point: &str, value| {
        (
            "pack-7".to_owned(),
            point.to_owned(),
            ReadingValue::Number(value),
        )
    };
    assert_eq!(
        values(&delivery),
        [
            seven("cell_voltage_1", 3.300_000_000_000_000_3),
            seven("cell_voltage_3", 3.302),
            seven("soc", 81.0)
        ]
    );
}

#[test]
fn plain_payloads_are_numbers_words_and_booleans() {
    let table = table(json!([{ "topic": "{equipment}/{p}", "points": { "{p}": {} } }]));
    let value = |payload: &str| {
        table
            .decode("m/x", payload.as_bytes(), ARRIVAL)
            .readings
            .pop()
            .map(|r| r.value)
    };
    assert_eq!(value(" 0012.50\n"), Some(ReadingValue::Number(12.5)));
    assert_eq!(value("true"), Some(ReadingValue::Bool(true)));
    assert_eq!(
        value("CHARGING"),
        Some(ReadingValue::State("CHARGING".into()))
    );
    assert_eq!(value("\"OPEN\""), Some(ReadingValue::State("OPEN".into())));
    assert_eq!(value(""), None);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_reason() {
    let table = parking().with_limits(Limits {
        max_payload: 100,
        max_readings: 10,
    });
    let reason = |topic: &str, payload: &[u8]| {
        let delivery = table.decode(topic, payload, ARRIVAL);
        assert!(delivery.readings.is_empty());
        reasons(&delivery)
    };
    let bay = "park/spots/A01/status";
    assert_eq!(reason(bay, b"{\"status\":"), [("bad_json", 1)]);
    assert_eq!(reason(bay, &[0xff, 0xfe, 0x00]), [("bad_json", 1)]);
    assert_eq!(
        reason(bay, br#"{"status":"MAYBE"}"#),
        [("unknown_state", 1)]
    );
    assert_eq!(
        reason(bay, br#"{"status":"FREE","ts":"soon"}"#),
        [("bad_time", 1)]
    );
    assert_eq!(reason(bay, br#"{"other":1}"#), [("no_value", 1)]);
    assert_eq!(reason("park/other", b"{}"), [("no_route", 1)]);
    assert_eq!(reason("park/spots//status", b"{}"), [("bad_key", 1)]);
    assert_eq!(reason(bay, &[b' '; 101]), [("too_large", 1)]);
}

#[test]
fn a_message_brings_at_most_so_many_readings_and_the_rest_is_counted() {
    let table = table(json!([{ "topic": "{equipment}", "points": { "c{n}": { "at": "/*" } } }]))
        .with_limits(Limits {
            max_readings: 3,
            ..Limits::default()
        });
    let delivery = table.decode("x", b"[1,2,3,4,5]", ARRIVAL);
    assert_eq!(delivery.readings.len(), 3);
    assert_eq!(reasons(&delivery), [("too_many", 2)]);
}

#[test]
fn messages_of_one_delivery_are_refused_one_by_one() {
    let mut delivery = Delivery::default();
    for _ in 0..3 {
        parking().decode_into(&mut delivery, "park/spots/A01/status", b"{}", ARRIVAL);
    }
    assert_eq!(reasons(&delivery), [("no_value", 1); 3]);
}

#[test]
fn a_wrong_route_points_at_its_fault() {
    let pointer = |route: Value| {
        let routes: Vec<Route> = serde_json::from_value(json!([route])).unwrap();
        RouteTable::compile(&routes).unwrap_err().pointer
    };
    assert_eq!(
        pointer(json!({ "topic": "a/#/b", "points": { "x": {} } })),
        "/0/topic"
    );
    assert_eq!(
        pointer(json!({ "topic": "a", "points": { "x": {} } })),
        "/0/equipment"
    );
    assert_eq!(
        pointer(json!({ "topic": "{equipment}", "points": {} })),
        "/0/points"
    );
    assert_eq!(
        pointer(json!({ "topic": "{equipment}", "points": { "x": { "at": "y" } } })),
        "/0/points/x/at"
    );
    assert_eq!(
        pointer(json!({ "topic": "{equipment}", "points": { "x": { "at": "/y/*" } } })),
        "/0/points/x"
    );
    assert_eq!(
        pointer(json!({ "topic": "{equipment}", "time_zone": "Paris", "points": { "x": {} } })),
        "/0/time_zone"
    );
}

#[test]
fn no_bytes_and_no_topic_make_decode_panic_or_grow() {
    let table = table(json!([
        { "topic": "{equipment}/#", "time": "/ts", "points": { "a{n}": { "at": "/v/*" }, "b": { "at": "/s", "states": { "ON": 1 } } } },
        { "topic": "+/{equipment}", "points": { "{equipment}": {} } },
    ]))
    .with_limits(Limits { max_payload: 4_096, max_readings: 16 });
    let seed = rand::random::<u64>();
    eprintln!("seed {seed}");
    let mut rng = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(seed);
    let valid = br#"{"ts":1700000000,"v":[1,2.5,null,"3",true,{"x":[[]]}],"s":"ON"}"#;
    for _ in 0..20_000 {
        let payload = mutated(valid, &mut rng);
        let topic = String::from_utf8_lossy(&mutated(b"dev/ice", &mut rng)).into_owned();
        let delivery = table.decode(&topic, &payload, ARRIVAL);
        assert!(delivery.readings.len() <= 32, "seed {seed}");
        assert!(
            payload.is_empty() || !delivery.readings.is_empty() || !delivery.refusals.is_empty(),
            "seed {seed}"
        );
        assert!(
            delivery
                .refusals
                .iter()
                .all(|r| r.excerpt.len() <= 256 && r.count > 0),
            "seed {seed}"
        );
    }
}

/// Flips, drops, doubles or inserts a few bytes.
fn mutated(valid: &[u8], rng: &mut rand::rngs::StdRng) -> Vec<u8> {
    use rand::RngExt as _;
    let mut bytes = valid.to_vec();
    for _ in 0..rng.random_range(0..6) {
        let at = rng.random_range(0..=bytes.len());
        match rng.random_range(0..4) {
            0 if at < bytes.len() => bytes[at] = rng.random(),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 => bytes.insert(at, b"{}[]\",:0-e/."[rng.random_range(0..12)]),
            _ => bytes.extend_from_within(at..),
        }
    }
    bytes
}
