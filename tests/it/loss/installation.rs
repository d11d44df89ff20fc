//! A Vigie with one client that counts, fed through the endpoint and through a broker.

use super::load::Counter;
use crate::support::device::Login;
use crate::support::{Backend, Mosquitto, Postgres, Vigie, now_ms, wait};
use std::time::Duration;

/// The client of these tests.
pub const CLIENT: &str = "load";
const PASSWORD: &str = "a password of thirty characters";
const DEVICES: usize = 2;
/// A device clock some minutes behind: its stamps stay in the past however long a test runs.
const START_BEFORE_NOW_MS: i64 = 50 * 60 * 1000;
const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// The node, what it stands on, and a key to ask it.
pub struct Installation {
    /// The platform under test.
    pub vigie: Vigie,
    /// The database server under it, unless it is SQLite.
    pub postgres: Option<Postgres>,
    /// The broker it listens to.
    pub broker: Mosquitto,
    key: String,
}

impl Installation {
    /// Everything started, both ways in proven open.
    pub async fn start(backend: Backend) -> Self {
        let broker = Mosquitto::start().await;
        let postgres = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Postgres::start().await),
        };
        let vigie = match &postgres {
            None => Vigie::on_sqlite(),
            Some(server) => Vigie::on_postgres(&server.url()),
        };
        let mut vigie = vigie.with("LOAD_PASSWORD", PASSWORD);
        vigie.apply(&manifest(&broker.url()));
        let key = vigie.api_key(CLIENT);
        vigie.start().await;
        let installation = Self {
            vigie,
            postgres,
            broker,
            key,
        };
        installation.until_both_ways_are_open().await;
        installation
    }

    /// Devices at the built-in endpoint and devices at the broker.
    pub fn counters(&self) -> Vec<Counter> {
        let start_ms = now_ms() - START_BEFORE_NOW_MS;
        let numbered = 1..=DEVICES;
        let direct = numbered.clone().map(|n| {
            let equipment = format!("endpoint-{n}");
            let login = device(&equipment);
            Counter::new(&equipment, self.vigie.mqtt_port(), login, start_ms)
        });
        let brokered = numbered.map(|n| {
            let equipment = format!("broker-{n}");
            let login = anybody(&equipment);
            Counter::new(&equipment, self.broker.port(), login, start_ms)
        });
        direct.chain(brokered).collect()
    }

    /// Stamp in microseconds and value of every sample of a point.
    pub async fn samples(&self, equipment: &str, point: &str) -> Vec<(i64, f64)> {
        self.vigie
            .samples(CLIENT, &self.key, equipment, point)
            .await
    }

    /// The newest value of a point, if it has one.
    pub async fn last(&self, equipment: &str) -> Option<f64> {
        self.samples(equipment, "seq")
            .await
            .last()
            .map(|(_, value)| *value)
    }

    /// A probe through each way until it is stored: subscriptions are made after the start.
    async fn until_both_ways_are_open(&self) {
        for (equipment, port, login) in [
            ("endpoint-probe", self.vigie.mqtt_port(), device("probe")),
            ("broker-probe", self.broker.port(), anybody("probe")),
        ] {
            let start_ms = now_ms() - START_BEFORE_NOW_MS;
            let probe = Counter::new(equipment, port, login, start_ms);
            wait::until(&format!("{equipment} is stored"), SEEN_WITHIN, async || {
                let stop = tokio_util::sync::CancellationToken::new();
                let some = Duration::from_millis(100);
                let _elapsed = tokio::time::timeout(some, probe.count(&stop)).await;
                self.last(equipment).await
            })
            .await;
        }
    }
}

/// The credential of the one device at the built-in endpoint.
pub fn device(client_id: &str) -> Login {
    Login {
        username: format!("{CLIENT}/gateway"),
        password: PASSWORD.to_owned(),
        client_id: client_id.to_owned(),
    }
}

/// A broker that lets everybody in.
pub fn anybody(client_id: &str) -> Login {
    Login {
        username: String::new(),
        password: String::new(),
        client_id: client_id.to_owned(),
    }
}

fn manifest(broker: &str) -> String {
    format!(
        r#"
[client]
slug = "{CLIENT}"
name = "Load"
locale = "en"
time_zone = "UTC"

[[devices]]
name = "gateway"
password = {{ env = "LOAD_PASSWORD" }}

[[sites]]
key = "yard"
name = "Yard"

[[types]]
key = "counter"
name = "Counter"
name_fr = "Compteur"
icon = "i-meter"

[[types.points]]
key = "seq"
name = "Number"
name_fr = "Numéro"
kind = "number"

[[connections]]
key = "endpoint"
name = "Devices"
protocol = "mqtt-endpoint"

[[connections.routes]]
topic = "load/{{equipment}}"
site = "yard"
type = "counter"
time = "/ts"
points.seq = {{ at = "/seq" }}

[[connections]]
key = "broker"
name = "Broker"
protocol = "mqtt"
url = "{broker}"
client_id = "vigie-load"

[[connections.routes]]
topic = "load/{{equipment}}"
site = "yard"
type = "counter"
time = "/ts"
points.seq = {{ at = "/seq" }}
"#
    )
}
