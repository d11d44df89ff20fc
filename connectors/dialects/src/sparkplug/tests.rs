//! Births, aliases, deaths and gaps, as an edge node tells them.

use super::payload::Value as Worth;
use super::*;
use std::sync::Arc;
use vigie_contract::{EquipmentHint, Reading, ReadingValue};

const NOW: i64 = 1_763_640_000_000_000;
const NOW_MS: u64 = 1_763_640_000_000;

fn host() -> Sparkplug {
    Sparkplug::new(None, &Value::Null).unwrap()
}

fn said(seq: u64, metrics: Vec<Metric>) -> Vec<u8> {
    let payload = Payload {
        timestamp: Some(NOW_MS),
        metrics,
        seq: Some(seq),
    };
    payload.encode_to_vec()
}

fn metric(name: &str, alias: u64, value: f64) -> Metric {
    Metric {
        name: Some(name.to_owned()),
        alias: Some(alias),
        datatype: Some(10),
        value: Some(Worth::Double(value)),
        ..Metric::default()
    }
}

fn by_alias(alias: u64, value: f64) -> Metric {
    Metric {
        alias: Some(alias),
        value: Some(Worth::Double(value)),
        ..Metric::default()
    }
}

fn bd_seq(number: u64) -> Metric {
    Metric {
        name: Some("bdSeq".to_owned()),
        datatype: Some(4),
        value: Some(Worth::Long(number)),
        ..Metric::default()
    }
}

fn hear(host: &mut Sparkplug, topic: &str, payload: &[u8]) -> Delivery {
    let mut delivery = Delivery::default();
    let heard = Heard {
        topic,
        payload,
        equipment: &"".into(),
        hint: &Arc::new(EquipmentHint::default()),
        arrival_us: NOW,
        room: 4_096,
    };
    host.hear(&heard, &mut delivery);
    delivery
}

fn told(delivery: &Delivery) -> Vec<(String, ReadingValue)> {
    let words = |reading: &Reading| {
        let address = &reading.address;
        (
            format!("{}:{}", address.equipment, address.point),
            reading.value.clone(),
        )
    };
    delivery.readings.iter().map(words).collect()
}

fn number(key: &str, value: f64) -> (String, ReadingValue) {
    (key.to_owned(), ReadingValue::Number(value))
}

fn flag(key: &str, value: bool) -> (String, ReadingValue) {
    (key.to_owned(), ReadingValue::Bool(value))
}

fn reasons(delivery: &Delivery) -> Vec<&str> {
    delivery
        .refusals
        .iter()
        .map(|refusal| refusal.reason)
        .collect()
}

#[test]
fn a_birth_names_what_aliases_mean_and_a_death_ends_it() {
    let mut host = host();
    let birth = said(0, vec![bd_seq(3), metric("Node/Temp", 1, 20.5)]);
    let heard = hear(&mut host, "spBv1.0/plant/NBIRTH/gw", &birth);
    assert_eq!(
        told(&heard),
        [flag("gw:online", true), number("gw:node_temp", 20.5)]
    );

    let birth = said(1, vec![metric("Pack/SOC", 2, 80.0)]);
    let heard = hear(&mut host, "spBv1.0/plant/DBIRTH/gw/pack", &birth);
    assert_eq!(
        told(&heard),
        [
            flag("gw-pack:online", true),
            number("gw-pack:pack_soc", 80.0)
        ]
    );

    let heard = hear(
        &mut host,
        "spBv1.0/plant/DDATA/gw/pack",
        &said(2, vec![by_alias(2, 79.0)]),
    );
    assert_eq!(told(&heard), [number("gw-pack:pack_soc", 79.0)]);
    assert!(host.say(NOW).is_empty());

    let stale = Payload {
        timestamp: None,
        metrics: vec![bd_seq(2)],
        seq: None,
    }
    .encode_to_vec();
    assert!(told(&hear(&mut host, "spBv1.0/plant/NDEATH/gw", &stale)).is_empty());
    let death = Payload {
        timestamp: None,
        metrics: vec![bd_seq(3)],
        seq: None,
    }
    .encode_to_vec();
    let heard = hear(&mut host, "spBv1.0/plant/NDEATH/gw", &death);
    assert_eq!(
        told(&heard),
        [flag("gw:online", false), flag("gw-pack:online", false)]
    );
}

#[test]
fn after_a_gap_aliases_are_refused_and_births_are_asked_for() {
    let mut host = host();
    hear(
        &mut host,
        "spBv1.0/plant/NBIRTH/gw",
        &said(0, vec![metric("a", 1, 1.0)]),
    );
    let heard = hear(
        &mut host,
        "spBv1.0/plant/NDATA/gw",
        &said(2, vec![by_alias(1, 2.0), metric("b", 9, 3.0)]),
    );
    assert_eq!(told(&heard), [number("gw:b", 3.0)]);
    assert_eq!(reasons(&heard), ["no_birth"]);

    let asked = host.say(NOW);
    assert_eq!(&*asked[0].topic, "spBv1.0/plant/NCMD/gw");
    let command = Payload::decode(&*asked[0].payload).unwrap();
    assert_eq!(
        command.metrics[0].name.as_deref(),
        Some("Node Control/Rebirth")
    );
    assert_eq!(command.metrics[0].value, Some(Worth::Boolean(true)));
    assert!(host.say(NOW).is_empty(), "asked once");

    hear(
        &mut host,
        "spBv1.0/plant/NBIRTH/gw",
        &said(0, vec![metric("a", 1, 1.0)]),
    );
    let heard = hear(
        &mut host,
        "spBv1.0/plant/NDATA/gw",
        &said(1, vec![by_alias(1, 2.0)]),
    );
    assert_eq!(told(&heard), [number("gw:a", 2.0)]);
}

#[test]
fn birth_and_will_of_the_host_carry_one_stamp_and_a_contradiction_is_answered() {
    let mut host = host();
    let will = host.will(NOW).unwrap();
    assert_eq!(&*will.topic, "spBv1.0/STATE/vigie");
    assert_eq!(
        will.payload,
        format!(r#"{{"online":false,"timestamp":{NOW_MS}}}"#).into_bytes()
    );
    let birth = host.opened(NOW + 5_000_000);
    assert_eq!(
        birth[0].payload,
        format!(r#"{{"online":true,"timestamp":{NOW_MS}}}"#).into_bytes()
    );
    assert!(birth[0].retain && birth[0].qos == 1);

    hear(&mut host, "spBv1.0/STATE/vigie", &will.payload);
    assert_eq!(host.say(NOW), birth);
    assert!(host.say(NOW).is_empty());
}

#[test]
fn what_is_of_the_past_null_or_doubted_says_so() {
    let mut host = host();
    let past = Metric {
        timestamp: Some(NOW_MS - 60_000),
        is_historical: Some(true),
        ..metric("old", 1, 1.0)
    };
    let null = Metric {
        is_null: Some(true),
        value: None,
        ..metric("none", 2, 0.0)
    };
    let doubted = Metric {
        properties: Some(payload::PropertySet {
            keys: vec!["Quality".into(), "engUnit".into()],
            values: vec![
                payload::PropertyValue {
                    datatype: Some(3),
                    value: Some(payload::Property::Int(500)),
                },
                payload::PropertyValue {
                    datatype: Some(12),
                    value: Some(payload::Property::String("kW".into())),
                },
            ],
        }),
        ..metric("doubted", 3, 2.0)
    };
    let timeless = Metric {
        timestamp: None,
        ..past.clone()
    };
    let heard = hear(
        &mut host,
        "spBv1.0/plant/NBIRTH/gw",
        &said(0, vec![past, null, doubted, timeless]),
    );
    let [_, old, doubted] = heard.readings.as_slice() else {
        panic!("{:?}", heard.readings)
    };
    assert_eq!(old.observed_at_us, Some(NOW - 60_000_000));
    assert_eq!(doubted.quality, ReadingQuality::Uncertain);
    assert_eq!(doubted.unit.as_deref(), Some("kW"));
    assert_eq!(reasons(&heard), ["bad_time"], "nobody knows when it was");
}

fn ordered(
    host: &Sparkplug,
    (equipment, point): (&str, &str),
    value: f64,
) -> Result<(String, Metric), &'static str> {
    let address = vigie_contract::Address {
        equipment: equipment.into(),
        point: point.into(),
    };
    let order = Order {
        address: &address,
        item: None,
        value: &ReadingValue::Number(value),
        word: None,
        now_us: NOW,
    };
    let message = host.order(&order).map_err(|fault| fault.reason)?;
    assert_eq!((message.qos, message.retain), (0, false));
    let mut told = Payload::decode(&*message.payload).unwrap();
    assert_eq!((told.seq, told.timestamp), (None, Some(NOW_MS)));
    Ok((message.topic.to_string(), told.metrics.remove(0)))
}

#[test]
fn who_is_alive_is_told_by_alias_and_who_may_be_gone_is_not() {
    let mut host = host();
    let pack = ("gw-pack", "pack_limit");
    assert_eq!(ordered(&host, pack, 40.0), Err("not_connected"));
    hear(
        &mut host,
        "spBv1.0/plant/NBIRTH/gw",
        &said(
            0,
            vec![Metric {
                alias: None,
                ..metric("Power", 0, 1.0)
            }],
        ),
    );
    hear(
        &mut host,
        "spBv1.0/plant/DBIRTH/gw/pack",
        &said(1, vec![metric("Pack/Limit", 2, 80.0)]),
    );
    let (topic, metric) = ordered(&host, pack, 40.0).unwrap();
    assert_eq!(topic, "spBv1.0/plant/DCMD/gw/pack");
    assert_eq!((metric.name, metric.alias), (None, Some(2)));
    assert_eq!(metric.value, Some(Worth::Double(40.0)));
    let (topic, metric) = ordered(&host, ("gw", "power"), 3.0).unwrap();
    assert_eq!(topic, "spBv1.0/plant/NCMD/gw");
    assert_eq!(
        (metric.name.as_deref(), metric.alias),
        (Some("Power"), None)
    );
    assert_eq!(
        ordered(&host, ("gw", "pack_limit"), 1.0),
        Err("no_such_point")
    );

    hear(&mut host, "spBv1.0/plant/DDEATH/gw/pack", &said(2, vec![]));
    assert_eq!(ordered(&host, pack, 40.0), Err("not_connected"));
    hear(&mut host, "spBv1.0/plant/NDATA/gw", &said(9, vec![]));
    assert_eq!(
        ordered(&host, ("gw", "power"), 3.0),
        Err("not_connected"),
        "a gap"
    );
}

#[test]
fn a_wrong_template_points_at_itself() {
    let pointer = |equipment: Option<&str>, options: Value| {
        Sparkplug::new(equipment, &options).unwrap_err().pointer
    };
    assert_eq!(pointer(Some("{site}"), Value::Null), "/equipment");
    assert_eq!(
        pointer(None, serde_json::json!({ "node": "{device}" })),
        "/options/node"
    );
    assert_eq!(
        pointer(None, serde_json::json!({ "host": "a/b" })),
        "/options/host"
    );
    assert_eq!(
        pointer(None, serde_json::json!({ "hots": "a" })),
        "/options/hots"
    );
}
