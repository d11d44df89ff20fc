//! PUBACK after commit, in order, and never for what is not safe.

use crate::support::{Connect, Raw, broker, broker_with, packet, publish, until};
use std::time::Duration;
use vigie_mqtt_endpoint::Config;

#[tokio::test(start_paused = true)]
async fn a_publish_is_acknowledged_only_after_its_commit() {
    let (broker, handler) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.send(&publish(4, 0x02, "a/held", 1, "x")).await;
    raw.hears_nothing().await;
    assert_eq!(broker.metrics().acknowledged, 0);
    handler.let_go();
    assert_eq!(raw.next().await.unwrap().body, [0, 1]);
    assert_eq!(handler.payloads("a/held"), ["x"]);
}

#[tokio::test(start_paused = true)]
async fn acknowledgements_keep_the_order_of_the_publishes() {
    let (broker, handler) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.send(&publish(4, 0x02, "a/held", 1, "first")).await;
    raw.hears_nothing().await;
    raw.send(&publish(4, 0x02, "a/quick", 2, "second")).await;
    until("the later one to be committed", || {
        handler.payloads("a/quick").len() == 1
    })
    .await;
    raw.hears_nothing().await;
    handler.let_go();
    assert_eq!(raw.next().await.unwrap().body, [0, 1]);
    assert_eq!(raw.next().await.unwrap().body, [0, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_in_flight_are_all_acknowledged_in_order() {
    let (broker, handler) = broker();
    handler.set_delay(Duration::from_millis(50));
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let began = tokio::time::Instant::now();
    let all: Vec<u8> = (1..=1000)
        .flat_map(|id| publish(4, 0x02, "t", id, &id.to_string()))
        .collect();
    raw.send(&all).await;
    for id in 1..=1000_u16 {
        assert_eq!(raw.next().await.unwrap().body, id.to_be_bytes());
    }
    assert!(
        began.elapsed() < Duration::from_millis(500),
        "commits run side by side"
    );
    assert_eq!(handler.payloads("t").len(), 1000);
}

/// The trap: a limit on what is read at once must not lose, or forget, the packet it stopped at.
#[tokio::test(start_paused = true)]
async fn what_waits_in_the_buffer_for_room_is_not_forgotten() {
    let (broker, handler) = broker_with(Config {
        max_in_flight: 7,
        ..Config::default()
    });
    handler.set_delay(Duration::from_millis(5));
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let all: Vec<u8> = (1..=1000)
        .flat_map(|id| publish(4, 0x02, "t", id, ""))
        .collect();
    raw.send(&all).await;
    for id in 1..=1000_u16 {
        assert_eq!(raw.next().await.unwrap().body, id.to_be_bytes());
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_in_flight_are_bounded_too() {
    let (broker, _) = broker_with(Config {
        max_in_flight_bytes: 1000,
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let payload = "x".repeat(600);
    for id in 1..=4 {
        raw.send(&publish(4, 0x02, "a/held", id, &payload)).await;
    }
    raw.hears_nothing().await;
    assert_eq!(broker.metrics().received(), 2, "the others wait");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_now_closes_a_v3_client_without_acknowledgement() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let mut all = publish(4, 0x02, "t", 1, "");
    all.extend(publish(4, 0x02, "t/busy", 2, ""));
    all.extend(publish(4, 0x02, "t", 3, ""));
    raw.send(&all).await;
    assert_eq!(raw.next().await.unwrap().body, [0, 1]);
    assert_eq!(raw.next().await, None);
    assert_eq!(broker.metrics().not_stored, 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_now_is_told_to_a_v5_client() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&publish(5, 0x02, "t/busy", 2, "")).await;
    assert_eq!(raw.next().await.unwrap().body, [0, 2, 0x97]);
    raw.send(&publish(5, 0x04, "t/busy", 3, "")).await;
    let pubrec = raw.next().await.unwrap();
    assert_eq!((pubrec.first, &pubrec.body[..]), (0x50, &[0, 3, 0x97][..]));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_is_acknowledged_counted_and_not_shown() {
    let (broker, _) = broker();
    let (mut v3, _) = Raw::connect(&broker, &Connect::v3("old")).await;
    let (mut v5, _) = Raw::connect(&broker, &Connect::v5("new")).await;
    assert_eq!(v3.subscribe(4, "#", 0).await, 0);
    v3.send(&publish(4, 0x02, "t/bad", 1, "")).await;
    assert_eq!(v3.next().await.unwrap().body, [0, 1]);
    v5.send(&publish(5, 0x02, "t/bad", 1, "")).await;
    assert_eq!(v5.next().await.unwrap().body, [0, 1, 0x99]);
    assert_eq!(v3.all_until_pong().await, []);
    assert_eq!(broker.metrics().refused, 2);
}

#[tokio::test(start_paused = true)]
async fn topics_of_the_server_and_forbidden_ones_are_refused_and_counted() {
    let (broker, handler) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    for (id, topic) in [(1, "$SYS/uptime"), (2, "forbidden/door")] {
        raw.send(&publish(5, 0x02, topic, id, "x")).await;
        assert_eq!(raw.next().await.unwrap().body[2], 0x87, "{topic}");
    }
    assert_eq!(broker.metrics().refused_topic, 2);
    assert!(handler.committed.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_topic_with_wildcards_ends_the_connection() {
    let (broker, _) = broker();
    let (mut v3, _) = Raw::connect(&broker, &Connect::v3("old")).await;
    v3.send(&publish(4, 0x02, "a/#", 1, "")).await;
    assert_eq!(v3.next().await, None);
    let (mut v5, _) = Raw::connect(&broker, &Connect::v5("new")).await;
    v5.send(&publish(5, 0x02, "a/+", 1, "")).await;
    assert_eq!(v5.next().await.unwrap().body, [0x90]);
}

#[tokio::test(start_paused = true)]
async fn a_commit_without_an_answer_ends_the_connection_unacknowledged() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&publish(5, 0x02, "t/held", 1, "")).await;
    assert_eq!(raw.next().await, None);
    let counted = broker.metrics();
    assert_eq!((counted.commit_timeouts, counted.acknowledged), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_commit_finishes_after_its_client_is_gone() {
    let (broker, handler) = broker();
    let (mut subscriber, _) = Raw::connect(&broker, &Connect::v3("s")).await;
    subscriber.subscribe(4, "#", 0).await;
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.send(&publish(4, 0x02, "t/held", 1, "late")).await;
    raw.hears_nothing().await;
    drop(raw);
    until("the client to be gone", || broker.metrics().clients == 1).await;
    handler.let_go();
    let shown = subscriber.next().await.unwrap();
    assert_eq!(shown.message(4), ("t/held".into(), "late".into()));
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_fault_or_goodbye_is_committed() {
    let (broker, handler) = broker();
    for (id, end) in [("a", packet(0xE0, &[])), ("b", packet(0xF0, &[]))] {
        let (mut raw, _) = Raw::connect(&broker, &Connect::v3(id)).await;
        let mut bytes = publish(4, 0x00, "t", 0, id);
        bytes.extend(end);
        raw.send(&bytes).await;
        assert_eq!(raw.next().await, None);
    }
    until("both to be committed", || handler.payloads("t").len() == 2).await;
}

#[tokio::test(start_paused = true)]
async fn quality_of_service_two_commits_once_whatever_is_sent_again() {
    let (broker, handler) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, 0x04, "t", 9, "x")).await;
    assert_eq!(raw.next().await.unwrap().first, 0x50);
    drop(raw);
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, 0x0C, "t", 9, "x")).await;
    assert_eq!(raw.next().await.unwrap().first, 0x50);
    raw.send(&packet(0x62, &[0, 9])).await;
    assert_eq!(raw.next().await.unwrap().first, 0x70);
    assert_eq!(handler.payloads("t"), ["x"]);
    raw.send(&publish(4, 0x04, "t", 9, "y")).await;
    assert_eq!(raw.next().await.unwrap().first, 0x50);
    assert_eq!(handler.payloads("t"), ["x", "y"], "the id was free again");
}

#[tokio::test(start_paused = true)]
async fn a_repeated_message_waits_for_the_commit_of_the_first() {
    let (broker, handler) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, 0x04, "t/held", 9, "x")).await;
    raw.hears_nothing().await;
    drop(raw);
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(4, 0x0C, "t/held", 9, "x")).await;
    raw.hears_nothing().await;
    handler.let_go();
    assert_eq!(raw.next().await.unwrap().first, 0x50);
    assert_eq!(handler.payloads("t/held"), ["x"]);
}
