use super::*;
use crate::ingest::http::batch::Batch;
use proptest::prelude::*;
use serde_json::json;
use vigie_contract::{ReadingQuality, ReadingValue};

fn parsed(body: &Value) -> Batch {
    read_all(body.to_string().as_bytes())
}

/// All of a body that fits one batch.
fn read_all(body: &[u8]) -> Batch {
    let mut last = Batch::default();
    let mut hand_over = |batch| {
        last = batch;
        true
    };
    let mut batches = Batches::new(&mut hand_over);
    read(body, &TimeZone::UTC, &Arc::default(), &mut batches);
    batches.finish();
    last
}

fn faults(body: &Value) -> Vec<(String, &'static str)> {
    parsed(body)
        .faults
        .told
        .into_iter()
        .map(|(_, fault)| (fault.place, fault.reason))
        .collect()
}

#[test]
fn a_message_brings_the_values_of_one_equipment() {
    let body = json!({ "equipment": "pack-1", "at": "2025-11-20T12:00:00Z", "values": { "voltage": 52.1, "state": "CHARGING", "alarm": false, "soh": null } });
    let parsed = parsed(&body);
    let values: Vec<_> = parsed
        .readings
        .iter()
        .map(|r| (&*r.address.point, r.value.clone()))
        .collect();
    let state = ReadingValue::State("CHARGING".into());
    assert_eq!(
        values,
        [
            ("alarm", ReadingValue::Bool(false)),
            ("state", state),
            ("voltage", ReadingValue::Number(52.1))
        ]
    );
    assert!(
        parsed
            .readings
            .iter()
            .all(|r| r.observed_at_us == Some(1_763_640_000_000_000))
    );
    assert_eq!(parsed.places[2].to_string(), "/values/voltage");
}

#[test]
fn several_messages_and_single_readings_are_taken_too() {
    let messages = json!([{ "equipment": "a", "values": { "x": 1 } }, { "equipment": "b", "values": { "x": 2 } }]);
    assert_eq!(parsed(&messages).readings.len(), 2);
    let readings = json!({ "readings": [{ "equipment": "a", "point": "x", "value": 1, "quality": "bad", "unit": "mV", "at": 1_763_640_000 }] });
    let reading = parsed(&readings).readings.remove(0);
    assert_eq!(
        (reading.quality, reading.unit.as_deref()),
        (ReadingQuality::Bad, Some("mV"))
    );
}

#[test]
fn a_fault_names_its_place_and_the_rest_is_kept() {
    let body = json!([
        { "equipment": "a", "values": { "x": 1, "y": [2] } },
        { "equipment": "", "values": { "x": 1 } },
        { "equipment": "c", "at": "noon", "values": { "x": 1 } },
        { "equipment": "d", "value": 3 },
        7,
    ]);
    let expected = [
        ("/0/values/y", "not_a_value"),
        ("/1/equipment", "bad_key"),
        ("/2/at", "bad_time"),
        ("/3/value", "bad_shape"),
        ("/4", "bad_shape"),
    ];
    assert_eq!(
        faults(&body),
        expected.map(|(place, reason)| (place.to_owned(), reason))
    );
    assert_eq!(parsed(&body).readings.len(), 1);
}

#[test]
fn a_body_that_breaks_off_is_one_fault_and_nothing_is_taken() {
    let parsed = read_all(br#"[{"equipment": "a", "values": {"x": 1}}, {"equip"#);
    assert_eq!(parsed.readings.len(), 0);
    assert_eq!(parsed.faults.told[0].1.reason, "bad_json");
}

#[test]
fn a_message_that_would_unfold_into_much_memory_is_refused() {
    let wide = format!("[{{\"equipment\": [{}0]}}]", "0,".repeat(LONGEST_MESSAGE));
    let parsed = read_all(wide.as_bytes());
    assert_eq!(parsed.faults.told[0].1.reason, "too_large");
    let deep = format!("[{}{}]", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(
        read_all(deep.as_bytes()).faults.told[0].1.reason,
        "bad_json"
    );
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..100)) {
        let parsed = read_all(&body);
        prop_assert_eq!(parsed.readings.len(), parsed.places.len());
    }

    #[test]
    fn nearly_good_bodies_never_panic(body in r#"[\[\]{}",:a-e0-9. ]{0,60}"#) {
        let body = format!("{{\"readings\":[{body}]}}");
        let parsed = read_all(body.as_bytes());
        prop_assert!(!parsed.readings.is_empty() || !parsed.faults.told.is_empty() || body.contains("[]") || body.contains("[ "));
    }
}
