//! Who gets which message, how often, and with which flags.

use crate::support::{Connect, Raw, broker, broker_with, packet, property, publish, subscribe};
use vigie_mqtt_endpoint::{Config, QoS};

#[tokio::test(start_paused = true)]
async fn overlapping_subscriptions_bring_one_copy_with_the_highest_quality() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    for (filter, options, id) in [("a/#", 0, 1_u8), ("a/+", 2, 2), ("a/b", 1, 3)] {
        raw.send(&subscribe(
            5,
            7,
            &property(0x0B, &[id]),
            &[(filter, options)],
        ))
        .await;
        raw.next().await.unwrap();
    }
    drop(broker.publish("acme", "a/b", "x", QoS::ExactlyOnce, false));
    let heard = raw.all_until_pong().await;
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].first & 0x06, 0x04, "QoS 2");
    let mut ids: Vec<_> = heard[0].properties().chunks(2).map(|id| id[1]).collect();
    ids.sort_unstable();
    assert_eq!(ids, [1, 2, 3], "all identifiers");
}

#[tokio::test(start_paused = true)]
async fn a_message_comes_with_the_lower_of_both_qualities() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.subscribe(4, "low", 0).await;
    raw.subscribe(4, "high", 2).await;
    for topic in ["low", "high"] {
        drop(broker.publish("acme", topic, "x", QoS::AtLeastOnce, false));
    }
    let heard = raw.all_until_pong().await;
    let qualities: Vec<_> = heard.iter().map(|message| message.first >> 1 & 3).collect();
    assert_eq!(qualities, [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_wants_no_echo_hears_only_others() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.subscribe(5, "t", 0x04).await;
    raw.send(&publish(5, 0, "t", 0, "mine")).await;
    assert_eq!(raw.all_until_pong().await, []);
    let (mut other, _) = Raw::connect(&broker, &Connect::v5("o")).await;
    other.send(&publish(5, 0, "t", 0, "yours")).await;
    assert_eq!(raw.next().await.unwrap().message(5).1, "yours");
}

#[tokio::test(start_paused = true)]
async fn the_retained_message_follows_the_suback() {
    let (broker, _) = broker();
    drop(broker.publish("acme", "a/b", "old", QoS::AtLeastOnce, true));
    drop(broker.publish("acme", "a/b", "new", QoS::AtLeastOnce, true));
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    assert_eq!(raw.subscribe(4, "a/+", 1).await, 1);
    let kept = raw.next().await.unwrap();
    assert_eq!((kept.first, kept.message(4).1.as_str()), (0x33, "new"));
    drop(broker.publish("acme", "a/b", "live", QoS::AtLeastOnce, true));
    let live = raw.next().await.unwrap();
    assert_eq!(live.first, 0x32, "not retained while it happens");
    drop(broker.publish("acme", "a/b", "", QoS::AtLeastOnce, true));
    raw.all_until_pong().await;
    let (mut later, _) = Raw::connect(&broker, &Connect::v3("l")).await;
    later.subscribe(4, "#", 1).await;
    assert_eq!(later.all_until_pong().await, [], "cleared");
}

#[tokio::test(start_paused = true)]
async fn retain_handling_is_what_the_client_asked_for() {
    let (broker, _) = broker();
    drop(broker.publish("acme", "t", "kept", QoS::AtMostOnce, true));
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    for (options, expected) in [(0x10, 1), (0x10, 0), (0x20, 0), (0x00, 1)] {
        raw.subscribe(5, "t", options).await;
        let heard = raw.all_until_pong().await;
        assert_eq!(heard.len(), expected, "options {options:#x}");
    }
    raw.subscribe(5, "t", 0x28).await;
    drop(broker.publish("acme", "t", "again", QoS::AtMostOnce, true));
    let live = raw.next().await.unwrap();
    assert_eq!(live.first, 0x31, "retain as published");
}

#[tokio::test(start_paused = true)]
async fn a_shared_subscription_gives_each_message_to_one_member() {
    let (broker, _) = broker();
    let (mut one, _) = Raw::connect(&broker, &Connect::v5("one")).await;
    let (mut two, _) = Raw::connect(&broker, &Connect::v3("two")).await;
    one.subscribe(5, "$share/g/t", 1).await;
    two.subscribe(4, "$share/g/t", 1).await;
    for _ in 0..10 {
        drop(broker.publish("acme", "t", "x", QoS::AtMostOnce, false));
    }
    assert_eq!(one.all_until_pong().await.len(), 5);
    assert_eq!(two.all_until_pong().await.len(), 5);
    drop(two);
    crate::support::until("two to be gone", || broker.metrics().clients == 1).await;
    for _ in 0..4 {
        drop(broker.publish("acme", "t", "x", QoS::AtMostOnce, false));
    }
    assert_eq!(one.all_until_pong().await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn wrong_and_forbidden_filters_are_refused_one_by_one() {
    let (broker, _) = broker();
    let (mut v5, _) = Raw::connect(&broker, &Connect::v5("new")).await;
    let filters = [
        ("ok", 1),
        ("a/#/b", 1),
        ("$SYS/#", 1),
        ("forbidden/#", 1),
        ("$share/g/$SYS/#", 1),
        ("$share/g/forbidden/x", 1),
    ];
    v5.send(&subscribe(5, 7, &[], &filters)).await;
    let codes = v5.next().await.unwrap().body[3..].to_vec();
    assert_eq!(codes, [0x01, 0x8F, 0x87, 0x87, 0x87, 0x87]);
    let (mut v3, _) = Raw::connect(&broker, &Connect::v3("old")).await;
    v3.send(&subscribe(4, 7, &[], &filters)).await;
    let codes = v3.next().await.unwrap().body[2..].to_vec();
    assert_eq!(codes, [0x01, 0x80, 0x80, 0x80, 0x80, 0x80]);
    v5.send(&subscribe(5, 8, &[], &[("$share/g/t", 0x04)]))
        .await;
    assert_eq!(v5.next().await.unwrap().body, [0x82], "no local, shared");
}

#[tokio::test(start_paused = true)]
async fn unsubscribing_says_whether_there_was_something() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.subscribe(5, "a", 0).await;
    let mut body = vec![0, 9, 0];
    for filter in ["a", "b", "a/#/b"] {
        body.extend(crate::support::text(filter));
    }
    raw.send(&packet(0xA2, &body)).await;
    assert_eq!(raw.next().await.unwrap().body[3..], [0x00, 0x11, 0x8F]);
    let (matched, _) = broker
        .publish("acme", "a", "x", QoS::AtMostOnce, false)
        .unwrap();
    assert_eq!(matched, 0);
}

#[tokio::test(start_paused = true)]
async fn subscriptions_of_a_session_are_bounded() {
    let (broker, _) = broker_with(Config {
        max_subscriptions: 2,
        ..Config::default()
    });
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&subscribe(
        5,
        7,
        &[],
        &[("a", 0), ("b", 0), ("c", 0), ("a", 1)],
    ))
    .await;
    let codes = raw.next().await.unwrap().body[3..].to_vec();
    assert_eq!(codes, [0x00, 0x00, 0x97, 0x01]);
}
