//! Dialects over a real broker, spoken by programs of others: an edge node of Sparkplug B, a GX device.

use crate::support::{Mosquitto, Peer, now_ms, wait};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    Address, ArrivalClock, Commands, Connector, ConnectorError, Delivery, Health, Outbox, Progress,
    Reach, Reading, ReadingSink, ReadingValue, Session, Settlement, Settling, ShortMemory,
    StatusBoard, Trace,
};
use vigie_dialects::Known;
use vigie_mqtt::MqttConfig;

const DEADLINE: Duration = Duration::from_secs(20);

/// Keeps all readings.
#[derive(Debug, Default)]
struct Recorder(Mutex<Vec<Reading>>);

impl ReadingSink for Recorder {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        let readings = delivery.readings.iter().cloned();
        self.0.lock().unwrap().extend(readings);
        Box::pin(async { Ok(Settlement::default()) })
    }
}

/// A connection with one route in a dialect.
struct Run {
    sink: Arc<Recorder>,
    commands: Commands,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Run {
    async fn start(broker: &Mosquitto, version: u8, route: Value) -> Self {
        Self::start_with(broker, version, route, json!([])).await
    }

    async fn start_with(broker: &Mosquitto, version: u8, route: Value, commands: Value) -> Self {
        let config = json!({
            "url": broker.url(), "version": version, "client_id": "vigie-test", "routes": [route],
            "commands": commands,
        });
        let config: MqttConfig = serde_json::from_value(config).unwrap();
        let connector = config.into_connector_with(TimeZone::UTC, &Known).unwrap();
        let (sink, status) = (Arc::<Recorder>::default(), StatusBoard::default());
        let commands = Commands::default();
        let stop = CancellationToken::new();
        let session = Session {
            sink: sink.clone(),
            status: status.clone(),
            clock: ArrivalClock::new(|| now_ms() * 1_000),
            outbox: Outbox::default(),
            commands: commands.clone(),
            trace: Trace::default(),
            memory: Arc::<ShortMemory>::default(),
            reach: Reach::anywhere(),
            stop: stop.clone(),
        };
        let task = tokio::spawn(Box::new(connector).run(session));
        let is_open = async || (status.snapshot().health == Health::Connected).then_some(());
        wait::until("the session is open", DEADLINE, is_open).await;
        Self {
            sink,
            commands,
            stop,
            task,
        }
    }

    /// Until the newest value of a point is this one.
    async fn tells(&self, equipment: &str, point: &str, value: &str) {
        let what = format!("{equipment} {point} is {value}");
        let is_so = async || {
            let readings = self.sink.0.lock().unwrap();
            let is_it = |one: &&Reading| {
                *one.address.equipment == *equipment && *one.address.point == *point
            };
            let newest = readings.iter().rev().find(is_it)?;
            (newest.value.to_string() == value).then_some(())
        };
        wait::until(&what, DEADLINE, is_so).await;
    }

    /// What comes of a command to a point of an equipment.
    async fn command(&self, equipment: &str, point: &str, value: ReadingValue) -> Progress {
        let address = Address {
            equipment: equipment.into(),
            point: point.into(),
        };
        let expires = Instant::now() + DEADLINE;
        let offered = self.commands.offer(address, Some(value), None, expires);
        let mut progress = offered.unwrap();
        loop {
            match progress.next().await.expect("a last word") {
                Progress::Sent => {}
                last => return last,
            }
        }
    }

    async fn end(self) {
        self.stop.cancel();
        let ended = tokio::time::timeout(DEADLINE, self.task).await;
        ended.unwrap().unwrap().unwrap();
    }
}

/// What the broker keeps for those who come later.
async fn retained(broker: &Mosquitto, topic: &str) -> Value {
    let port = broker.port().to_string();
    let told = tokio::process::Command::new("mosquitto_sub")
        .args([
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-t",
            topic,
            "-C",
            "1",
            "-W",
            "10",
        ])
        .output()
        .await
        .unwrap();
    serde_json::from_slice(&told.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edge_node_is_heard_asked_for_births_and_missed_when_it_dies() {
    let broker = Mosquitto::start().await;
    let port = broker.port().to_string();
    for version in [4, 5] {
        let route = json!({ "topic": "spBv1.0/plant/#", "dialect": "sparkplug" });
        let run = Run::start(&broker, version, route).await;
        assert_eq!(
            retained(&broker, "spBv1.0/STATE/vigie").await["online"],
            true
        );

        let mut edge = Peer::start("VIGIE_TEST_SPARKPLUG", "sparkplug.py", &[port.as_str()]);
        run.tells("gateway-pack", "pack_soc", "80").await;
        run.tells("gateway", "online", "true").await;
        edge.prints("born").await;
        edge.tell("device 79.5");
        run.tells("gateway-pack", "pack_soc", "79.5").await;

        edge.tell("lose 2");
        edge.prints("rebirth").await;
        edge.tell("birth");
        edge.prints_often("born", 2).await;
        edge.tell("device 78");
        run.tells("gateway-pack", "pack_soc", "78").await;

        drop(edge);
        run.tells("gateway", "online", "false").await;
        run.tells("gateway-pack", "online", "false").await;
        run.end().await;
        assert_eq!(
            retained(&broker, "spBv1.0/STATE/vigie").await["online"],
            false
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gx_device_is_woken_and_its_services_are_equipment() {
    let broker = Mosquitto::start().await;
    let gx = Peer::start(
        "VIGIE_TEST_PYTHON",
        "gx.py",
        &[broker.port().to_string().as_str()],
    );
    let route = json!({
        "topic": "N/{portal}/{service}/{instance}/#", "equipment": "{service}-{instance}",
        "dialect": "victron", "options": { "portals": ["c0619ab1"] },
    });
    // It may not be listening yet when it is woken first: each session wakes it anew.
    let woken = async || {
        let run = Run::start(&broker, 4, route.clone()).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        if gx.printed().is_empty() {
            run.end().await;
            return None;
        }
        Some(run)
    };
    let run = wait::until("the device is woken", DEADLINE, woken).await;
    gx.prints("keepalive ").await;
    run.tells("battery-512", "power", "936").await;
    run.tells("battery-512", "soc", "81.5").await;
    run.tells("battery-512", "online", "true").await;
    run.tells("battery-513", "online", "false").await;
    run.tells("grid-30", "power", "-250").await;
    run.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_metric_is_told_what_to_become_and_its_report_confirms() {
    let broker = Mosquitto::start().await;
    let port = broker.port().to_string();
    let route = json!({ "topic": "spBv1.0/plant/#", "dialect": "sparkplug" });
    let commands = json!([
        { "dialect": "sparkplug", "point": "pack_limit" },
        { "dialect": "sparkplug", "point": "mode", "item": "Mode", "states": { "ECO": 1 } },
        { "dialect": "sparkplug", "point": "pack_soc" },
    ]);
    let run = Run::start_with(&broker, 4, route, commands).await;
    let failed = async |equipment: &str, point: &str, value| match run
        .command(equipment, point, ReadingValue::Number(value))
        .await
    {
        Progress::Failed(fault) => fault.reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        failed("gateway-pack", "pack_limit", 40.0).await,
        "not_connected"
    );

    let edge = Peer::start("VIGIE_TEST_SPARKPLUG", "sparkplug.py", &[port.as_str()]);
    run.tells("gateway-pack", "pack_soc", "80").await;
    let limit = ReadingValue::Number(40.0);
    let told = run
        .command("gateway-pack", "pack_limit", limit.clone())
        .await;
    assert_eq!(told, Progress::Confirmed(Some(limit)));
    edge.prints("told Pack/Limit 40").await;
    let told = run
        .command("gateway", "mode", ReadingValue::Number(1.0))
        .await;
    assert_eq!(
        told,
        Progress::Confirmed(Some(ReadingValue::State("ECO".into())))
    );
    edge.prints("told Mode ECO").await;
    assert_eq!(failed("gateway-pack", "pack_limit", 40.5).await, "refused");
    assert_eq!(failed("gateway", "pack_soc", 1.0).await, "no_such_point");
    run.end().await;
}
