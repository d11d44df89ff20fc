//! What devices send and should not: every piece is refused, counted once and shown, and the
//! message after it is stored. (An empty message is none of these: it clears a retained one.)

use super::installation::{Installation, anybody, device};
use crate::support::device::{Login, connect};
use crate::support::{Backend, now_ms, wait};
use std::time::Duration;

const SEEN_WITHIN: Duration = Duration::from_secs(20);
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread")]
async fn bad_payloads_at_the_endpoint_are_counted_and_stop_nothing() {
    let installation = Installation::start(Backend::Sqlite).await;
    let (port, login) = (installation.vigie.mqtt_port(), device("corpus"));
    send_the_corpus(installation, port, &login).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_payloads_through_a_broker_are_counted_and_stop_nothing() {
    let installation = Installation::start(Backend::Sqlite).await;
    let (port, login) = (installation.broker.port(), anybody("corpus"));
    send_the_corpus(installation, port, &login).await;
}

async fn send_the_corpus(mut installation: Installation, port: u16, login: &Login) {
    let now_ms = now_ms();
    let before = rejected(&installation).await;
    let corpus = corpus(now_ms);
    for (index, (name, payload)) in corpus.iter().enumerate() {
        let good = format!(
            "{{\"ts\":{},\"seq\":{index}}}",
            now_ms - 1_000_000 + index as i64
        );
        send(port, login, &[payload, good.as_bytes()]).await;
        let expected = before + (index + 1);
        wait::until(
            &format!("{name} is counted once"),
            SEEN_WITHIN,
            async || {
                let counted = rejected(&installation).await;
                assert!(counted <= expected, "{name} is counted more than once");
                (counted == expected).then_some(())
            },
        )
        .await;
    }
    // A broker acknowledges before we store: what it still holds may take a moment.
    let all: Vec<_> = (0..corpus.len()).collect();
    wait::until("every good message is stored", SEEN_WITHIN, async || {
        let stored = installation.samples("corpus", "seq").await;
        let numbers: Vec<_> = stored.iter().map(|(_, value)| *value as usize).collect();
        (numbers == all).then_some(())
    })
    .await;
    assert!(installation.vigie.node().ended().is_none());
}

/// Sends the messages on one connection and awaits that all are acknowledged.
async fn send(port: u16, login: &Login, payloads: &[&[u8]]) {
    let (mut sender, mut acks) = connect(port, login).await.unwrap();
    for (index, payload) in payloads.iter().enumerate() {
        sender
            .publish("load/corpus", payload, index as u16 + 1)
            .await
            .unwrap();
    }
    for _ in payloads {
        let next = tokio::time::timeout(ACKNOWLEDGED_WITHIN, acks.next()).await;
        next.expect("an acknowledgement in time")
            .expect("the connection stays");
    }
}

/// The refusals of this client, all reasons together.
async fn rejected(installation: &Installation) -> usize {
    let text = installation.vigie.metrics().await;
    let lines = text
        .lines()
        .filter(|line| line.starts_with("vigie_ingest_rejected_total{"));
    lines
        .filter(|line| line.contains("tenant=\"load\""))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok())
        .sum()
}

fn corpus(now_ms: i64) -> Vec<(&'static str, Vec<u8>)> {
    let day_ms = 86_400_000;
    let text = |name, text: &str| (name, text.as_bytes().to_vec());
    vec![
        text("half an object", "{\"ts\":"),
        text("an array instead of an object", "[1,2,3]"),
        text("no value", &format!("{{\"ts\":{now_ms}}}")),
        text(
            "a value that is null",
            &format!("{{\"ts\":{now_ms},\"seq\":null}}"),
        ),
        text(
            "a value that is a word",
            &format!("{{\"ts\":{now_ms},\"seq\":\"many\"}}"),
        ),
        text(
            "a value that is an object",
            &format!("{{\"ts\":{now_ms},\"seq\":{{}}}}"),
        ),
        text("NaN", &format!("{{\"ts\":{now_ms},\"seq\":NaN}}")),
        text(
            "NaN as text",
            &format!("{{\"ts\":{now_ms},\"seq\":\"NaN\"}}"),
        ),
        text(
            "beyond every number",
            &format!("{{\"ts\":{now_ms},\"seq\":1e999}}"),
        ),
        text(
            "tomorrow",
            &format!("{{\"ts\":{},\"seq\":1}}", now_ms + day_ms),
        ),
        text("1970", "{\"ts\":0,\"seq\":1}"),
        text("a stamp that is a word", "{\"ts\":\"yesterday\",\"seq\":1}"),
        text("a stamp beyond every calendar", "{\"ts\":9e300,\"seq\":1}"),
        ("binary", (0..=255).collect()),
        ("not UTF-8", b"{\"ts\":1,\"seq\":\"\xff\xfe\"}".to_vec()),
        ("deeply nested", b"[".repeat(100_000)),
        (
            "one megabyte",
            [b"{\"seq\":\"".as_slice(), &vec![b'9'; 1_000_000]].concat(),
        ),
    ]
}
