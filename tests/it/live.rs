//! Live values over a real Redis that comes and goes.

use crate::support::Redis;
use std::future::Future;
use std::time::{Duration, Instant};
use vigie::domain::{PointId, PointSample, Quality, Sample, TenantId, Timestamp};
use vigie::live::{Hub, Subscription};

const TENANT: TenantId = TenantId(7);
const POINT: PointId = PointId(1);
/// Points of a large client.
const MANY: i64 = 1_000;
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

/// A minute of a thousand points that change five times a second.
fn a_minute() -> impl Iterator<Item = Vec<PointSample>> {
    (1..=300).map(|turn| {
        (0..MANY)
            .map(|point| sample(PointId(point), turn))
            .collect()
    })
}

/// The newest value of each of the points.
fn last_of_a_minute() -> Vec<PointSample> {
    (0..MANY).map(|point| sample(PointId(point), 300)).collect()
}

/// Takes everything that waits; at most one value a point.
fn drained(listener: &mut Subscription) -> Vec<PointSample> {
    let mut changes = listener.take().changes;
    changes.sort_by_key(|change| change.point);
    changes
}

/// The longest queue Redis keeps for those who are subscribed, in bytes.
async fn longest_queue(redis: &Redis) -> u64 {
    let client = redis::Client::open(redis.url()).unwrap();
    let mut connection = client.get_multiplexed_async_connection().await.unwrap();
    let mut asking = redis::cmd("CLIENT");
    asking.arg("LIST").arg("TYPE").arg("pubsub");
    let clients: String = asking.query_async(&mut connection).await.unwrap();
    let queues = clients
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("omem="));
    queues.map(|bytes| bytes.parse().unwrap()).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_does_not_read_finds_the_newest_and_holds_nobody_up() {
    let redis = Redis::start().await;
    let (writer, reader, mut witness) = two_nodes(&redis).await;
    let mut slow = reader.subscribe(TENANT);
    slow.watch(&(0..MANY).map(PointId).collect::<Vec<_>>());
    for samples in a_minute() {
        writer.publish(TENANT, &samples);
    }
    in_time("the witness", until_seen(&mut witness, sample(POINT, 300))).await;
    // One more goes the same way behind everything else.
    writer.publish(TENANT, &[sample(POINT, 301)]);
    in_time("the last", until_seen(&mut witness, sample(POINT, 301))).await;
    let mut expected = last_of_a_minute();
    expected[POINT.0 as usize] = sample(POINT, 301);
    assert_eq!(drained(&mut slow), expected);
    assert_eq!(longest_queue(&redis).await, 0, "redis waits for nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_for_a_minute_of_writes_is_caught_up_with() {
    let redis = Redis::start().await;
    let (writer, reader, mut listener) = two_nodes(&redis).await;
    let mut local = writer.subscribe(TENANT);
    local.watch(&(0..MANY).map(PointId).collect::<Vec<_>>());
    writer.publish(TENANT, &[sample(POINT, 1)]);
    in_time("before", until_seen(&mut listener, sample(POINT, 1))).await;

    redis.freeze();
    for samples in a_minute() {
        writer.publish(TENANT, &samples);
    }
    assert_eq!(drained(&mut local), last_of_a_minute(), "own node");
    // For longer than the writer waits for an answer; no page is held up by it.
    for _ in 0..6 {
        let asking = Instant::now();
        let asked = reader.latest(TENANT, &[POINT]).await;
        assert_eq!(asked, [(POINT, None)], "ask the engine");
        assert!(asking.elapsed() < Duration::from_secs(2));
    }

    redis.thaw();
    let newest = Some(sample(POINT, 300).sample);
    in_time("latest", until_latest(&reader, newest)).await;
    writer.publish(TENANT, &[sample(POINT, 301)]);
    in_time("after", until_seen(&mut listener, sample(POINT, 301))).await;
}

#[test]
fn a_wrong_address_is_refused_in_words() {
    let error = Hub::redis("http://127.0.0.1").unwrap_err().to_string();
    assert!(error.contains("redis://user:password@host"), "{error}");
}
