//! One function per promise.

use super::run::{Run, until};
use super::{Mood, Rig, TestSink};
use crate::Health;

/// A reading that is not settled comes again, even when the connector dies (SPEC 2).
pub async fn nothing_is_acknowledged_before_it_is_settled(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Waits);
    let first = Run::start(rig.connector(), &sink).await;
    rig.send(0..50).await;
    until("the readings are offered", || sink.offers() > 0).await;
    first.die().await;
    sink.set(Mood::Stores);
    let second = Run::start(rig.connector(), &sink).await;
    until("all come again", || sink.numbers().len() == 50).await;
    second.stop().await;
}

/// While the store is away nothing is lost and nobody has to restart anything (SPEC 4).
pub async fn an_absent_sink_is_waited_for(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Away);
    let run = Run::start(rig.connector(), &sink).await;
    rig.send(0..50).await;
    until("the readings are offered again and again", || {
        sink.offers() > 2
    })
    .await;
    assert!(sink.numbers().is_empty());
    assert!(
        run.status.snapshot().last_error.is_some(),
        "the status says what is wrong"
    );
    sink.set(Mood::Stores);
    until("all arrive", || sink.numbers().len() == 50).await;
    run.stop().await;
}

/// When the peer comes back the session does, with back-off meanwhile (SPEC 5).
pub async fn the_session_comes_back_after_the_peer(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Stores);
    let run = Run::start(rig.connector(), &sink).await;
    rig.send(0..20).await;
    rig.stop_peer().await;
    until("the loss is seen", || {
        run.status.snapshot().health == Health::Waiting
    })
    .await;
    until("it tries again", || run.status.snapshot().attempts > 0).await;
    rig.start_peer().await;
    until("it is back", || {
        run.status.snapshot().health == Health::Connected
    })
    .await;
    rig.send(20..40).await;
    until("all arrive", || {
        sink.numbers() == (0..40).collect::<Vec<_>>()
    })
    .await;
    run.stop().await;
}

/// What means nothing is refused, counted and shown; what follows arrives (SPEC 3).
pub async fn garbage_is_refused_and_stops_nothing(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Stores);
    let run = Run::start(rig.connector(), &sink).await;
    rig.send_garbage(100).await;
    rig.send(0..10).await;
    until("what follows arrives", || sink.numbers().len() == 10).await;
    until("all garbage is counted", || {
        run.status.snapshot().refused == 100
    })
    .await;
    for refusal in sink.refusals() {
        assert!(
            !refusal.reason.is_empty() && !refusal.source.is_empty() && !refusal.detail.is_empty()
        );
        assert!(refusal.count > 0 && refusal.excerpt.len() <= crate::EXCERPT_BYTES);
    }
    run.stop().await;
}

/// A stop settles what is in work and ends in time (SPEC 6).
pub async fn a_stop_settles_what_is_in_work(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Waits);
    let run = Run::start(rig.connector(), &sink).await;
    rig.send(0..10).await;
    until("the readings are offered", || sink.offers() > 0).await;
    run.stop.cancel();
    sink.set(Mood::Stores);
    run.stop().await;
    assert!(!sink.numbers().is_empty());
}

/// A sink that shuts down ends the session (SPEC 6).
pub async fn a_closed_sink_ends_the_session(mut rig: impl Rig) {
    let sink = TestSink::new(Mood::Closed);
    let run = Run::start(rig.connector(), &sink).await;
    rig.send(0..1).await;
    run.ends().await;
}
