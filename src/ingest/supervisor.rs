//! Runs the connections of one client, and follows the model.
//!
//! One owned task: every two seconds (or when nudged) it looks whether the model moved and makes
//! what runs equal to what is stored; every second it writes counted refusals; every three it
//! sends devices away whose credential ended; and it gives
//! commands to connections ([`super::commands`]). A connection that ends is started again with back-off, one whose configuration is wrong waits for another.

use super::Ingest;
use super::commands::Dispatcher;
use super::endpoint::Endpoint;
use super::explorations::{Exploration, Explorations, ExploreError};
use super::http::LineMapping;
use super::registry;
use super::running::Running;
use crate::live::Hub;
use crate::store::tenant::{Connection, ConnectionRow, connections};
use crate::tenancy::manifest::reveal;
use crate::tenancy::{Directory, Tenant};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vigie_contract::{ConnectorStatus, Reach, TraceLine};

const FOLLOW_EVERY: Duration = Duration::from_secs(2);
const COMMAND_EVERY: Duration = Duration::from_millis(500);
const FLUSH_EVERY: Duration = Duration::from_secs(1);
const RECHECK_EVERY: Duration = Duration::from_secs(3);

/// What connections need beside the ingest of their client.
#[derive(Clone)]
pub struct Services {
    /// Opens the secrets of connections.
    pub directory: Arc<Directory>,
    /// Tells of committed samples.
    pub hub: Hub,
    /// The built-in MQTT endpoint, where it runs.
    pub endpoint: Option<Arc<Endpoint>>,
    /// Where connections may lead.
    pub reach: Reach,
}

/// A connection as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct ConnectionView {
    /// What people decided.
    pub connection: Connection,
    /// How it is; a connection without a session of its own is connected or stopped.
    pub status: ConnectorStatus,
    /// Over the last ten seconds or so.
    pub messages_per_second: f64,
    /// Over the last ten seconds or so.
    pub bytes_per_second: f64,
}

/// The running connections of one client.
pub struct Supervisor {
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

/// What the supervisor and its task share.
pub(super) struct Shared {
    pub(super) ingest: Arc<Ingest>,
    pub(super) services: Services,
    running: Mutex<BTreeMap<String, Running>>,
    nudged: Notify,
    commanded: Notify,
    explorations: Explorations,
    pub(super) stop: CancellationToken,
}

impl Supervisor {
    /// Starts the connections that are enabled, and follows the model from now on.
    pub fn start(ingest: Arc<Ingest>, services: Services) -> Self {
        let shared = Arc::new(Shared {
            ingest,
            services,
            running: Mutex::default(),
            nudged: Notify::new(),
            commanded: Notify::new(),
            explorations: Explorations::default(),
            stop: CancellationToken::new(),
        });
        // Owned here: `stop` cancels it and waits for it.
        let task = tokio::spawn(shared.clone().follow());
        Self {
            shared,
            task: Mutex::new(Some(task)),
        }
    }

    /// Looks at the model now instead of within two seconds.
    pub fn nudge(&self) {
        self.shared.nudged.notify_one();
    }

    /// Looks for commands now instead of within half a second.
    pub fn nudge_commands(&self) {
        self.shared.commanded.notify_one();
    }

    /// The newest messages of a running connection after number `after`, oldest first; keeps
    /// them coming for `looking`. None for a connection that does not run here.
    pub fn trace(&self, key: &str, after: u64, looking: Duration) -> Option<Vec<TraceLine>> {
        let trace = self.shared.lock().get(key)?.lent().trace;
        Some(trace.look(after, looking))
    }

    /// Looks around behind the peer of a connection, beside the session that runs.
    pub async fn explore(&self, row: &ConnectionRow) -> Result<(), ExploreError> {
        let (scope, vault) = (
            self.shared.ingest.scope(),
            self.shared.services.directory.vault(),
        );
        let config = reveal(scope.db(), vault, scope.tenant().id, row).await;
        let config = config.map_err(|error| ExploreError::Config(error.to_string()))?;
        let connection = &row.connection;
        let within = (
            self.shared.services.reach.clone(),
            self.shared.stop.child_token(),
        );
        self.shared
            .explorations
            .begin(&connection.key, &connection.protocol, config, within)
    }

    /// What looking around came to so far; none when nobody did here.
    pub fn exploration(&self, key: &str) -> Option<Exploration> {
        self.shared.explorations.of(key)
    }

    /// Stops looking around; what was found stays.
    pub fn stop_exploring(&self, key: &str) {
        self.shared.explorations.stop(key);
    }

    /// The connections that should run, by key, and how they are.
    pub fn connections(&self) -> Vec<ConnectionView> {
        self.shared.lock().values().map(Running::view).collect()
    }

    /// Stops all connections, each settling what it has in work, and writes what is counted.
    pub async fn stop(&self) {
        self.shared.stop.cancel();
        let task = self
            .task
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(task) = task else { return };
        if let Err(error) = task.await {
            tracing::error!(%error, "the supervisor of connections failed");
        }
    }
}

impl Shared {
    async fn follow(self: Arc<Self>) {
        let mut follow = interval(FOLLOW_EVERY);
        let mut flush = interval(FLUSH_EVERY);
        let mut recheck = interval(RECHECK_EVERY);
        let mut command = interval(COMMAND_EVERY);
        let mut dispatcher = Dispatcher::new(self.ingest.clone(), self.services.hub.clone());
        follow.set_missed_tick_behavior(MissedTickBehavior::Delay);
        flush.set_missed_tick_behavior(MissedTickBehavior::Delay);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        command.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut reconciled = None;
        loop {
            tokio::select! {
                () = self.stop.cancelled() => break,
                _ = flush.tick() => { self.flush().await; continue }
                _ = recheck.tick() => { self.recheck().await; continue }
                _ = command.tick(), if reconciled.is_some() => { self.command(&mut dispatcher).await; continue }
                () = self.commanded.notified(), if reconciled.is_some() => {
                    dispatcher.wake();
                    self.command(&mut dispatcher).await;
                    continue
                }
                _ = follow.tick() => {}
                () = self.nudged.notified() => {}
            }
            match self.reconcile(reconciled).await {
                Ok(version) => reconciled = Some(version),
                Err(error) => self.complain(&error, "cannot follow the connections"),
            }
        }
        let all = std::mem::take(&mut *self.lock());
        self.explorations.clear();
        self.end(all.into_values()).await;
        dispatcher.finish().await;
        if let Some(endpoint) = &self.services.endpoint {
            endpoint.close(self.tenant());
        }
        self.flush().await;
    }

    /// Devices of a client without routes may talk to each other.
    fn open_bare_space(&self) {
        let has_routes = self
            .lock()
            .values()
            .any(|running| running.protocol() == registry::MQTT_ENDPOINT);
        if let Some(endpoint) = self.services.endpoint.as_ref().filter(|_| !has_routes) {
            endpoint.leave_bare(self.tenant());
        }
    }

    fn tenant(&self) -> &Tenant {
        self.ingest.scope().tenant()
    }

    async fn command(&self, dispatcher: &mut Dispatcher) {
        let ways: Vec<_> = self.lock().values().map(Running::way).collect();
        if let Err(error) = dispatcher.turn(&ways).await {
            self.complain(&error, "cannot look for commands");
        }
    }

    async fn flush(&self) {
        self.lock().values().for_each(Running::note_rates);
        if let Err(error) = self.ingest.flush().await {
            self.complain(&error, "refusals not written yet");
        }
    }

    async fn recheck(&self) {
        let Some(endpoint) = &self.services.endpoint else {
            return;
        };
        if let Err(error) = endpoint.recheck(self.ingest.scope()).await {
            self.complain(&error, "cannot check the devices that are connected");
        }
    }

    /// Makes what runs equal to what is stored, when the model moved since `reconciled`.
    async fn reconcile(&self, reconciled: Option<i64>) -> Result<i64, crate::store::StoreError> {
        self.ingest.model().refresh().await?;
        let version = self.ingest.model().version();
        if reconciled == Some(version) {
            return Ok(version);
        }
        let rows = connections::list(self.ingest.scope().db()).await?;
        let wanted: BTreeMap<_, _> = rows
            .into_iter()
            .filter(|row| row.connection.enabled)
            .map(|row| (row.connection.key.clone(), row))
            .collect();
        let is_wanted = |key: &String, running: &Running| {
            wanted
                .get(key)
                .is_some_and(|row| running.is(&row.connection))
        };
        let gone: Vec<_> = self
            .lock()
            .extract_if(.., |key, running| !is_wanted(key, running))
            .map(|(_, one)| one)
            .collect();
        self.end(gone.into_iter()).await;
        for (key, row) in wanted {
            if !self.lock().contains_key(&key) {
                let running = self.begin(row).await;
                self.lock().insert(key, running);
            }
        }
        self.open_bare_space();
        Ok(version)
    }

    /// Stops connections, all at once, and waits for them.
    async fn end(&self, gone: impl Iterator<Item = Running> + Send) {
        let ending: Vec<_> = gone
            .map(|running| {
                match running.protocol() {
                    registry::MQTT_ENDPOINT => {
                        if let Some(endpoint) = &self.services.endpoint {
                            endpoint.lift(self.tenant());
                        }
                    }
                    registry::HTTP => self.ingest.map_lines(LineMapping::default()),
                    _ => {}
                }
                running.end()
            })
            .collect();
        futures_util::future::join_all(ending).await;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn complain(&self, error: &dyn std::error::Error, what: &'static str) {
        tracing::warn!(tenant.slug = self.ingest.scope().tenant().slug, %error, "{what}");
    }
}
