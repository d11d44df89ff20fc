//! What only MQTT 5 knows.

use crate::support::{Connect, Raw, broker, broker_with, packet, property, publish, text};
use std::time::Duration;
use vigie_mqtt_endpoint::{Config, QoS};

/// PUBLISH of QoS 1 with properties.
fn publish_with(topic: &str, id: u16, properties: &[u8], payload: &str) -> Vec<u8> {
    let mut body = text(topic);
    body.extend(id.to_be_bytes());
    body.push(u8::try_from(properties.len()).unwrap());
    body.extend(properties);
    body.extend(payload.as_bytes());
    packet(0x32, &body)
}

#[tokio::test(start_paused = true)]
async fn properties_travel_with_the_message() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.subscribe(5, "t", 0).await;
    let mut properties = property(0x01, &[1]);
    properties.extend(property(0x03, &text("text/plain")));
    properties.extend(property(0x08, &text("answers")));
    properties.extend(property(0x09, &text("42")));
    for value in ["1", "2"] {
        properties.extend(property(0x26, &[text("k"), text(value)].concat()));
    }
    raw.send(&publish_with("t", 1, &properties, "x")).await;
    let heard = raw.all_until_pong().await;
    let message = heard.iter().find(|packet| packet.first == 0x30).unwrap();
    let found = message.properties();
    assert_eq!(found.len(), properties.len());
    for part in [&properties[..2], b"\x03\0\x0atext/plain", b"\x09\0\x0242"] {
        assert!(found.windows(part.len()).any(|window| window == part));
    }
    assert!(
        found.ends_with(b"\x26\0\x01k\0\x011\x26\0\x01k\0\x012"),
        "in order"
    );
}

#[tokio::test(start_paused = true)]
async fn a_topic_alias_stands_for_its_topic() {
    let (broker, handler) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    let alias = property(0x23, &[0, 3]);
    raw.send(&publish_with("a/long/topic", 1, &alias, "1"))
        .await;
    raw.send(&publish_with("", 2, &alias, "2")).await;
    raw.next().await.unwrap();
    raw.next().await.unwrap();
    assert_eq!(handler.payloads("a/long/topic"), ["1", "2"]);
    raw.send(&publish_with("", 3, &property(0x23, &[0, 4]), "3"))
        .await;
    assert_eq!(raw.next().await.unwrap().body, [0x82], "unknown");
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&publish_with("t", 1, &property(0x23, &[1, 0]), "3"))
        .await;
    assert_eq!(raw.next().await.unwrap().body, [0x94], "over the limit");
}

#[tokio::test(start_paused = true)]
async fn more_in_flight_than_agreed_breaks_the_protocol() {
    let (broker, _) = broker_with(Config {
        max_in_flight: 3,
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    for id in 1..=4 {
        raw.send(&publish(5, 0x02, "t/held", id, "")).await;
    }
    assert_eq!(raw.next().await.unwrap().body, [0x93]);
}

#[tokio::test(start_paused = true)]
async fn as_many_in_flight_as_agreed_go_on_for_ever() {
    let (broker, handler) = broker_with(Config {
        max_in_flight: 3,
        ..Config::default()
    });
    handler.let_go();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    for round in 0..20_u16 {
        let flags = if round % 2 == 0 { 0x02 } else { 0x04 };
        for id in 1..=3 {
            raw.send(&publish(5, flags, "t", id, "")).await;
        }
        for id in 1..=3 {
            assert_eq!(raw.next().await.unwrap().body, [0, id]);
        }
        for id in 1..=3 {
            if flags == 0x04 {
                raw.send(&packet(0x62, &[0, id])).await;
                assert_eq!(raw.next().await.unwrap().first, 0x70);
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_expires_while_it_waits() {
    let (broker, _) = broker();
    let lasting = Connect::v5("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    raw.subscribe(5, "t", 1).await;
    drop(raw);
    let (mut other, _) = Raw::connect(&broker, &Connect::v5("other")).await;
    for (id, seconds) in [(1, 5_u32), (2, 60)] {
        let expiry = property(0x02, &seconds.to_be_bytes());
        other
            .send(&publish_with("t", id, &expiry, &seconds.to_string()))
            .await;
        other.next().await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(20)).await;
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    let heard = raw.all_until_pong().await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].message(5).1, "60");
    assert_eq!(heard[0].properties(), property(0x02, &40_u32.to_be_bytes()));
    assert_eq!(broker.metrics().dropped_expired, 1);
}

#[tokio::test(start_paused = true)]
async fn a_message_over_the_clients_packet_limit_is_left_out() {
    let (broker, _) = broker();
    let mut connect = Connect::v5("c");
    connect.properties = property(0x27, &50_u32.to_be_bytes());
    let mut raw = Raw::open(&broker);
    raw.send(&connect.bytes()).await;
    raw.next().await.unwrap();
    raw.subscribe(5, "t", 1).await;
    let (_, mut reports) = broker
        .publish("acme", "t", "x".repeat(100), QoS::AtLeastOnce, false)
        .unwrap();
    drop(broker.publish("acme", "t", "small", QoS::AtLeastOnce, false));
    assert_eq!(raw.next().await.unwrap().message(5).1, "small");
    assert!(!reports.next().await.unwrap().arrived);
    assert_eq!(broker.metrics().dropped_too_large, 1);
}

#[tokio::test(start_paused = true)]
async fn a_tiny_packet_limit_harms_nobody() {
    let (broker, _) = broker();
    for limit in 1..40_u32 {
        let mut connect = Connect::v5("c");
        connect.properties = property(0x27, &limit.to_be_bytes());
        let mut raw = Raw::open(&broker);
        let mut bytes = connect.bytes();
        bytes.extend(crate::support::subscribe(5, 7, &[], &[("t", 0); 20]));
        bytes.extend(publish(5, 0x02, "t/busy", 1, ""));
        bytes.extend(packet(0xE0, &[]));
        raw.send(&bytes).await;
        while let Some(packet) = raw.next().await {
            let allowed = packet.body.len() + 2 <= limit as usize || packet.first == 0xE0;
            assert!(allowed || packet.first == 0x40, "{limit}: {packet:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_only_a_server_may_say_breaks_the_protocol() {
    let (broker, _) = broker();
    for bytes in [
        packet(0x20, &[0, 0, 0]),
        packet(0x90, &[0, 1, 0, 0]),
        packet(0xD0, &[]),
        packet(0xF0, &[0x18, 0]),
        publish_with("t", 1, &property(0x0B, &[1]), ""),
        publish_with("t", 1, &property(0x08, &text("a/#")), ""),
    ] {
        let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
        raw.send(&bytes).await;
        assert_eq!(raw.next().await.unwrap().body, [0x82], "{bytes:?}");
        assert_eq!(raw.next().await, None);
    }
}
