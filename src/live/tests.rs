use super::Hub;
use crate::domain::{PointId, PointSample, Quality, Sample, TenantId, Timestamp};
use std::time::Duration;

const ONE: TenantId = TenantId(1);
const OTHER: TenantId = TenantId(2);

fn sample(point: i64, second: i64, value: f64) -> PointSample {
    PointSample {
        point: PointId(point),
        sample: Sample {
            at: Timestamp::from_seconds(second),
            value,
            quality: Quality::Good,
        },
    }
}

#[tokio::test]
async fn a_listener_gets_what_it_watches_and_nothing_else() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    hub.publish(ONE, &[sample(1, 10, 1.5), sample(2, 10, 2.5)]);
    hub.publish(OTHER, &[sample(1, 11, 9.0)]);
    assert_eq!(listener.next().await.changes, [sample(1, 10, 1.5)]);
    assert!(listener.take().is_empty());
}

#[tokio::test]
async fn a_slow_listener_finds_only_the_newest_value_of_each_point() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    for second in 0..10_000 {
        hub.publish(ONE, &[sample(1, second, second as f64)]);
    }
    assert_eq!(listener.next().await.changes, [sample(1, 9_999, 9_999.0)]);
}

#[tokio::test]
async fn a_listener_hears_that_commands_of_its_points_are_further_and_of_no_others() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    hub.commanded(ONE, PointId(1));
    hub.commanded(ONE, PointId(1));
    hub.commanded(ONE, PointId(2));
    hub.commanded(OTHER, PointId(1));
    let update = listener.next().await;
    assert_eq!(
        (update.commanded, update.changes),
        (vec![PointId(1)], vec![])
    );
    assert!(listener.take().is_empty());
    hub.commanded(ONE, PointId(1));
    listener.unwatch(&[PointId(1)]);
    assert!(listener.take().is_empty());
}

#[tokio::test]
async fn late_data_never_takes_a_value_back() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    hub.publish(ONE, &[sample(1, 20, 2.0)]);
    listener.take();
    hub.publish(ONE, &[sample(1, 10, 1.0)]);
    assert!(listener.take().is_empty());
    assert_eq!(
        hub.latest(ONE, &[PointId(1), PointId(2)]).await,
        [
            (PointId(1), Some(sample(1, 20, 2.0).sample)),
            (PointId(2), None)
        ]
    );
}

#[tokio::test]
async fn of_two_values_of_one_instant_the_later_commit_wins() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    hub.publish(ONE, &[sample(1, 20, 2.0), sample(1, 20, 3.0)]);
    assert_eq!(listener.next().await.changes, [sample(1, 20, 3.0)]);
}

#[tokio::test]
async fn an_unwatched_point_is_silent_and_what_waited_of_it_is_gone() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1), PointId(2)]);
    hub.publish(ONE, &[sample(1, 1, 1.0), sample(2, 1, 1.0)]);
    listener.unwatch(&[PointId(1)]);
    hub.publish(ONE, &[sample(1, 2, 2.0)]);
    assert_eq!(listener.next().await.changes, [sample(2, 1, 1.0)]);
}

#[tokio::test]
async fn forgotten_points_are_unknown_and_their_listeners_resync() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    hub.publish(ONE, &[sample(1, 20, 2.0)]);
    hub.forget(ONE, &[PointId(1)]);
    assert!(listener.next().await.resync);
    assert_eq!(hub.latest(ONE, &[PointId(1)]).await, [(PointId(1), None)]);
}

#[tokio::test]
async fn a_listener_that_waits_is_woken() {
    let hub = Hub::in_process();
    let mut listener = hub.subscribe(ONE);
    listener.watch(&[PointId(1)]);
    let waiting = tokio::spawn(async move { listener.next().await.changes });
    tokio::task::yield_now().await;
    hub.publish(ONE, &[sample(1, 1, 1.0)]);
    let woken = tokio::time::timeout(Duration::from_secs(5), waiting).await;
    assert_eq!(woken.unwrap().unwrap(), [sample(1, 1, 1.0)]);
}

#[tokio::test]
async fn ten_thousand_listeners_come_and_go() {
    let hub = Hub::in_process();
    let mut listeners: Vec<_> = (0..10_000).map(|_| hub.subscribe(ONE)).collect();
    for (index, listener) in listeners.iter_mut().enumerate() {
        listener.watch(&[PointId(index as i64 / 100)]);
    }
    hub.publish(
        ONE,
        &(0..100).map(|p| sample(p, 1, 1.0)).collect::<Vec<_>>(),
    );
    for listener in &mut listeners {
        assert_eq!(listener.take().changes.len(), 1);
    }
    listeners.truncate(1);
    hub.publish(ONE, &[sample(0, 2, 2.0)]);
    assert_eq!(listeners[0].take().changes, [sample(0, 2, 2.0)]);
}
