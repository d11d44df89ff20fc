//! What is special about MQTT: large messages, shared subscriptions, hostile brokers, the outbox.

use super::device::Device;
use crate::support::{Mosquitto, Seed, wait};
use jiff::tz::TimeZone;
use rand::RngExt as _;
use rumqttc::{AsyncClient, Event, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigie_contract::conformance::{Mood, TestSink};
use vigie_contract::{
    ArrivalClock, Commands, Connector, ConnectorError, Health, Outbound, Outbox, Reach, Session,
    ShortMemory, StatusBoard, Trace,
};
use vigie_mqtt::MqttConfig;

pub(super) const DEADLINE: Duration = Duration::from_secs(20);

/// A connector at work on a sink.
pub(super) struct Run {
    pub(super) sink: Arc<TestSink>,
    pub(super) status: StatusBoard,
    outbox: Outbox,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Run {
    pub(super) fn start(config: Value) -> Self {
        Self::start_with(config, Arc::default())
    }

    fn start_with(config: Value, memory: Arc<ShortMemory>) -> Self {
        let config: MqttConfig = serde_json::from_value(config).unwrap();
        let connector = Box::new(config.into_connector(TimeZone::UTC).unwrap());
        let (sink, status) = (TestSink::new(Mood::Stores), StatusBoard::default());
        let (outbox, stop) = (Outbox::default(), CancellationToken::new());
        let session = Session {
            sink: sink.clone(),
            status: status.clone(),
            clock: ArrivalClock::new(|| 0),
            outbox: outbox.clone(),
            commands: Commands::default(),
            trace: Trace::default(),
            reach: Reach::anywhere(),
            memory,
            stop: stop.clone(),
        };
        let task = tokio::spawn(connector.run(session));
        Self {
            sink,
            status,
            outbox,
            stop,
            task,
        }
    }

    async fn connected(config: Value) -> Self {
        Self::start(config).once_connected().await
    }

    pub(super) async fn once_connected(self) -> Self {
        let run = self;
        let is_connected =
            async || (run.status.snapshot().health == Health::Connected).then_some(());
        wait::until("the session is open", DEADLINE, is_connected).await;
        run
    }

    pub(super) async fn has_numbers(&self, count: usize) {
        let all = async || (self.sink.numbers().len() == count).then_some(());
        wait::until("all numbers arrive", DEADLINE, all).await;
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        tokio::time::timeout(DEADLINE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

pub(super) fn config(url: &str, more: Value) -> Value {
    let mut config = json!({
        "url": url, "client_id": "vigie-test",
        "routes": [{ "topic": "t/{equipment}", "points": { "number": { "at": "/n" } } }],
    });
    config
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    config
}

pub(super) fn message(n: u32) -> (String, Vec<u8>) {
    ("t/device".to_owned(), format!("{{\"n\":{n}}}").into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huge_message_is_refused_and_the_next_ones_arrive() {
    let broker = Mosquitto::start().await;
    for version in [4, 5] {
        let limits = json!({ "version": version, "max_payload": 100_000 });
        let run = Run::connected(config(&broker.url(), limits)).await;
        let huge = ("t/device".to_owned(), vec![b'x'; 1 << 20]);
        let padded = format!("{{\"n\":1,\"pad\":\"{}\"}}", "x".repeat(90_000));
        let large = ("t/device".to_owned(), padded.into_bytes());
        Device::connect(broker.port())
            .publish([message(0), huge.clone(), large, huge, message(2)])
            .await;
        run.has_numbers(3).await;
        let refusals = run.sink.refusals();
        assert!(
            refusals
                .iter()
                .all(|refusal| refusal.reason == "too_large" && refusal.source == "t/device")
        );
        assert!(
            refusals
                .iter()
                .all(|refusal| refusal.excerpt.iter().all(|byte| *byte == b'x'))
        );
        assert_eq!(run.status.snapshot().refused, 2);
        run.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shared_subscription_gives_each_message_to_one_session() {
    let broker = Mosquitto::start().await;
    let member = |id: &str| {
        config(
            &broker.url(),
            json!({ "client_id": id, "share_group": "vigie", "version": 5 }),
        )
    };
    let (one, two) = (
        Run::connected(member("one")).await,
        Run::connected(member("two")).await,
    );
    Device::connect(broker.port())
        .publish((0..200).map(message))
        .await;
    let all = async || (one.sink.numbers().len() + two.sink.numbers().len() == 200).then_some(());
    wait::until("all numbers arrive", DEADLINE, all).await;
    assert!(!one.sink.numbers().is_empty() && !two.sink.numbers().is_empty());
    assert!(
        one.sink
            .numbers()
            .iter()
            .all(|n| !two.sink.numbers().contains(n))
    );
    one.end().await;
    two.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_outbox_is_sent_at_every_start_and_on_every_change() {
    let mut broker = Mosquitto::start().await;
    let run = Run::connected(config(&broker.url(), json!({}))).await;
    let put = |payload: &str| {
        run.outbox.put(Outbound {
            topic: "display".into(),
            payload: payload.into(),
            qos: 1,
            retain: true,
        });
    };
    put("12");
    assert_eq!(retained(broker.port(), "12").await, "12");
    put("11");
    assert_eq!(retained(broker.port(), "11").await, "11");
    broker.stop().await;
    broker.resume().await;
    assert_eq!(retained(broker.port(), "11").await, "11");
    run.end().await;
}

/// What the topic `display` says, once it says `wanted`.
async fn retained(port: u16, wanted: &str) -> String {
    let options = MqttOptions::new(
        format!("reader-{:08x}", rand::random::<u32>()),
        "127.0.0.1",
        port,
    );
    let (client, mut events) = AsyncClient::new(options, 10);
    client.subscribe("display", QoS::AtLeastOnce).await.unwrap();
    let read = async {
        loop {
            if let Ok(Event::Incoming(Packet::Publish(publish))) = events.poll().await {
                let text = String::from_utf8(publish.payload.to_vec()).unwrap();
                if text == wanted {
                    return text;
                }
            }
        }
    };
    tokio::time::timeout(DEADLINE, read)
        .await
        .expect("the display is told")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_bytes_of_a_broker_end_the_connector() {
    let seed = Seed::new();
    let mut rng = seed.rng();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let run = Run::start(config(&url, json!({})));
    for _ in 0..6 {
        let (mut stream, _) = tokio::time::timeout(DEADLINE * 3, listener.accept())
            .await
            .expect("it comes back")
            .unwrap();
        let mut hello = [0; 512];
        let _ = stream.read(&mut hello).await.unwrap();
        let mut bytes = vec![0x20, 2, 0, 0, 0x90, 3, 0, 1, 1];
        bytes.extend((0..rng.random_range(1..400)).map(|_| rng.random::<u8>()));
        let _ = stream.write_all(&bytes).await;
    }
    assert!(!run.task.is_finished());
    run.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_told_and_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let run = Run::start(config(&url, json!({ "username": "u", "password": "p" })));
    for _ in 0..2 {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut hello = [0; 512];
        let _ = stream.read(&mut hello).await.unwrap();
        stream.write_all(&[0x20, 2, 0, 4]).await.unwrap();
    }
    let told = async || {
        run.status
            .snapshot()
            .last_error
            .filter(|error| error.contains("password"))
    };
    wait::until("the status says why", DEADLINE, told).await;
    run.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn topics_that_no_route_wants_any_more_do_not_come_any_more() {
    let broker = Mosquitto::start().await;
    for version in [4, 5] {
        let memory: Arc<ShortMemory> = Arc::default();
        let id = format!("rerouted-{version}");
        let with_topic = |topic: &str| {
            let routes = json!([{ "topic": topic, "points": { "number": { "at": "/n" } } }]);
            let more = json!({ "client_id": id, "version": version, "routes": routes });
            config(&broker.url(), more)
        };
        let former = Run::start_with(with_topic("old/{equipment}"), memory.clone());
        former.once_connected().await.end().await;

        let run = Run::start_with(with_topic("new/{equipment}"), memory)
            .once_connected()
            .await;
        let message = |topic: &str, n| {
            (
                format!("{topic}/device"),
                format!("{{\"n\":{n}}}").into_bytes(),
            )
        };
        Device::connect(broker.port())
            .publish([message("old", 1), message("new", 2)])
            .await;
        run.has_numbers(1).await;
        assert_eq!(run.sink.numbers(), [2]);
        assert!(run.sink.refusals().is_empty(), "{:?}", run.sink.refusals());
        assert_eq!(run.status.snapshot().messages, 1);
        run.end().await;
    }
}

/// Bytes of a broker that keeps the session: CONNACK and SUBACK.
const WELCOME_BACK: [u8; 9] = [0x20, 2, 1, 0, 0x90, 3, 0, 1, 1];

/// PUBLISH of `t/d` with packet id 7: first byte, number.
fn numbered(first: u8, number: u8) -> Vec<u8> {
    let body = [
        &[0, 3][..],
        b"t/d",
        &[0, 7],
        format!("{{\"n\":{number}}}").as_bytes(),
    ]
    .concat();
    [&[first, body.len() as u8][..], &body].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_the_broker_sends_again_is_stored_once_and_acknowledged_again() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("mqtt://{}", listener.local_addr().unwrap());
    let run = Run::start(config(&url, json!({})));
    let (first, again) = (0x32, 0x3A);
    for (sent, stored) in [
        (numbered(first, 1), 1),
        (numbered(again, 1), 1),
        (numbered(again, 2), 2),
    ] {
        let (mut stream, _) = tokio::time::timeout(DEADLINE, listener.accept())
            .await
            .expect("it comes back")
            .unwrap();
        let mut heard = [0; 512];
        let _hello = stream.read(&mut heard).await.unwrap();
        stream.write_all(&WELCOME_BACK).await.unwrap();
        stream.write_all(&sent).await.unwrap();
        let puback = [0x40, 2, 0, 7];
        let acknowledged = async {
            let mut all = Vec::new();
            while !all.ends_with(&puback) {
                all.push(stream.read_u8().await.unwrap());
            }
        };
        tokio::time::timeout(DEADLINE, acknowledged)
            .await
            .expect("a PUBACK");
        assert_eq!(run.sink.stored(), stored, "{sent:?}");
    }
    run.end().await;
}
