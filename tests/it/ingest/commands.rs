//! Commands from the table to a device and back: through a broker, through the endpoint, and
//! from a device that may command itself.

use super::workshop::{DEADLINE, PASSWORD, PLANT, Workshop};
use crate::support::{Backend, Mosquitto, wait};
use crate::tenancy::home::{Home, NOON};
use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use vigie::domain::audit::Actor;
use vigie::domain::{CommandId, CommandState, Role, Timestamp};
use vigie::store::tenant::{CommandRow, PointRow, commands as table, equipment, points, rejects};
use vigie::tenancy::commands::{self, Asker, CommandError, Wanted};
use vigie_mqtt_endpoint::{Broker, Config};

/// How a pack of these tests is told to charge, whatever it is connected to.
const RULES: &str = r#"
[[connections.routes]]
topic = "packs/{equipment}/state"
points.state = { states = { idle = 0, charging = 1 } }

[[connections.commands]]
topic = "packs/{equipment}/cmd"
point = "state"
payload = '{"go":"{state}"}'
states = { CHARGE = 1, REST = 0 }
"#;

pub(super) fn plant(timeout: &str, connection: &str) -> String {
    let policy = format!(
        "points.state = {{ command = {{ role = \"operator\", per_minute = 3, timeout = \"{timeout}\" }} }}"
    );
    format!("{PLANT}{policy}\n{connection}{RULES}")
}

pub(super) fn through_broker(url: &str) -> String {
    format!(
        "[[connections]]\nkey = \"field\"\nname = \"Field\"\nprotocol = \"mqtt\"\nurl = \"{url}\"\n"
    )
}

async fn point(shop: &Workshop) -> PointRow {
    point_of(shop, "pack-1").await
}

/// The state of a pack.
pub(super) async fn point_of(shop: &Workshop, pack: &str) -> PointRow {
    let db = shop.client.scope().db();
    let pack = equipment::find_by_key(db, pack).await.unwrap().unwrap();
    let all = points::list_of(db, pack.id).await.unwrap();
    all.into_iter()
        .find(|point| point.spec.key == "state")
        .unwrap()
}

fn asker(actor: &Actor, at: Timestamp) -> Asker<'_> {
    let rank = Role::Operator;
    Asker { actor, rank, at }
}

async fn ask(shop: &Workshop, value: f64, word: Option<&str>) -> Result<CommandRow, CommandError> {
    let point = point(shop).await;
    let wanted = Wanted {
        point: &point,
        equipment: "pack-1",
        value: Some(value),
        is_meant: false,
        word,
    };
    let db = shop.client.scope().db();
    let asked = commands::ask(db, asker(&Actor::COMMAND, NOON), wanted).await;
    shop.client.commanded(point.id);
    asked
}

pub(super) async fn ended(shop: &Workshop, id: CommandId) -> CommandRow {
    let db = shop.client.scope().db();
    wait::until("the command has its last word", DEADLINE, async || {
        let row = table::find(db, id).await.unwrap().unwrap();
        row.state.is_final().then_some(row)
    })
    .await
}

/// A pack that hears its commands, and obeys them when it is told to.
pub(super) struct Pack {
    client: AsyncClient,
    events: EventLoop,
}

impl Pack {
    pub(super) async fn listen(port: u16, login: Option<(&str, &str)>) -> Self {
        let id = format!("pack-{:08x}", rand::random::<u32>());
        let mut options = MqttOptions::new(id, "127.0.0.1", port);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        let (client, mut events) = AsyncClient::new(options, 100);
        client
            .subscribe("packs/+/cmd", QoS::AtLeastOnce)
            .await
            .unwrap();
        until(&mut events, |event| {
            matches!(event, Event::Incoming(Packet::SubAck(_))).then_some(())
        })
        .await;
        Self { client, events }
    }

    /// The next command, as it came.
    async fn told(&mut self) -> String {
        self.told_of("packs/pack-1/cmd").await
    }

    /// The next command on this topic.
    pub(super) async fn told_of(&mut self, topic: &str) -> String {
        until(&mut self.events, |event| match event {
            Event::Incoming(Packet::Publish(publish)) if publish.topic == topic => {
                Some(String::from_utf8(publish.payload.to_vec()).unwrap())
            }
            _ => None,
        })
        .await
    }

    pub(super) async fn say(&mut self, topic: &str, payload: &str) {
        self.client
            .publish(topic, QoS::AtLeastOnce, false, payload)
            .await
            .unwrap();
        until(&mut self.events, |event| {
            matches!(event, Event::Incoming(Packet::PubAck(_))).then_some(())
        })
        .await;
    }
}

async fn until<T>(events: &mut EventLoop, wanted: impl Fn(&Event) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = wanted(&events.poll().await.unwrap()) {
                return found;
            }
        }
    };
    tokio::time::timeout(DEADLINE, found)
        .await
        .expect("it comes")
}

pub(super) async fn until_connected(shop: &Workshop) {
    let is_connected = async || {
        let views = shop.client.connections();
        let mut all = views.iter();
        all.any(|view| view.status.health == vigie_contract::Health::Connected)
            .then_some(())
    };
    wait::until("the connection is there", DEADLINE, is_connected).await;
}

async fn a_command_reaches_the_device_and_its_state_confirms_it(backend: Backend) {
    let broker = Mosquitto::start().await;
    let home = Home::new(backend).await;
    let shop = Workshop::open(&home, &plant("20s", &through_broker(&broker.url()))).await;
    until_connected(&shop).await;
    let mut pack = Pack::listen(broker.port(), None).await;
    let asked = ask(&shop, 1.0, Some("once")).await.unwrap();
    assert_eq!(pack.told().await, r#"{"go":"CHARGE"}"#);
    let again = ask(&shop, 1.0, Some("once")).await.unwrap();
    assert_eq!(again.id, asked.id, "the same word is the same command");
    assert!(matches!(
        ask(&shop, 0.0, Some("once")).await,
        Err(CommandError::OtherCommand)
    ));
    pack.say("packs/pack-1/state", "charging").await;
    let row = ended(&shop, asked.id).await;
    assert_eq!(
        (row.state, row.read_back),
        (CommandState::Confirmed, Some(1.0))
    );
    assert_eq!(row.connection.as_deref(), Some("field"));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_confirmed_on_sqlite() {
    a_command_reaches_the_device_and_its_state_confirms_it(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_is_confirmed_on_postgres() {
    a_command_reaches_the_device_and_its_state_confirms_it(Backend::Postgres).await;
}

async fn a_policy_is_held_and_what_is_pending_can_be_taken_back(backend: Backend) {
    let home = Home::new(backend).await;
    // Nobody listens on this port: the connection waits, and so do commands.
    let shop = Workshop::open(&home, &plant("200s", &through_broker("mqtt://127.0.0.1:9"))).await;
    let asked = ask(&shop, 1.0, None).await.unwrap();
    assert_eq!(asked.state, CommandState::Pending);
    assert!(matches!(
        ask(&shop, 7.0, None).await,
        Err(CommandError::Value(_))
    ));
    let (db, point) = (shop.client.scope().db(), point(&shop).await);
    let actor = Actor::COMMAND;
    let by = asker(&actor, NOON);
    commands::cancel(db, by, asked.id, &point, "pack-1")
        .await
        .unwrap();
    let late = commands::cancel(db, by, asked.id, &point, "pack-1").await;
    assert!(matches!(
        late,
        Err(CommandError::TooLate(CommandState::Cancelled))
    ));
    for _ in 0..2 {
        ask(&shop, 1.0, None).await.unwrap();
    }
    let fourth = ask(&shop, 1.0, None).await;
    assert!(matches!(
        fourth,
        Err(CommandError::TooOften { per_minute: 3 })
    ));
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_held_on_sqlite() {
    a_policy_is_held_and_what_is_pending_can_be_taken_back(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_held_on_postgres() {
    a_policy_is_held_and_what_is_pending_can_be_taken_back(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_connection_can_write_and_what_nobody_confirms_fails_with_its_reason() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &plant("2s", &through_broker(&broker.url()))).await;
    until_connected(&shop).await;
    let mut pack = Pack::listen(broker.port(), None).await;
    let asked = ask(&shop, 1.0, None).await.unwrap();
    pack.told().await;
    let row = ended(&shop, asked.id).await;
    assert_eq!(row.reason.as_deref(), Some("no_answer"));
    let policy = "points.state = { command = { role = \"operator\" } }\n";
    shop.change(&format!("{PLANT}{policy}")).await;
    wait::until("the connection is gone", DEADLINE, async || {
        shop.client.connections().is_empty().then_some(())
    })
    .await;
    let asked = ask(&shop, 1.0, None).await.unwrap();
    let row = ended(&shop, asked.id).await;
    assert_eq!(row.reason.as_deref(), Some("not_writable"));
    shop.close().await;
}

/// A pack that may only report, a desk that may command, and the connection they come over.
pub(super) const DEVICES: &str = r#"
[[devices]]
name = "pack"
password = { env = "DEVICE_PASSWORD" }

[[devices]]
name = "desk"
password = { env = "DEVICE_PASSWORD" }
may_command = true

[[connections]]
key = "devices"
name = "Devices"
protocol = "mqtt-endpoint"
"#;

async fn served(home: &Home, more: &str) -> (Workshop, Arc<Broker>, u16) {
    served_with(home, &(plant("20s", DEVICES) + more)).await
}

/// A client with the built-in endpoint on a port of the loopback.
pub(super) async fn served_with(home: &Home, manifest: &str) -> (Workshop, Arc<Broker>, u16) {
    let shop = Workshop::open(home, manifest).await;
    let broker = Broker::new(Config::default(), shop.endpoint.clone());
    shop.endpoint.attach(&broker);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = broker.clone();
    tokio::spawn(async move { server.serve(listener, CancellationToken::new()).await });
    until_connected(&shop).await;
    (shop, broker, port)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_at_the_endpoint_is_commanded_and_one_that_is_away_is_not_waited_for() {
    let home = Home::new(Backend::Sqlite).await;
    let (shop, broker, port) = served(&home, "").await;
    let asked = ask(&shop, 1.0, None).await.unwrap();
    let row = ended(&shop, asked.id).await;
    assert_eq!(
        row.reason.as_deref(),
        Some("not_connected"),
        "nobody listens"
    );
    let mut pack = Pack::listen(port, Some(("plant/pack", PASSWORD))).await;
    let asked = ask(&shop, 1.0, None).await.unwrap();
    assert_eq!(pack.told().await, r#"{"go":"CHARGE"}"#);
    pack.say("packs/pack-1/state", "charging").await;
    let row = ended(&shop, asked.id).await;
    assert_eq!(
        (row.state, row.read_back),
        (CommandState::Confirmed, Some(1.0))
    );
    broker.close().await;
    shop.close().await;
}

pub(super) const OVERRIDE: &str = r#"
[[connections.obey]]
topic = "admin/override"
at = "/cmd"
is = "FORCE"
command = { equipment = ["pack-1"], point = "state", value = "CHARGING" }

[[connections.obey]]
topic = "config/new"
at = "/cmd"
is = "ADD"
create = { key = "/id", type = "pack", site = "hall" }
"#;

#[tokio::test(flavor = "multi_thread")]
async fn only_a_device_whose_credential_may_command_is_obeyed() {
    let home = Home::new(Backend::Sqlite).await;
    let (shop, broker, port) = served(&home, OVERRIDE).await;
    let db = shop.client.scope().db();
    let mut pack = Pack::listen(port, Some(("plant/pack", PASSWORD))).await;
    let mut other = Pack::listen(port, Some(("plant/pack", PASSWORD))).await;
    let mut desk = Pack::listen(port, Some(("plant/desk", PASSWORD))).await;
    pack.say("admin/override", r#"{"cmd":"FORCE"}"#).await;
    pack.say("packs/pack-1/cmd", r#"{"go":"FAKE"}"#).await;
    assert_eq!(table::list(db, i64::MAX, 10).await.unwrap(), []);
    desk.say("admin/override", r#"{"cmd":"FORCE"}"#).await;
    assert_eq!(
        other.told().await,
        r#"{"go":"CHARGE"}"#,
        "nobody heard the fake"
    );
    let rows = table::list(db, i64::MAX, 10).await.unwrap();
    assert_eq!(rows[0].command.asked_by, "devices");
    desk.say("config/new", r#"{"id":"B1","cmd":"ADD"}"#).await;
    assert!(equipment::find_by_key(db, "B1").await.unwrap().is_some());
    shop.client.ingest().flush().await.unwrap();
    let refused = rejects::counts(db).await.unwrap();
    let refused = refused
        .iter()
        .find(|row| row.reason == "not_authorised")
        .unwrap();
    assert_eq!(refused.n, 2);
    broker.close().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_shows_messages_both_ways_to_who_looks() {
    let broker = Mosquitto::start().await;
    let home = Home::new(Backend::Sqlite).await;
    let shop = Workshop::open(&home, &plant("20s", &through_broker(&broker.url()))).await;
    until_connected(&shop).await;
    let looking = Duration::from_secs(30);
    assert_eq!(shop.client.trace("field", 0, looking), Some(Vec::new()));
    assert_eq!(shop.client.trace("other", 0, looking), None);
    let mut pack = Pack::listen(broker.port(), None).await;
    ask(&shop, 1.0, None).await.unwrap();
    pack.told().await;
    pack.say("packs/pack-1/state", "charging").await;
    let lines = wait::until("both messages are shown", DEADLINE, async || {
        let lines = shop.client.trace("field", 0, looking)?;
        (lines.len() == 2).then_some(lines)
    })
    .await;
    assert_eq!(lines[0].source, "packs/pack-1/cmd");
    assert_eq!(lines[1].decoded, "pack-1/state = 1");
    shop.close().await;
}
