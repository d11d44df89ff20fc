//! What the platform does with a server: publish, evict, close.

use crate::support::{Connect, Raw, broker, packet, publish, until};
use vigie_mqtt_endpoint::{BadTopic, QoS};

#[tokio::test(start_paused = true)]
async fn a_publisher_learns_what_became_of_its_message() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    let (mut careless, _) = Raw::connect(&broker, &Connect::v3("careless")).await;
    raw.subscribe(4, "cmd", 1).await;
    careless.subscribe(4, "cmd", 1).await;
    let (matched, mut reports) = broker
        .publish("acme", "cmd", "open", QoS::AtLeastOnce, false)
        .unwrap();
    assert_eq!(matched, 2);
    let command = raw.next().await.unwrap();
    raw.send(&packet(0x40, &command.id(4).to_be_bytes())).await;
    let first = reports.next().await.unwrap();
    assert_eq!((&*first.client_id, first.arrived), ("c", true));
    drop(careless);
    let second = reports.next().await.unwrap();
    assert_eq!((&*second.client_id, second.arrived), ("careless", false));
    assert_eq!(reports.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn nobody_there_is_said_at_once_and_a_retained_message_waits() {
    let (broker, _) = broker();
    let (matched, mut reports) = broker
        .publish("acme", "display", "12", QoS::AtLeastOnce, true)
        .unwrap();
    assert_eq!((matched, reports.next().await), (0, None));
    let (mut raw, _) = Raw::connect(&broker, &Connect::v3("c")).await;
    raw.subscribe(4, "display", 0).await;
    assert_eq!(raw.next().await.unwrap().message(4).1, "12");
}

#[tokio::test(start_paused = true)]
async fn the_platform_cannot_publish_to_what_is_no_topic() {
    let (broker, _) = broker();
    for topic in ["", "a/#", "$SYS/x"] {
        let refused = broker.publish("acme", topic, "x", QoS::AtMostOnce, false);
        assert_eq!(refused.err(), Some(BadTopic));
    }
}

#[tokio::test(start_paused = true)]
async fn an_evicted_device_is_told_and_others_stay() {
    let (broker, _) = broker();
    let (mut gone, _) = Raw::connect(&broker, &Connect::v5("one")).await;
    let mut connect = Connect::v5("two");
    connect.user = "acme/other";
    let (mut stays, _) = Raw::connect(&broker, &connect).await;
    assert_eq!(broker.evict("acme", Some("device")), 1);
    assert_eq!(gone.next().await.unwrap().body, [0x98]);
    assert_eq!(stays.all_until_pong().await, []);
    assert_eq!(broker.evict("acme", None), 1);
    assert_eq!(stays.next().await.unwrap().body, [0x98]);
    assert_eq!(broker.evict("nowhere", None), 0);
}

#[tokio::test(start_paused = true)]
async fn a_closing_server_settles_what_it_has_before_the_goodbye() {
    let (broker, handler) = broker();
    let mut connect = Connect::v5("c");
    connect.will = Some((0, Vec::new(), "status", "gone"));
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.send(&publish(5, 0x02, "t/held", 1, "x")).await;
    raw.hears_nothing().await;
    raw.stop.cancel();
    raw.send(&publish(5, 0x02, "t", 2, "too late")).await;
    raw.hears_nothing().await;
    handler.let_go();
    assert_eq!(raw.next().await.unwrap().body, [0, 1]);
    assert_eq!(raw.next().await.unwrap().body, [0x8B]);
    assert_eq!(raw.next().await, None);
    until("the client to be gone", || broker.metrics().clients == 0).await;
    broker.close().await;
    assert_eq!(handler.payloads("t"), Vec::<String>::new());
    assert_eq!(handler.payloads("status"), Vec::<String>::new(), "no will");
}

#[tokio::test(start_paused = true)]
async fn a_closing_server_does_not_wait_forever() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&publish(5, 0x02, "t/held", 1, "x")).await;
    raw.hears_nothing().await;
    let began = tokio::time::Instant::now();
    raw.stop.cancel();
    assert_eq!(raw.next().await.unwrap().body, [0x8B], "unacknowledged");
    broker.close().await;
    assert!(began.elapsed() < std::time::Duration::from_secs(15));
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_space_leaves_nothing_to_one_of_the_same_name() {
    let (broker, _) = broker();
    drop(broker.publish("acme", "t", "kept", QoS::AtLeastOnce, true));
    let lasting = Connect::v5("c").lasting();
    let (mut raw, _) = Raw::connect(&broker, &lasting).await;
    raw.subscribe(5, "t", 0).await;
    raw.all_until_pong().await;
    assert_eq!(broker.forget("acme"), 1);
    assert_eq!(raw.next().await.unwrap().body, [0x98]);
    let (mut raw, connack) = Raw::connect(&broker, &lasting).await;
    assert_eq!(connack.body[0], 0, "no session");
    raw.subscribe(5, "#", 0).await;
    assert_eq!(raw.all_until_pong().await, [], "nothing retained");
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_costs_one_connection_and_no_session_for_ever() {
    let (broker, _) = broker();
    let mut connect = Connect::v5("c");
    connect.clean = false;
    connect.properties = crate::support::property(0x11, &5_u32.to_be_bytes());
    let (mut raw, _) = Raw::connect(&broker, &connect).await;
    raw.subscribe(5, "t", 1).await;
    let (mut other, _) = Raw::connect(&broker, &Connect::v5("other")).await;
    raw.send(&publish(5, 0x02, "t/panic", 1, "x")).await;
    assert_eq!(raw.next().await, None);
    assert_eq!(other.all_until_pong().await, []);
    let (matched, _) = broker
        .publish("acme", "t", "x", QoS::AtLeastOnce, false)
        .unwrap();
    assert_eq!(matched, 1, "the session waits for its client");
    tokio::time::sleep(std::time::Duration::from_secs(8)).await;
    let (matched, _) = broker
        .publish("acme", "t", "x", QoS::AtLeastOnce, false)
        .unwrap();
    assert_eq!(matched, 0, "and ends in its time");
}
