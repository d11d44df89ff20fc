//! Everything a serving process runs: built, started and stopped in one order.

use super::door::Door;
use super::http;
use crate::config::{self, Settings};
use crate::domain::Clock;
use crate::identity;
use crate::ingest::endpoint::Endpoint;
use crate::ingest::{Reach, inward, outward};
use crate::live::Hub;
use crate::notify::Postman;
use crate::runtime::{Platform, PlatformConfig};
use crate::tenancy::{DataFolderLock, Directory, DirectoryConfig, Network};
use crate::web::{self, AppState};
use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vigie_mqtt_endpoint::{Broker, ServerConfig};

/// How long open requests may take to end once we stop.
const GRACE: Duration = Duration::from_secs(5);
/// Buckets of durations, in seconds.
const SECONDS: [f64; 12] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Buckets of batch sizes.
const SAMPLES: [f64; 7] = [1.0, 10.0, 100.0, 1_000.0, 10_000.0, 50_000.0, 200_000.0];
/// How often counters that nobody asks for are folded.
const METRICS_UPKEEP: Duration = Duration::from_secs(5);

/// The services of a process, opened and not yet reachable.
pub(super) struct Server {
    pub(super) platform: Arc<Platform>,
    hub: Hub,
    broker: Arc<Broker>,
    postman: Option<Arc<Postman>>,
    metrics: PrometheusHandle,
    settings: Settings,
}

/// The sockets of a process, bound and not yet served.
pub(super) struct Doors {
    /// The portal and the API.
    pub(super) web: TcpListener,
    /// The MQTT endpoint, where it is on.
    pub(super) mqtt: Option<TcpListener>,
    /// The same over TLS.
    pub(super) mqtt_tls: Option<(TcpListener, Arc<ServerConfig>)>,
}

/// Makes sure that no other process serves from the same SQLite files. On PostgreSQL
/// nothing is held: there the epoch of each client decides who writes.
pub(super) fn claim_data_folder(settings: &Settings) -> anyhow::Result<Option<DataFolderLock>> {
    let storage = &settings.storage;
    if storage.database_url.is_some() {
        return Ok(None);
    }
    Ok(Some(DataFolderLock::take(&storage.data_dir)?))
}

/// Opens the directory of clients that the settings name.
pub(super) async fn open_directory(
    settings: &Settings,
    clock: Arc<dyn Clock>,
) -> anyhow::Result<Arc<Directory>> {
    let storage = &settings.storage;
    let config = DirectoryConfig {
        data_dir: storage.data_dir.clone(),
        database_url: storage.database_url.clone(),
        key: storage.key.clone(),
        connections_per_client: storage.connections_per_client,
        base_domain: settings.web.base_domain.clone(),
    };
    Ok(Directory::open(config, clock).await?)
}

/// Where connections of clients may lead.
fn reach(config: &config::Connections) -> anyhow::Result<Reach> {
    let network = |text: &String| {
        let found = Network::parse(text);
        found.map_err(|reason| anyhow::anyhow!("connections.refuse: `{text}`: {reason}"))
    };
    let refused = config.refuse.iter().map(network);
    let refused = refused.collect::<anyhow::Result<Vec<_>>>()?;
    Ok(if config.inside {
        inward(refused)
    } else {
        outward(refused)
    })
}

impl Doors {
    /// Binds what the settings ask for.
    pub(super) async fn bind(settings: &Settings) -> anyhow::Result<Self> {
        Ok(Self {
            web: listen(settings.web.listen, "--listen").await?,
            mqtt: match settings.mqtt.listen {
                Some(address) => Some(listen(address, "--mqtt-listen").await?),
                None => None,
            },
            mqtt_tls: match settings.mqtt.listen_tls {
                Some(address) => Some((
                    listen(address, "mqtt.listen_tls").await?,
                    tls_config(&settings.mqtt)?,
                )),
                None => None,
            },
        })
    }
}

impl Server {
    /// Opens every client; nothing is reachable from outside yet.
    pub(super) async fn open(
        settings: Settings,
        directory: Arc<Directory>,
        clock: Arc<dyn Clock>,
    ) -> anyhow::Result<Self> {
        let metrics = record_metrics()?;
        let hub = match &settings.redis.url {
            Some(url) => {
                Hub::redis(url.expose_secret()).context("wrong Redis URL (--redis-url)")?
            }
            None => Hub::in_process(),
        };
        let postman = Postman::of(&settings.smtp, Arc::clone(&directory), Arc::clone(&clock))?;
        let endpoint = Endpoint::new(Arc::clone(&directory), Arc::clone(&clock));
        let broker = Broker::new(
            vigie_mqtt_endpoint::Config::default(),
            Arc::clone(&endpoint) as _,
        );
        endpoint.attach(&broker);
        let platform = Platform::open(
            directory,
            hub.clone(),
            Some(endpoint),
            clock,
            PlatformConfig {
                reach: reach(&settings.connections)?,
                ..PlatformConfig::default()
            },
        )
        .await?;
        Ok(Self {
            platform,
            hub,
            broker,
            postman,
            metrics,
            settings,
        })
    }

    /// Serves until `stop`, then closes in order: doors, connections, engines, databases.
    pub(super) async fn run(self, doors: Doors, lists_portals: bool, stop: CancellationToken) {
        let tasks = TaskTracker::new();
        // Owned by `tasks`: all end with `stop` and are waited for below.
        tasks.spawn(Arc::clone(&self.platform).follow(stop.clone()));
        tasks.spawn(keep_metrics(self.metrics.clone(), stop.clone()));
        let mqtt_door = doors.mqtt.as_ref();
        let mqtt_port = mqtt_door.and_then(|door| door.local_addr().ok().map(|at| at.port()));
        let directory = Arc::clone(self.platform.directory());
        let clock = Arc::clone(self.platform.clock());
        tasks.spawn(identity::upkeep::run(directory, clock, stop.clone()));
        if let Some(postman) = &self.postman {
            tasks.spawn(Arc::clone(postman).run(stop.clone()));
        }
        if let Some(listener) = doors.mqtt {
            let (broker, stop) = (Arc::clone(&self.broker), stop.clone());
            tasks.spawn(async move { broker.serve(listener, stop).await });
        }
        if let Some((listener, tls)) = doors.mqtt_tls {
            let (broker, stop) = (Arc::clone(&self.broker), stop.clone());
            tasks.spawn(async move { broker.serve_tls(listener, tls, stop).await });
        }
        let mut state = AppState::new(
            Arc::clone(&self.platform),
            self.settings.web.clone(),
            self.metrics.clone(),
        )
        .with_mqtt(mqtt_port)
        .mailing(self.postman.clone());
        if lists_portals {
            state = state.listing_portals();
        }
        if self.postman.is_some() {
            tasks.spawn(web::reminders::run(state.clone(), stop.clone()));
        }
        let router = web::router(state.clone());
        let door = Door::new(self.settings.web.trust_forwarded);
        http::serve(doors.web, router, door, stop.clone(), GRACE).await;
        state.feeds.close().await;
        tasks.close();
        if timeout(GRACE, tasks.wait()).await.is_err() {
            tracing::warn!("some tasks did not end in time");
        }
        self.broker.close().await;
        self.close().await;
    }

    /// Commits what waits and closes the databases.
    pub(super) async fn close(self) {
        self.platform.close().await;
        self.hub.close().await;
        self.platform.directory().close().await;
    }
}

/// Histograms, not summaries: buckets of several nodes can be added up.
fn record_metrics() -> anyhow::Result<PrometheusHandle> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .set_buckets_for_metric(Matcher::Suffix("_samples".to_owned()), &SAMPLES)?
        .install_recorder()
        .context("metrics were started twice")
}

async fn keep_metrics(metrics: PrometheusHandle, stop: CancellationToken) {
    let mut tick = tokio::time::interval(METRICS_UPKEEP);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        metrics.run_upkeep();
    }
}

async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}; give another address with {flag}"))
}

fn tls_config(mqtt: &config::MqttEndpoint) -> anyhow::Result<Arc<ServerConfig>> {
    let certificate = mqtt
        .certificate
        .as_deref()
        .context("mqtt.listen_tls wants mqtt.certificate, a PEM file")?;
    let key = mqtt
        .private_key
        .as_deref()
        .context("mqtt.listen_tls wants mqtt.private_key, a PEM file")?;
    vigie_mqtt_endpoint::server_config(certificate, key)
        .context("mqtt.listen_tls cannot speak TLS with mqtt.certificate and mqtt.private_key")
}
