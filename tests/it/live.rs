//! Live values over a real Redis that comes and goes.

use crate::support::Redis;
use std::future::Future;
use std::time::Duration;
use vigie::domain::{PointId, PointSample, Quality, Sample, TenantId, Timestamp};
use vigie::live::{Hub, Subscription};

const TENANT: TenantId = TenantId(7);
const POINT: PointId = PointId(1);
const PATIENCE: Duration = Duration::from_secs(15);

fn sample(point: PointId, second: i64) -> PointSample {
    PointSample {
        point,
        sample: Sample {
            at: Timestamp::from_seconds(second),
            value: second as f64,
            quality: Quality::Good,
        },
    }
}

async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future)
        .await
        .unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"))
}

/// Two nodes on one Redis, and a listener on the second that Redis already serves.
async fn two_nodes(redis: &Redis) -> (Hub, Hub, Subscription) {
    let writer = Hub::redis(&redis.url()).unwrap();
    let reader = Hub::redis(&redis.url()).unwrap();
    let mut listener = reader.subscribe(TENANT);
    listener.watch(&[POINT]);
    in_time("subscribed", resync(&mut listener)).await;
    (writer, reader, listener)
}

async fn resync(listener: &mut Subscription) {
    while !listener.next().await.resync {}
}

async fn until_seen(listener: &mut Subscription, expected: PointSample) {
    while !listener.next().await.changes.contains(&expected) {}
}

async fn flush(redis: &Redis) {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let flush = redis::cmd("FLUSHALL");
    flush.exec_async(&mut connection).await.unwrap();
}

/// What the writer last said is what the reader looks up.
async fn until_latest(hub: &Hub, expected: Option<Sample>) {
    while hub.latest(TENANT, &[POINT]).await != [(POINT, expected)] {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_commits_reaches_the_listeners_of_another() {
    let redis = Redis::start().await;
    let (writer, reader, mut listener) = two_nodes(&redis).await;
    writer.publish(TENANT, &[sample(POINT, 10), sample(PointId(2), 10)]);
    writer.publish(TenantId(8), &[sample(POINT, 99)]);
    in_time("the value", until_seen(&mut listener, sample(POINT, 10))).await;
    let newest = Some(sample(POINT, 10).sample);
    in_time("latest", until_latest(&reader, newest)).await;
    in_time("writer closed", writer.close()).await;
    in_time("reader closed", reader.close()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_away_costs_other_nodes_time_and_nobody_a_value() {
    let mut redis = Redis::start().await;
    let (writer, reader, mut listener) = two_nodes(&redis).await;
    let mut local = writer.subscribe(TENANT);
    local.watch(&[POINT]);
    writer.publish(TENANT, &[sample(POINT, 1)]);
    in_time("before", until_seen(&mut listener, sample(POINT, 1))).await;

    redis.kill();
    for second in 2..=500 {
        writer.publish(TENANT, &[sample(POINT, second)]);
    }
    in_time("own node", until_seen(&mut local, sample(POINT, 500))).await;
    let asked = reader.latest(TENANT, &[POINT]).await;
    assert_eq!(asked, [(POINT, None)], "no old value: ask the engine");

    redis.resume().await;
    in_time("told to read again", resync(&mut listener)).await;
    let newest = Some(sample(POINT, 500).sample);
    in_time("latest", until_latest(&reader, newest)).await;
    writer.publish(TENANT, &[sample(POINT, 501)]);
    in_time("after", until_seen(&mut listener, sample(POINT, 501))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_starts_without_redis_and_finds_it_later() {
    let mut redis = Redis::start().await;
    redis.kill();
    let writer = Hub::redis(&redis.url()).unwrap();
    let reader = Hub::redis(&redis.url()).unwrap();
    let mut listener = reader.subscribe(TENANT);
    listener.watch(&[POINT]);
    writer.publish(TENANT, &[sample(POINT, 1)]);
    redis.resume().await;
    in_time("subscribed", resync(&mut listener)).await;
    let newest = Some(sample(POINT, 1).sample);
    in_time("latest", until_latest(&reader, newest)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flushed_redis_says_that_it_does_not_know() {
    let redis = Redis::start().await;
    let (writer, reader, mut listener) = two_nodes(&redis).await;
    writer.publish(TENANT, &[sample(POINT, 1)]);
    in_time(
        "before",
        until_latest(&reader, Some(sample(POINT, 1).sample)),
    )
    .await;
    flush(&redis).await;
    in_time("unknown", until_latest(&reader, None)).await;
    writer.publish(TENANT, &[sample(POINT, 2)]);
    in_time("after", until_seen(&mut listener, sample(POINT, 2))).await;
    in_time(
        "latest",
        until_latest(&reader, Some(sample(POINT, 2).sample)),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_value_is_forgotten_on_every_node() {
    let redis = Redis::start().await;
    let (writer, reader, mut listener) = two_nodes(&redis).await;
    writer.publish(TENANT, &[sample(POINT, 20)]);
    in_time("before", until_seen(&mut listener, sample(POINT, 20))).await;
    writer.forget(TENANT, &[POINT]);
    in_time("told to read again", resync(&mut listener)).await;
    in_time("unknown", until_latest(&reader, None)).await;
    writer.publish(TENANT, &[sample(POINT, 10)]);
    in_time(
        "older is news",
        until_seen(&mut listener, sample(POINT, 10)),
    )
    .await;
}

#[test]
fn a_wrong_address_is_refused_in_words() {
    let error = Hub::redis("http://127.0.0.1").unwrap_err().to_string();
    assert!(error.contains("redis://user:password@host"), "{error}");
}
