//! Two clients of the platform on one server never meet, whatever they name alike.

use crate::support::{Connect, Raw, broker, publish};
use vigie_mqtt_endpoint::QoS;

fn of(space: &'static str, connect: Connect) -> Connect {
    Connect {
        user: space,
        ..connect
    }
}

#[tokio::test(start_paused = true)]
async fn equal_topics_of_two_spaces_never_meet() {
    let (broker, _) = broker();
    let (mut acme, _) = Raw::connect(&broker, &of("acme/d", Connect::v3("a"))).await;
    let (mut globex, _) = Raw::connect(&broker, &of("globex/d", Connect::v5("b"))).await;
    assert_eq!(acme.subscribe(4, "#", 1).await, 1);
    assert_eq!(globex.subscribe(5, "#", 1).await, 1);
    assert_eq!(globex.subscribe(5, "$share/g/#", 1).await, 1);
    acme.send(&publish(4, 0x03, "door", 1, "of acme")).await;
    let heard = acme.all_until_pong().await;
    assert_eq!(heard.len(), 2, "PUBACK and the message: {heard:?}");
    assert_eq!(globex.all_until_pong().await, []);
    let (matched, _) = broker
        .publish("globex", "door", "of globex", QoS::AtMostOnce, false)
        .unwrap();
    assert_eq!(matched, 2);
    assert_eq!(globex.all_until_pong().await.len(), 2);
    assert_eq!(acme.all_until_pong().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_space_cannot_be_reached_by_naming_it_in_a_topic() {
    let (broker, _) = broker();
    let (mut acme, _) = Raw::connect(&broker, &of("acme/d", Connect::v3("a"))).await;
    acme.subscribe(4, "globex/#", 0).await;
    acme.subscribe(4, "+/door", 0).await;
    let (mut globex, _) = Raw::connect(&broker, &of("globex/d", Connect::v3("b"))).await;
    globex.send(&publish(4, 0x00, "door", 0, "x")).await;
    globex.send(&publish(4, 0x00, "acme/door", 0, "x")).await;
    globex.all_until_pong().await;
    assert_eq!(acme.all_until_pong().await, []);
}

#[tokio::test(start_paused = true)]
async fn equal_client_ids_of_two_spaces_live_side_by_side() {
    let (broker, _) = broker();
    let (mut acme, _) = Raw::connect(&broker, &of("acme/d", Connect::v3("same").lasting())).await;
    let (mut globex, connack) =
        Raw::connect(&broker, &of("globex/d", Connect::v3("same").lasting())).await;
    assert_eq!(connack.body[0], 0, "the session of the other is not theirs");
    assert_eq!(acme.all_until_pong().await, []);
    assert_eq!(globex.all_until_pong().await, []);
}

#[tokio::test(start_paused = true)]
async fn retained_messages_and_wills_stay_in_their_space() {
    let (broker, _) = broker();
    let mut dying = of("acme/d", Connect::v3("dying"));
    dying.will = Some((0x20, Vec::new(), "status", "gone"));
    let (mut acme, _) = Raw::connect(&broker, &dying).await;
    acme.send(&publish(4, 0x03, "kept", 1, "of acme")).await;
    assert_eq!(acme.next().await.unwrap().first, 0x40);
    let (mut globex, _) = Raw::connect(&broker, &of("globex/d", Connect::v3("b"))).await;
    globex.subscribe(4, "#", 0).await;
    let (mut witness, _) = Raw::connect(&broker, &of("acme/d", Connect::v3("w"))).await;
    witness.subscribe(4, "#", 0).await;
    assert_eq!(witness.next().await.unwrap().message(4).1, "of acme");
    drop(acme);
    assert_eq!(witness.next().await.unwrap().message(4).1, "gone");
    assert_eq!(globex.all_until_pong().await, []);
}
