//! What a session keeps, for how long, and who owns it.

use crate::support::{Connect, Raw, broker, broker_with, packet, property, publish, until};
use std::time::Duration;
use vigie_mqtt_endpoint::{Config, QoS};

#[tokio::test(start_paused = true)]
async fn a_lasting_session_keeps_subscriptions_and_what_was_missed() {
    let (broker, _) = broker();
    for connect in [Connect::v3("old").lasting(), Connect::v5("new").lasting()] {
        let version = connect.version;
        let (mut raw, connack) = Raw::connect(&broker, &connect).await;
        assert_eq!(connack.body[0], 0, "no session yet");
        assert_eq!(raw.subscribe(version, "t", 1).await, 1);
        raw.send(&packet(0xE0, &[])).await;
        assert_eq!(raw.next().await, None);
        let missed = broker.publish("acme", "t", "missed", QoS::AtLeastOnce, false);
        assert!(missed.is_ok());
        drop(broker.publish("acme", "t", "of no weight", QoS::AtMostOnce, false));

        let (mut raw, connack) = Raw::connect(&broker, &connect).await;
        assert_eq!(connack.body[0], 1, "session present");
        let message = raw.next().await.unwrap();
        assert_eq!(message.message(version).1, "missed");
        raw.send(&packet(0x40, &message.id(version).to_be_bytes()))
            .await;
        assert_eq!(raw.all_until_pong().await, []);
        raw.send(&packet(0xA2, &unsubscribe(version, "t"))).await;
        assert_eq!(raw.next().await.unwrap().first, 0xB0);
    }
    assert_eq!(broker.metrics().dropped_offline, 2);
}

fn unsubscribe(version: u8, filter: &str) -> Vec<u8> {
    let mut body = vec![0, 8];
    if version == 5 {
        body.push(0);
    }
    body.extend(crate::support::text(filter));
    body
}

#[tokio::test(start_paused = true)]
async fn a_clean_start_forgets_the_session() {
    let (broker, _) = broker();
    let lasting = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    raw.subscribe(4, "t", 1).await;
    let (_raw, connack) = Raw::connect(&broker, &Connect::v3("c")).await;
    assert_eq!(connack.body[0], 0);
    let (matched, _) = broker
        .publish("acme", "t", "x", QoS::AtLeastOnce, false)
        .unwrap();
    assert_eq!(matched, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_acknowledged_comes_again_as_a_duplicate_in_order() {
    let (broker, _) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.subscribe(4, "t", 1).await;
    for payload in ["1", "2", "3"] {
        drop(broker.publish("acme", "t", payload, QoS::AtLeastOnce, false));
    }
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(raw.next().await.unwrap().id(4));
    }
    raw.send(&packet(0x40, &ids[1].to_be_bytes())).await;
    raw.all_until_pong().await;
    drop(raw);
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    for (payload, id) in [("1", ids[0]), ("3", ids[2])] {
        let again = raw.next().await.unwrap();
        assert_eq!(again.first, 0x3A, "dup and QoS 1");
        assert_eq!((again.message(4).1.as_str(), again.id(4)), (payload, id));
    }
}

#[tokio::test(start_paused = true)]
async fn quality_of_service_two_goes_on_where_it_stopped() {
    let (broker, _) = broker();
    let connect = Connect::v3("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.subscribe(4, "t", 2).await;
    let (_, mut reports) = broker
        .publish("acme", "t", "once", QoS::ExactlyOnce, false)
        .unwrap();
    let id = raw.next().await.unwrap().id(4).to_be_bytes();
    raw.send(&packet(0x50, &id)).await;
    assert_eq!(raw.next().await.unwrap().first, 0x62);
    assert!(reports.next().await.unwrap().arrived);
    drop(raw);
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    let release = raw.next().await.unwrap();
    assert_eq!((release.first, &release.body[..]), (0x62, &id[..]));
    raw.send(&packet(0x70, &id)).await;
    assert_eq!(raw.all_until_pong().await, []);
    assert_eq!(broker.metrics().delivered, 1);
}

#[tokio::test(start_paused = true)]
async fn a_session_ends_when_its_time_is_over() {
    let (broker, _) = broker();
    let mut connect = Connect::v5("c");
    connect.clean = false;
    connect.properties = property(0x11, &10_u32.to_be_bytes());
    for (away, present) in [(5, 1), (13, 0)] {
        let (raw, _) = Raw::connect(&broker, &connect).await;
        drop(raw);
        tokio::time::sleep(Duration::from_secs(away)).await;
        let (_, connack) = Raw::connect(&broker, &connect).await;
        assert_eq!(connack.body[0], present, "{away} s away");
    }
}

#[tokio::test(start_paused = true)]
async fn a_goodbye_may_shorten_a_session_but_not_begin_one() {
    let (broker, _) = broker();
    let goodbye = |seconds: u32| {
        let mut body = vec![0, 5];
        body.extend(property(0x11, &seconds.to_be_bytes()));
        packet(0xE0, &body)
    };
    let lasting = Connect::v5("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    raw.send(&goodbye(0)).await;
    assert_eq!(raw.next().await, None);
    let (_, connack) = Raw::connect(&broker, &lasting).await;
    assert_eq!(connack.body[0], 0, "it was shortened to nothing");
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("d")).await;
    raw.send(&goodbye(60)).await;
    assert_eq!(raw.next().await.unwrap().body, [0x82]);
}

#[tokio::test(start_paused = true)]
async fn the_newest_connection_of_a_client_id_wins() {
    let (broker, handler) = broker();
    let (mut first, _) = Raw::connect(&broker, &Connect::v5("c").lasting()).await;
    first.subscribe(5, "t", 1).await;
    let (mut second, connack) = Raw::connect(&broker, &Connect::v5("c").lasting()).await;
    assert_eq!(connack.body[0], 1);
    let goodbye = first.next().await.unwrap();
    assert_eq!((goodbye.first, &goodbye.body[..]), (0xE0, &[0x8E][..]));
    assert_eq!(first.next().await, None);
    drop(broker.publish("acme", "t", "x", QoS::AtLeastOnce, false));
    assert_eq!(second.next().await.unwrap().message(5).1, "x");
    until("one session", || {
        handler.sessions.load(std::sync::atomic::Ordering::SeqCst) == 1
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn taking_over_again_and_again_loses_no_acknowledged_message() {
    let (broker, handler) = broker();
    handler.set_delay(Duration::from_millis(3));
    let mut acknowledged = Vec::new();
    for round in 0..50_u16 {
        let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c").lasting()).await;
        for id in 1..=20 {
            raw.send(&publish(4, 0x02, "t", id, &format!("{round}/{id}")))
                .await;
        }
        tokio::time::sleep(Duration::from_millis(u64::from(round) % 5)).await;
        let (_next, _) = Raw::connect(&broker, &Connect::v3("c").lasting()).await;
        while let Some(ack) = raw.next().await {
            acknowledged.push(format!("{round}/{}", ack.body[1]));
        }
    }
    let committed = handler.payloads("t");
    for payload in &acknowledged {
        assert!(committed.contains(payload), "{payload} was acknowledged");
    }
    assert!(!acknowledged.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_full_space_takes_no_more_sessions() {
    let (broker, _) = broker_with(Config {
        max_sessions: 1,
        ..Config::default()
    });
    let (_one, _) = Raw::connect(&broker, &Connect::v5("one")).await;
    let mut two = Raw::open(&broker);
    two.send(&Connect::v5("two").bytes()).await;
    assert_eq!(two.next().await.unwrap().body[1], 0x97);
    let mut other_space = Connect::v5("two");
    other_space.user = "globex/device";
    Raw::connect(&broker, &other_space).await;
    Raw::connect(&broker, &Connect::v5("one")).await;
}

#[tokio::test(start_paused = true)]
async fn a_client_id_belongs_to_the_device_that_uses_it() {
    let (broker, handler) = broker();
    let (mut owner, _) = Raw::connect(&broker, &Connect::v5("c").lasting()).await;
    owner.subscribe(5, "t", 1).await;
    let mut stranger = Connect::v5("c").lasting();
    stranger.user = "acme/another";
    let (mut other, connack) = Raw::connect(&broker, &stranger).await;
    assert_eq!(connack.body[0], 0, "a session of its own");
    drop(broker.publish("acme", "t", "for the owner", QoS::AtLeastOnce, false));
    assert_eq!(owner.next().await.unwrap().message(5).1, "for the owner");
    assert_eq!(other.all_until_pong().await, []);
    assert_eq!(
        handler.sessions.load(std::sync::atomic::Ordering::SeqCst),
        2
    );
    assert_eq!(broker.evict("acme", Some("another")), 1);
    assert_eq!(other.next().await.unwrap().body, [0x98]);
    assert_eq!(owner.all_until_pong().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_device_has_so_many_sessions_and_its_oldest_one_makes_room() {
    let (broker, _) = broker_with(Config {
        max_sessions_per_device: 2,
        ..Config::default()
    });
    for id in ["one", "two"] {
        let (raw, _) = Raw::connect(&broker, &Connect::v5(id).lasting()).await;
        drop(raw);
        until("it to be away", || broker.metrics().clients == 0).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let (_two, connack) = Raw::connect(&broker, &Connect::v5("two").lasting()).await;
    assert_eq!(connack.body[0], 1, "a session it has is no new one");
    let (_three, _) = Raw::connect(&broker, &Connect::v5("three").lasting()).await;
    assert_eq!(broker.spaces()[0].sessions, 2, "`one` made room");
    let mut four = Raw::open(&broker);
    four.send(&Connect::v5("four").bytes()).await;
    assert_eq!(four.next().await.unwrap().body[1], 0x97, "both are there");
    let mut other_device = Connect::v5("four");
    other_device.user = "acme/another";
    Raw::connect(&broker, &other_device).await;
}
