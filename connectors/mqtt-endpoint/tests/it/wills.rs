//! What is said when a client vanishes.

use crate::support::{Connect, Raw, broker, packet, property, until};
use std::sync::Arc;
use std::time::Duration;
use vigie_mqtt_endpoint::Broker;

async fn witness(broker: &Arc<Broker>) -> Raw {
    let (mut raw, _) = Raw::connect(broker, &Connect::v3("witness")).await;
    raw.subscribe(4, "status/#", 0).await;
    raw
}

fn delayed(seconds: u32) -> Connect {
    let mut connect = Connect::v5("mortal").lasting();
    let delay = property(0x18, &seconds.to_be_bytes());
    connect.will = Some((0x08, delay, "status/mortal", "gone"));
    connect
}

#[tokio::test(start_paused = true)]
async fn a_will_is_said_and_committed_when_the_stream_ends() {
    let (broker, handler) = broker();
    let mut witness = witness(&broker).await;
    let mut connect = Connect::v3("mortal");
    connect.will = Some((0x08, Vec::new(), "status/mortal", "gone"));
    let (raw, _) = Raw::connect(&broker, &connect).await;
    drop(raw);
    assert_eq!(witness.next().await.unwrap().message(4).1, "gone");
    assert_eq!(handler.payloads("status/mortal"), ["gone"]);
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_takes_the_will_back_unless_it_asks_for_it() {
    let (broker, _) = broker();
    let mut witness = witness(&broker).await;
    for (goodbye, said) in [(packet(0xE0, &[]), 0), (packet(0xE0, &[0x04]), 1)] {
        let mut connect = delayed(0);
        connect.properties = Vec::new();
        let (mut raw, _) = Raw::connect(&broker, &connect).await;
        raw.send(&goodbye).await;
        assert_eq!(raw.next().await, None);
        until("it to be gone", || broker.metrics().clients == 1).await;
        assert_eq!(witness.all_until_pong().await.len(), said);
    }
}

#[tokio::test(start_paused = true)]
async fn a_delayed_will_waits_and_a_return_takes_it_back() {
    let (broker, _) = broker();
    let mut witness = witness(&broker).await;
    let (raw, _) = Raw::connect(&broker, &delayed(10)).await;
    drop(raw);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(witness.all_until_pong().await, []);
    let (raw, connack) = Raw::connect(&broker, &delayed(10)).await;
    assert_eq!(connack.body[0], 1);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(witness.all_until_pong().await, []);
    drop(raw);
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(witness.all_until_pong().await.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_session_says_a_delayed_will_early() {
    let (broker, _) = broker();
    let mut witness = witness(&broker).await;
    let mut connect = delayed(3600);
    connect.properties = property(0x11, &5_u32.to_be_bytes());
    let (raw, _) = Raw::connect(&broker, &connect).await;
    drop(raw);
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(witness.all_until_pong().await.len(), 1);
    let (raw, _) = Raw::connect(&broker, &delayed(3600)).await;
    drop(raw);
    until("it to be gone", || broker.metrics().clients == 1).await;
    let mut clean = Connect::v5("mortal");
    clean.clean = true;
    let (_raw, _) = Raw::connect(&broker, &clean).await;
    assert_eq!(witness.next().await.unwrap().message(4).1, "gone");
}

#[tokio::test(start_paused = true)]
async fn a_will_that_cannot_be_published_is_refused_at_the_door() {
    let (broker, _) = broker();
    for topic in ["a/#", "$SYS/x", ""] {
        let mut connect = Connect::v5("c");
        connect.will = Some((0, Vec::new(), topic, "x"));
        let mut raw = Raw::open(&broker);
        raw.send(&connect.bytes()).await;
        assert_eq!(raw.next().await.unwrap().body[1], 0x90, "{topic:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retained_will_is_there_for_who_comes_later() {
    let (broker, _) = broker();
    let mut connect = Connect::v3("mortal");
    connect.will = Some((0x20, Vec::new(), "status/mortal", "gone"));
    let (raw, _) = Raw::connect(&broker, &connect).await;
    drop(raw);
    until("the will to be said", || broker.metrics().clients == 0).await;
    let mut later = witness(&broker).await;
    assert_eq!(later.next().await.unwrap().first, 0x31);
}
