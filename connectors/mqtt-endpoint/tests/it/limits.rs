//! Slow, silent, greedy and stuck clients end, and cost little until they do.

use crate::support::{Connect, Raw, broker, broker_with, publish, until};
use std::time::Duration;
use tokio::time::Instant;
use vigie_mqtt_endpoint::{Config, QoS};

#[tokio::test(start_paused = true)]
async fn silence_beyond_the_keep_alive_ends_the_connection() {
    let (broker, _) = broker();
    let mut connect = Connect::v5("c");
    connect.keep_alive = 10;
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    let began = Instant::now();
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(raw.all_until_pong().await, [], "a half more is granted");
    assert_eq!(raw.next().await.unwrap().body, [0x8D]);
    let lasted = began.elapsed().as_secs();
    assert!((26..=28).contains(&lasted), "{lasted} s");
}

#[tokio::test(start_paused = true)]
async fn half_open_connections_end_even_without_keep_alive() {
    let (broker, _) = broker_with(Config {
        max_keep_alive: Duration::from_secs(100),
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let began = Instant::now();
    raw.hears_nothing().await;
    tokio::time::sleep(Duration::from_secs(140)).await;
    assert_eq!(broker.metrics().timeouts, 0);
    assert_eq!(raw.next().await, None);
    assert!(began.elapsed() >= Duration::from_secs(150));
}

#[tokio::test(start_paused = true)]
async fn a_packet_that_drips_in_ends_the_connection() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let bytes = publish(4, 0x02, "t", 1, &"x".repeat(100));
    let began = Instant::now();
    let mut sent = 0;
    for byte in bytes.chunks(1) {
        use tokio::io::AsyncWriteExt;
        if raw.io.write_all(byte).await.is_err() {
            break;
        }
        sent += 1;
        tokio::time::sleep(Duration::from_secs(5)).await;
    }
    assert!(sent < bytes.len());
    assert!(began.elapsed() < Duration::from_secs(90));
    assert_eq!(broker.metrics().received(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_nothing_is_closed_and_holds_up_nobody() {
    let (broker, _) = broker();
    let mut stuck = Raw::open_with_buffer(&broker, 4096);
    stuck.send(&Connect::v3("stuck").bytes()).await;
    stuck.next().await.unwrap();
    stuck.subscribe(4, "t", 0).await;
    let (mut other, _) = Raw::connect(&broker, &Connect::v3("other")).await;
    other.subscribe(4, "t", 0).await;
    let payload = "x".repeat(10_000);
    for _ in 0..50 {
        drop(broker.publish("acme", "t", payload.clone(), QoS::AtMostOnce, false));
        assert_eq!(other.all_until_pong().await.len(), 1);
    }
    until("the stuck one to be closed", || {
        broker.metrics().clients == 1
    })
    .await;
    assert_eq!(broker.metrics().timeouts, 1);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_without_reading_loses_nothing_while_the_server_waits() {
    let (broker, handler) = broker();
    let mut raw = Raw::open_with_buffer(&broker, 256);
    raw.send(&Connect::v3("c").bytes()).await;
    raw.next().await.unwrap();
    let all: Vec<u8> = (1..=2000)
        .flat_map(|id| publish(4, 0x02, "t", id, ""))
        .collect();
    raw.send(&all).await;
    for id in 1..=2000_u16 {
        assert_eq!(raw.next().await.unwrap().body, id.to_be_bytes());
    }
    assert_eq!(handler.payloads("t").len(), 2000);
}

#[tokio::test(start_paused = true)]
async fn a_packet_over_the_limit_ends_the_connection_with_a_reason() {
    let (broker, _) = broker_with(Config {
        max_packet_bytes: 1000,
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&publish(5, 0x02, "t", 1, &"x".repeat(2000))).await;
    assert_eq!(raw.next().await.unwrap().body, [0x95]);
    assert_eq!(broker.metrics().protocol_errors, 1);
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_drops_the_newest_counts_it_and_tells_the_publisher() {
    let (broker, _) = broker_with(Config {
        max_queued_messages: 3,
        ..Config::default()
    });
    let lasting = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    raw.subscribe(4, "t", 1).await;
    drop(raw);
    until("it to be away", || broker.metrics().clients == 0).await;
    for payload in ["1", "2", "3"] {
        drop(broker.publish("acme", "t", payload, QoS::AtLeastOnce, false));
    }
    let (matched, mut reports) = broker
        .publish("acme", "t", "4", QoS::AtLeastOnce, false)
        .unwrap();
    assert_eq!(matched, 1);
    assert!(!reports.next().await.unwrap().arrived);
    assert_eq!(reports.next().await, None);
    assert_eq!(broker.metrics().dropped_queue_full, 1);
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    let heard = raw.all_until_pong().await;
    let payloads: Vec<_> = heard.iter().map(|packet| packet.message(4).1).collect();
    assert_eq!(payloads, ["1", "2", "3"]);
}

#[tokio::test(start_paused = true)]
async fn the_client_decides_how_many_it_takes_at_once() {
    let (broker, _) = broker_with(Config {
        max_in_flight_out: 2,
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.subscribe(4, "t", 1).await;
    for payload in ["1", "2", "3"] {
        drop(broker.publish("acme", "t", payload, QoS::AtLeastOnce, false));
    }
    let heard = raw.all_until_pong().await;
    assert_eq!(heard.len(), 2);
    raw.send(&crate::support::packet(0x40, &heard[0].id(4).to_be_bytes()))
        .await;
    assert_eq!(raw.next().await.unwrap().message(4).1, "3");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_turned_away() {
    let (broker, _) = broker_with(Config {
        max_connections: 2,
        ..Config::default()
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let (serving, stopped) = (broker.clone(), stop.clone());
    let served = tokio::spawn(async move { serving.serve(listener, stopped).await });
    let mut open = Vec::new();
    for _ in 0..5 {
        open.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    until("three to be turned away", || {
        broker.metrics().turned_away == 3
    })
    .await;
    assert_eq!(broker.metrics().connections, 2);
    stop.cancel();
    served.await.unwrap();
    assert_eq!(broker.metrics().connections, 0);
}
