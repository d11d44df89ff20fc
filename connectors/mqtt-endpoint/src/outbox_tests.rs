use super::*;

fn outgoing(payload: &'static str, qos: QoS) -> Outgoing {
    Outgoing {
        message: Arc::new(Message::new("t", payload, qos)),
        qos,
        retain: false,
        subscription_ids: Vec::new(),
        report: None,
    }
}

fn filled(payloads: &[&'static str]) -> Outbox {
    let mut outbox = Outbox::default();
    for payload in payloads {
        assert!(
            outbox
                .push(
                    outgoing(payload, QoS::AtLeastOnce),
                    Room::of(&Config::default())
                )
                .is_ok()
        );
    }
    outbox
}

/// Takes all that may be sent: payload, packet id and whether it goes again.
fn drain(outbox: &mut Outbox, window: usize) -> Vec<(String, u16, bool)> {
    let metrics = Metrics::default();
    let mut sent = Vec::new();
    loop {
        match outbox.next(window, Instant::now(), &metrics) {
            Next::Nothing => return sent,
            Next::Forget(out) => sent.push((text(&out), 0, false)),
            Next::Publish { id, again } => {
                sent.push((text(outbox.get(id).unwrap()), id.get(), again));
            }
            Next::Release(id) => sent.push(("release".into(), id.get(), true)),
        }
    }
}

fn text(outgoing: &Outgoing) -> String {
    String::from_utf8(outgoing.message.payload.to_vec()).unwrap()
}

fn id(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

#[test]
fn the_window_holds_back_what_the_client_has_no_room_for() {
    let mut outbox = filled(&["a", "b", "c"]);
    assert_eq!(
        drain(&mut outbox, 2),
        [("a".into(), 1, false), ("b".into(), 2, false)]
    );
    assert!(outbox.finish(id(1)).is_some());
    assert!(
        outbox.finish(id(1)).is_none(),
        "a second PUBACK means nothing"
    );
    assert_eq!(drain(&mut outbox, 2), [("c".into(), 3, false)]);
}

#[test]
fn after_a_reconnect_the_unacknowledged_go_again_in_order_before_the_rest() {
    let mut outbox = filled(&["a", "b", "c", "d"]);
    drain(&mut outbox, 3);
    assert!(matches!(outbox.received(id(2)), Some(Stage::Unreceived(_))));
    assert!(outbox.finish(id(1)).is_some());
    outbox.rewind(&Metrics::default());
    assert_eq!(
        drain(&mut outbox, 3),
        [
            ("release".into(), 2, true),
            ("c".into(), 3, true),
            ("d".into(), 4, false)
        ]
    );
}

#[test]
fn a_smaller_window_after_the_reconnect_is_respected() {
    let mut outbox = filled(&["a", "b", "c"]);
    drain(&mut outbox, 3);
    outbox.rewind(&Metrics::default());
    assert_eq!(drain(&mut outbox, 1), [("a".into(), 1, true)]);
    outbox.finish(id(1));
    assert_eq!(drain(&mut outbox, 1), [("b".into(), 2, true)]);
}

#[test]
fn the_queue_is_bounded_in_messages_and_in_bytes() {
    let mut outbox = Outbox::default();
    let limits = Config {
        max_queued_messages: 1,
        ..Config::default()
    };
    assert!(
        outbox
            .push(outgoing("a", QoS::AtLeastOnce), Room::of(&limits))
            .is_ok()
    );
    assert!(
        outbox
            .push(outgoing("b", QoS::AtLeastOnce), Room::of(&limits))
            .is_err()
    );
    let limits = Config {
        max_queued_bytes: 10,
        ..Config::default()
    };
    assert!(
        outbox
            .push(outgoing("c", QoS::AtLeastOnce), Room::of(&limits))
            .is_err()
    );
    assert_eq!(drain(&mut outbox, 9).len(), 1);
    assert_eq!(outbox.queued_bytes, 0);
}

#[test]
fn packet_ids_wrap_around_and_skip_those_in_use() {
    let mut outbox = filled(&["a", "b"]);
    outbox.last_id = u16::MAX - 1;
    assert_eq!(
        drain(&mut outbox, 9),
        [("a".into(), u16::MAX, false), ("b".into(), 1, false)]
    );
    outbox.last_id = u16::MAX - 1;
    assert!(
        outbox
            .push(
                outgoing("c", QoS::AtLeastOnce),
                Room::of(&Config::default())
            )
            .is_ok()
    );
    assert_eq!(drain(&mut outbox, 9), [("c".into(), 2, false)]);
}

#[test]
fn what_expired_is_dropped_and_counted() {
    let metrics = Metrics::default();
    let mut outbox = Outbox::default();
    let mut late = outgoing("late", QoS::AtLeastOnce);
    let message = Message {
        expires_at: Some(Instant::now()),
        ..(*late.message).clone()
    };
    late.message = Arc::new(message);
    assert!(outbox.push(late, Room::of(&Config::default())).is_ok());
    assert!(matches!(
        outbox.next(9, Instant::now(), &metrics),
        Next::Nothing
    ));
    assert_eq!((metrics.dropped_expired.get(), outbox.len()), (1, 0));
}
