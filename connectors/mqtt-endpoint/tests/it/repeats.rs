//! QoS 1 messages sent again: what is known is answered, not stored a second time.

use crate::support::{Connect, Raw, broker, packet, publish, until};
use std::time::Duration;

const QOS1: u8 = 0x02;
const AGAIN: u8 = 0x0A;

#[tokio::test(start_paused = true)]
async fn a_packet_sent_again_after_a_lost_puback_is_stored_once() {
    for connect in [Connect::v3("c").lasting(), Connect::v5("c").lasting()] {
        let (version, (broker, handler)) = (connect.version, broker());
        let (mut raw, _) = Raw::connect(&broker, &connect).await;
        for (id, payload) in [(7, "a"), (8, "b")] {
            raw.send(&publish(version, QOS1, "t", id, payload)).await;
        }
        until("both to be stored", || handler.payloads("t").len() == 2).await;
        drop(raw);
        tokio::time::sleep(Duration::from_secs(600)).await;

        let (mut raw, _) = Raw::connect(&broker, &connect).await;
        for (id, payload) in [(7, "a"), (8, "b"), (9, "c")] {
            raw.send(&publish(version, AGAIN, "t", id, payload)).await;
        }
        for id in 7..=9_u8 {
            assert_eq!(raw.next().await.unwrap().body[..2], [0, id]);
        }
        assert_eq!(handler.payloads("t"), ["a", "b", "c"]);
        assert_eq!(broker.metrics().repeated, 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_packet_sent_again_while_it_is_being_stored_waits_for_the_first() {
    let (broker, handler) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, QOS1, "a/held", 1, "x")).await;
    until("it to be with the handler", || {
        broker.metrics().received() == 1
    })
    .await;
    drop(raw);
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, AGAIN, "a/held", 1, "x")).await;
    raw.hears_nothing().await;
    handler.let_go();
    assert_eq!(raw.next().await.unwrap().first, 0x40);
    assert_eq!(handler.payloads("a/held"), ["x"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_stored_is_stored_when_it_is_sent_again() {
    let (broker, handler) = broker();
    let connect = Connect::v5("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(5, QOS1, "a/busy", 1, "x")).await;
    assert_eq!(raw.next().await.unwrap().body[2], 0x97);
    raw.send(&publish(5, AGAIN, "a/busy", 1, "x")).await;
    assert_eq!(raw.next().await.unwrap().body[2], 0x97, "asked again");
    assert_eq!(
        (broker.metrics().not_stored, broker.metrics().repeated),
        (2, 0)
    );
    assert!(handler.payloads("a/busy").is_empty());
}

#[tokio::test(start_paused = true)]
async fn another_message_is_stored_whatever_its_packet_id() {
    let (broker, handler) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    let sent = [
        (QOS1, "t", "a", "new"),
        (QOS1, "t", "a", "the same words again, and no duplicate"),
        (AGAIN, "t", "b", "another payload"),
        (AGAIN, "t/u", "b", "another topic"),
    ];
    for (flags, topic, payload, why) in sent {
        raw.send(&publish(4, flags, topic, 1, payload)).await;
        assert_eq!(raw.next().await.unwrap().first, 0x40, "{why}");
    }
    assert_eq!(handler.payloads("t"), ["a", "a", "b"]);
    assert_eq!(handler.payloads("t/u"), ["b"]);
    raw.send(&packet(0xE0, &[])).await;
}

#[tokio::test(start_paused = true)]
async fn a_session_that_begins_anew_knows_of_no_packet() {
    let (broker, handler) = broker();
    for _ in 0..2 {
        let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
        raw.send(&publish(4, AGAIN, "t", 1, "a")).await;
        assert_eq!(raw.next().await.unwrap().first, 0x40);
    }
    assert_eq!(handler.payloads("t"), ["a", "a"]);
}

#[tokio::test(start_paused = true)]
async fn the_memory_of_a_session_ends_with_the_minute() {
    let (broker, handler) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c").lasting()).await;
    for (id, wait) in [(1, 61), (2, 0)] {
        raw.send(&publish(4, QOS1, "t", id, "a")).await;
        raw.next().await.unwrap();
        tokio::time::sleep(Duration::from_secs(wait)).await;
    }
    for id in [1, 2] {
        raw.send(&publish(4, AGAIN, "t", id, "a")).await;
        raw.next().await.unwrap();
    }
    assert_eq!(
        handler.payloads("t").len(),
        3,
        "the second was known, the first forgotten"
    );
}
