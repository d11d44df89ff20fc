//! The live feed as `docs/feed.md` promises it.

mod rights;
mod stage;

use serde_json::{Value, json};
use stage::Stage;
use std::time::Duration;
use tokio::time::Instant;
use vigie::domain::PointId;

/// The values of a snapshot or of changes by point.
fn values(entries: &Value) -> Vec<(PointId, f64)> {
    let entry = |entry: &Value| {
        (
            PointId(entry["p"].as_i64().unwrap()),
            entry["v"].as_f64().unwrap(),
        )
    };
    let mut values: Vec<_> = entries.as_array().unwrap().iter().map(entry).collect();
    values.sort_by_key(|(point, _)| *point);
    values
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_comes_first_and_then_what_changes() {
    let stage = Stage::set(3).await;
    let [first, second, _] = stage.points[..] else {
        unreachable!()
    };
    stage.write([(first, 1.5), (second, 2.5)]).await;
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"subscribe": {"equipment": [stage.equipment]}}).to_string())
        .await;
    let snapshot = socket.next("snapshot").await;
    assert_eq!(
        values(&snapshot["snapshot"]),
        [(first, 1.5), (second, 2.5)],
        "a point without values is left out"
    );
    stage.write([(second, 7.25)]).await;
    let changes = socket.next("changes").await;
    assert_eq!(values(&changes["changes"]), [(second, 7.25)]);
    assert!(changes["now"].as_f64().unwrap() >= changes["changes"][0]["at"].as_f64().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_a_point_hears_that_its_commands_are_further() {
    let stage = Stage::set(2).await;
    let [watched, other] = stage.points[..] else {
        unreachable!()
    };
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"subscribe": {"points": [watched]}}).to_string())
        .await;
    socket.next("snapshot").await;
    stage.client.commanded(other);
    stage.client.commanded(watched);
    let told = socket.next("commands").await;
    assert_eq!(told["commands"], json!([watched]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_refused_in_words_and_the_rest_is_served() {
    let stage = Stage::set(1).await;
    stage.write([(stage.points[0], 1.0)]).await;
    let mut socket = stage.connect().await;
    let wanted = json!({"subscribe": {"points": [stage.points[0], 424_242], "equipment": [99]}});
    socket.say(&wanted.to_string()).await;
    let refused = &socket.next("refused").await["refused"];
    assert_eq!(
        (&refused["points"], &refused["equipment"]),
        (&json!([424_242]), &json!([99]))
    );
    assert!(
        refused["reason"]
            .as_str()
            .unwrap()
            .contains("no such point"),
        "{refused}"
    );
    assert_eq!(socket.next("snapshot").await["snapshot"][0]["v"], 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_come_at_most_five_times_a_second_and_the_newest_value_wins() {
    let stage = Stage::set(1).await;
    let point = stage.points[0];
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"subscribe": {"points": [point]}}).to_string())
        .await;
    socket.next("snapshot").await;
    let started = Instant::now();
    let mut value = 0.0;
    while started.elapsed() < Duration::from_secs(2) {
        value += 1.0;
        stage.write([(point, value)]).await;
    }
    let (mut messages, mut seen) = (0, 0.0);
    while seen < value {
        seen = socket.next("changes").await["changes"][0]["v"]
            .as_f64()
            .unwrap();
        messages += 1;
    }
    let allowed = 5.0 * started.elapsed().as_secs_f64() + 2.0;
    assert!(
        f64::from(messages) <= allowed,
        "{messages} messages in {:?}",
        started.elapsed()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_resumes_gets_only_what_changed_meanwhile() {
    let stage = Stage::set(2).await;
    let [same, other] = stage.points[..] else {
        unreachable!()
    };
    stage.write([(same, 1.0), (other, 1.0)]).await;
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"subscribe": {"points": [same, other]}}).to_string())
        .await;
    let snapshot = socket.next("snapshot").await["snapshot"].clone();
    drop(socket);
    stage.write([(other, 2.0)]).await;
    let seen: serde_json::Map<String, Value> = snapshot
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["p"].to_string(), entry["at"].clone()))
        .collect();
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"resume": {"points": [same, other], "seen": seen}}).to_string())
        .await;
    assert_eq!(
        values(&socket.next("snapshot").await["snapshot"]),
        [(other, 2.0)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsubscribed_point_is_silent() {
    let stage = Stage::set(2).await;
    let [dropped, kept] = stage.points[..] else {
        unreachable!()
    };
    let mut socket = stage.connect().await;
    socket
        .say(&json!({"subscribe": {"points": [dropped, kept]}}).to_string())
        .await;
    socket.next("snapshot").await;
    socket
        .say(&json!({"unsubscribe": {"points": [dropped]}}).to_string())
        .await;
    // A subscription is answered, so the one before it is done.
    socket
        .say(&json!({"subscribe": {"points": [kept]}}).to_string())
        .await;
    socket.next("snapshot").await;
    stage.write([(dropped, 1.0), (kept, 1.0)]).await;
    assert_eq!(
        values(&socket.next("changes").await["changes"]),
        [(kept, 1.0)]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_does_not_read_is_closed_and_the_others_do_not_wait() {
    const POINTS: usize = 8_000;
    let stage = Stage::set(POINTS).await;
    let subscription = json!({"subscribe": {"equipment": [stage.equipment]}}).to_string();
    let mut asleep = stage.connect().await;
    asleep.say(&subscription).await;
    let mut awake = stage.connect().await;
    awake
        .say(&json!({"subscribe": {"points": [stage.points[0]]}}).to_string())
        .await;
    awake.next("snapshot").await;
    let started = Instant::now();
    let mut value = 0.0;
    while stage.open_feeds() > 1 {
        assert!(
            started.elapsed() < Duration::from_secs(40),
            "the sleeper is still served"
        );
        value += 1.0;
        stage
            .write(stage.points.iter().map(|point| (*point, value)))
            .await;
        let told = Instant::now();
        while awake.next("the other's change").await["changes"][0]["v"] != value {}
        assert!(
            told.elapsed() < Duration::from_secs(2),
            "waited for the sleeper"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nonsense_is_answered_with_what_is_wrong_and_a_farewell() {
    let stage = Stage::set(1).await;
    for (text, words) in [
        ("{", "EOF"),
        (r#"{"shout":{}}"#, "unknown variant `shout`"),
        (r#"{"subscribe":{"point":[1]}}"#, "unknown field `point`"),
    ] {
        let mut socket = stage.connect().await;
        socket.say(text).await;
        let (code, reason) = socket.farewell().await;
        assert_eq!(code, 1008, "{text}");
        assert!(reason.contains(words), "{text}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_page_of_the_portal_whose_visitor_signed_in_is_served() {
    let stage = Stage::set(1).await;
    let mut stranger = stage.request();
    stranger.headers_mut().remove("Cookie");
    assert_eq!(stage.refusal(stranger).await, 401);
    for origin in ["http://evil.example", "http://other.localhost", "null"] {
        let mut elsewhere = stage.request();
        elsewhere
            .headers_mut()
            .insert("Origin", origin.parse().unwrap());
        assert_eq!(stage.refusal(elsewhere).await, 403, "{origin}");
    }
    let mut without = stage.request();
    without.headers_mut().remove("Origin");
    assert_eq!(stage.refusal(without).await, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_says_so() {
    let stage = Stage::set(1).await;
    let mut socket = stage.connect().await;
    let (farewell, ()) = tokio::join!(socket.farewell(), stage.state.feeds.close());
    assert_eq!(farewell.0, 1001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_is_too_large_is_named_so() {
    let stage = Stage::set(1).await;
    let mut socket = stage.connect().await;
    socket.say(&"x".repeat(600 * 1024)).await;
    assert_eq!(socket.farewell().await.0, 1009);
}
