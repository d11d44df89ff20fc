//! The promises of connectors that ask: nothing is acknowledged, and what was not asked for in
//! time is a gap.

use super::run::{Run, until};
use super::{Mood, TestSink};
use crate::{Connector, Health};
use std::future::Future;

/// A peer and a device behind it that is asked again and again, several times a second.
pub trait PolledRig {
    /// A connector that reads the number as [`EQUIPMENT`](super::EQUIPMENT) and
    /// [`POINT`](super::POINT).
    fn connector(&self) -> Box<dyn Connector>;
    /// The device shows this number from now on.
    fn show(&mut self, number: u32) -> impl Future<Output = ()>;
    /// The device answers with what means nothing, until it shows a number again.
    fn babble(&mut self) -> impl Future<Output = ()>;
    /// The peer goes away.
    fn stop_peer(&mut self) -> impl Future<Output = ()>;
    /// The peer comes back.
    fn start_peer(&mut self) -> impl Future<Output = ()>;
}

/// While the store is away nothing that was read is lost, and nobody has to restart anything
/// (SPEC 4).
pub async fn an_absent_sink_is_waited_for(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Away);
    let run = Run::start(rig.connector(), &sink).await;
    until("what was read is offered again and again", || {
        sink.offers() > 2
    })
    .await;
    assert!(sink.numbers().is_empty());
    until("the status says what is wrong", || {
        run.status.snapshot().last_error.is_some()
    })
    .await;
    rig.show(2).await;
    sink.set(Mood::Stores);
    until("all arrive", || sink.numbers() == [1, 2]).await;
    run.stop().await;
}

/// When the peer comes back the session does, with back-off meanwhile (SPEC 5).
pub async fn the_session_comes_back_after_the_peer(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Stores);
    let run = Run::start(rig.connector(), &sink).await;
    until("the number arrives", || sink.numbers() == [1]).await;
    rig.stop_peer().await;
    until("the loss is seen", || {
        let status = run.status.snapshot();
        status.health == Health::Waiting && status.attempts > 0 && status.last_error.is_some()
    })
    .await;
    rig.start_peer().await;
    rig.show(2).await;
    until("it is back", || {
        run.status.snapshot().health == Health::Connected
    })
    .await;
    until("the new number arrives", || sink.numbers() == [1, 2]).await;
    run.stop().await;
}

/// What means nothing is told and stops nothing; what follows arrives (SPEC 3).
pub async fn garbage_is_told_and_stops_nothing(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Stores);
    let run = Run::start(rig.connector(), &sink).await;
    until("the number arrives", || sink.numbers() == [1]).await;
    rig.babble().await;
    until("the garbage is told", || {
        !sink.refusals().is_empty() || run.status.snapshot().last_error.is_some()
    })
    .await;
    rig.show(2).await;
    until("what follows arrives", || sink.numbers() == [1, 2]).await;
    for refusal in sink.refusals() {
        assert!(!refusal.reason.is_empty() && !refusal.source.is_empty());
        assert!(refusal.count > 0 && refusal.excerpt.len() <= crate::EXCERPT_BYTES);
    }
    run.stop().await;
}

/// A stop settles what is in work and ends in time (SPEC 6).
pub async fn a_stop_settles_what_is_in_work(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Waits);
    let run = Run::start(rig.connector(), &sink).await;
    until("what was read is offered", || sink.offers() > 0).await;
    run.stop.cancel();
    sink.set(Mood::Stores);
    run.stop().await;
    assert_eq!(sink.numbers(), [1]);
}

/// A stop does not wait for a store that never answers (SPEC 6).
pub async fn a_stop_does_not_wait_for_ever(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Waits);
    let run = Run::start(rig.connector(), &sink).await;
    until("what was read is offered", || sink.offers() > 0).await;
    run.stop().await;
}

/// A sink that shuts down ends the session (SPEC 6).
pub async fn a_closed_sink_ends_the_session(mut rig: impl PolledRig) {
    rig.show(1).await;
    let sink = TestSink::new(Mood::Waits);
    let run = Run::start(rig.connector(), &sink).await;
    sink.set(Mood::Closed);
    run.ends().await;
}
