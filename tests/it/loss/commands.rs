//! A command is never sent twice: the platform is killed between sending it and its confirmation,
//! and while it waits for its connection.

use super::installation::anybody;
use crate::support::{Backend, Mosquitto, Postgres, Vigie, wait};
use reqwest::{Method, StatusCode};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const CLIENT: &str = "gate";
const DEADLINE: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_sent_and_confirmed_sends_nothing_twice_on_sqlite() {
    kills_send_nothing_twice(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_sent_and_confirmed_sends_nothing_twice_on_postgres() {
    kills_send_nothing_twice(Backend::Postgres).await;
}

async fn kills_send_nothing_twice(backend: Backend) {
    let mut broker = Mosquitto::start().await;
    let postgres = match backend {
        Backend::Sqlite => None,
        Backend::Postgres => Some(Postgres::start().await),
    };
    let mut vigie = match &postgres {
        None => Vigie::on_sqlite(),
        Some(server) => Vigie::on_postgres(&server.url()),
    };
    vigie.apply(&manifest(&broker.url()));
    let key = vigie.must_run(&[
        "api-keys",
        "create",
        CLIENT,
        "tests",
        "--quiet",
        "--scope",
        "read",
        "--scope",
        "configure",
    ]);
    let key = key.trim().to_owned();
    vigie.start().await;
    let mut gate = Gate::listen(broker.port()).await;

    // Sent, and killed before the gate says anything.
    let point = vigie
        .point(CLIENT, &key, "gate-1", "state")
        .await
        .expect("the gate has a state");
    let first = command(&vigie, &key, point).await;
    assert_eq!(gate.told().await, "OPEN 1");
    vigie.kill();
    vigie.start().await;
    let ended = until_final(&vigie, &key, first).await;
    assert_eq!(
        (&ended["state"], &ended["reason"]),
        (&json!("failed"), &json!("interrupted"))
    );

    // Pending, because the broker is away, and killed: sent once, when it is back.
    drop(gate);
    broker.stop().await;
    wait::until("the connection is lost", DEADLINE, async || {
        let all = vigie.get(CLIENT, &key, "/api/v1/connections").await;
        (all["items"][0]["status"]["health"] != "connected").then_some(())
    })
    .await;
    let second = command(&vigie, &key, point).await;
    let row = one(&vigie, &key, second).await;
    assert_eq!(row["state"], "pending");
    vigie.kill();
    broker.resume().await;
    let mut gate = Gate::listen(broker.port()).await;
    vigie.start().await;
    assert_eq!(gate.told().await, "OPEN 1");
    // What is said after it is the next thing the gate hears: no second command between.
    gate.say("gates/gate-1/state", "1").await;
    let ended = until_final(&vigie, &key, second).await;
    assert_eq!(ended["state"], "confirmed", "{ended}");
    vigie.kill();
    vigie.start().await;
    let third = command(&vigie, &key, point).await;
    gate.say("gates/gate-1/cmd", "marker").await;
    let mut heard = vec![gate.told().await, gate.told().await];
    heard.sort();
    assert_eq!(heard, ["OPEN 1", "marker"], "only the third");
    assert!(third > second);
}

/// The barrier's controller: hears its commands, and says things.
struct Gate {
    client: AsyncClient,
    heard: UnboundedReceiver<String>,
    driver: JoinHandle<()>,
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Gate {
    async fn listen(port: u16) -> Self {
        let login = anybody("gate");
        let (client, events) =
            AsyncClient::new(MqttOptions::new(login.client_id, "127.0.0.1", port), 20);
        client
            .subscribe("gates/+/cmd", QoS::AtLeastOnce)
            .await
            .expect("the broker takes it");
        let (tell, heard) = unbounded_channel();
        let (listens, listening) = oneshot::channel();
        let driver = tokio::spawn(drive(events, listens, tell));
        timeout(DEADLINE, listening)
            .await
            .ok()
            .and_then(Result::ok)
            .expect("the gate listens");
        Self {
            client,
            heard,
            driver,
        }
    }

    async fn told(&mut self) -> String {
        timeout(DEADLINE, self.heard.recv())
            .await
            .ok()
            .flatten()
            .expect("the gate is told something")
    }

    async fn say(&self, topic: &str, payload: &str) {
        self.client
            .publish(topic, QoS::AtLeastOnce, false, payload)
            .await
            .expect("the broker takes it");
    }
}

async fn drive(
    mut events: EventLoop,
    listens: oneshot::Sender<()>,
    hears: UnboundedSender<String>,
) {
    let mut listens = Some(listens);
    while let Ok(event) = events.poll().await {
        match event {
            Event::Incoming(Packet::SubAck(_)) => {
                listens.take().map(|listens| listens.send(()));
            }
            Event::Incoming(Packet::Publish(publish)) => {
                let text = String::from_utf8_lossy(&publish.payload).into_owned();
                if hears.send(text).is_err() {
                    return;
                }
            }
            _ => {}
        }
    }
}

async fn command(vigie: &Vigie, key: &str, point: i64) -> i64 {
    let path = format!("/api/v1/points/{point}/command");
    let request = vigie.request(Method::POST, CLIENT, &path).bearer_auth(key);
    let answer = request
        .json(&json!({ "value": "OPENED", "confirm": true }))
        .send()
        .await
        .expect("an answer");
    let (status, body) = (answer.status(), answer.text().await.expect("a body"));
    assert_eq!(status, StatusCode::ACCEPTED, "{body}");
    let body: Value = serde_json::from_str(&body).expect("JSON");
    body["id"].as_i64().expect("an id")
}

async fn one(vigie: &Vigie, key: &str, id: i64) -> Value {
    vigie
        .get(CLIENT, key, &format!("/api/v1/commands/{id}"))
        .await
}

async fn until_final(vigie: &Vigie, key: &str, id: i64) -> Value {
    wait::until("the command has its last word", DEADLINE, async || {
        let row = one(vigie, key, id).await;
        let state = row["state"].as_str().unwrap_or_default().to_owned();
        (state != "pending" && state != "sent").then_some(row)
    })
    .await
}

fn manifest(broker: &str) -> String {
    format!(
        r#"
[client]
slug = "{CLIENT}"
name = "Gate"
locale = "en"
time_zone = "UTC"

[[sites]]
key = "yard"
name = "Yard"

[[types]]
key = "gate"
name = "Gate"
points = [
  {{ key = "state", name = "State", kind = "state", states = {{ CLOSED = 0, OPENED = 1 }}, command = {{ confirm = true, timeout = "60s" }} }},
]

[[equipment]]
key = "gate-1"
name = "Gate 1"
site = "yard"
type = "gate"

[[connections]]
key = "broker"
name = "Broker"
protocol = "mqtt"
url = "{broker}"

[[connections.routes]]
topic = "gates/{{equipment}}/state"
points.state = {{}}

[[connections.commands]]
topic = "gates/{{equipment}}/cmd"
point = "state"
payload = "{{state}} {{value}}"
states = {{ OPEN = 1, CLOSE = 0 }}
"#
    )
}
