//! All running clients of this process.

use super::client::{Client, OpenError};
use crate::domain::{Clock, TenantId, TenantStatus};
use crate::ingest::endpoint::Endpoint;
use crate::ingest::{IngestLimits, Reach, Services, outward};
use crate::live::Hub;
use crate::telemetry::EngineConfig;
use crate::tenancy::{Directory, TenancyError, TenantScope};
use futures_util::StreamExt;
use metrics::gauge;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Clients that are opened at the same time.
const OPENED_AT_ONCE: usize = 4;

/// How clients are run.
#[derive(Debug, Clone)]
pub struct PlatformConfig {
    /// How each engine batches and merges.
    pub engine: EngineConfig,
    /// What ingest takes.
    pub ingest: IngestLimits,
    /// Where connections of clients may lead.
    pub reach: Reach,
    /// How often changes made by another process are looked for.
    pub follow_every: Duration,
    /// How long a client is left to another process that took their database over.
    pub taken_over_pause: Duration,
}

impl Default for PlatformConfig {
    fn default() -> Self {
        Self {
            engine: EngineConfig::default(),
            ingest: IngestLimits::default(),
            reach: outward(Vec::new()),
            follow_every: Duration::from_secs(2),
            taken_over_pause: Duration::from_secs(30),
        }
    }
}

/// What a host name leads to.
pub enum Portal {
    /// Nobody's: a page that names nobody.
    Unknown,
    /// A client that is suspended.
    Suspended,
    /// A client whose database or engine cannot be opened now.
    Unserved,
    /// A client that is served.
    Open(Arc<Client>),
}

/// A client that should be served and is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unserved {
    /// Which client.
    pub slug: String,
    /// Why, for the operator.
    pub reason: String,
}

/// All running clients. Lookups are cheap.
pub struct Platform {
    directory: Arc<Directory>,
    services: Services,
    clock: Arc<dyn Clock>,
    config: PlatformConfig,
    clients: RwLock<HashMap<TenantId, Arc<Client>>>,
    unserved: Mutex<Vec<Unserved>>,
    /// Clients whose database another process took over, and when they are tried again.
    lost: Mutex<HashMap<TenantId, Instant>>,
}

impl Platform {
    /// Migrates and opens every active client. One that fails is in [`Self::unserved`]
    /// and tried again by [`Self::follow`]; the others serve.
    pub async fn open(
        directory: Arc<Directory>,
        hub: Hub,
        endpoint: Option<Arc<Endpoint>>,
        clock: Arc<dyn Clock>,
        config: PlatformConfig,
    ) -> Result<Arc<Self>, TenancyError> {
        let services = Services {
            directory: Arc::clone(&directory),
            hub,
            endpoint,
            reach: config.reach.clone(),
        };
        let platform = Arc::new(Self {
            directory,
            services,
            clock,
            config,
            clients: RwLock::default(),
            unserved: Mutex::default(),
            lost: Mutex::default(),
        });
        platform.directory.migrate_all().await?;
        platform.reconcile().await?;
        Ok(platform)
    }

    /// What a host name leads to.
    pub fn by_host(&self, host: &str) -> Portal {
        match self.directory.by_host(host) {
            None => Portal::Unknown,
            Some(scope) => self.portal_of(&scope),
        }
    }

    /// What a slug leads to.
    pub fn by_slug(&self, slug: &str) -> Portal {
        match self.directory.by_slug(slug) {
            None => Portal::Unknown,
            Some(scope) => self.portal_of(&scope),
        }
    }

    /// Whether this client is served, and by this very engine.
    pub fn is_running(&self, client: &Arc<Client>) -> bool {
        self.running(client.tenant().id)
            .is_some_and(|running| Arc::ptr_eq(&running, client))
    }

    /// All clients that are served, by slug.
    pub fn clients(&self) -> Vec<Arc<Client>> {
        let mut clients: Vec<_> = self.read_clients(|clients| clients.values().cloned().collect());
        clients.sort_by(|a, b| a.tenant().slug.cmp(&b.tenant().slug));
        clients
    }

    /// Clients that should be served and are not.
    pub fn unserved(&self) -> Vec<Unserved> {
        self.unserved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Which clients there are.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// Where connections of clients may lead.
    pub fn reach(&self) -> &Reach {
        &self.config.reach
    }

    /// Where "now" comes from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// Brings figures that are only read on demand up to date, before they are exported.
    pub fn record_figures(&self) {
        if let Some(endpoint) = &self.services.endpoint {
            endpoint.record_figures();
        }
        for client in self.clients() {
            client.bacnet().record_figures();
        }
        gauge!("vigie_clients_served").set(self.read_clients(HashMap::len) as f64);
        gauge!("vigie_clients_unserved").set(self.unserved().len() as f64);
    }

    /// Follows changes made by other processes until stopped: clients that come, go or
    /// are suspended, data that grow too old.
    pub async fn follow(self: Arc<Self>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(self.config.follow_every);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(tick.tick()).await.is_some() {
            if let Err(error) = self.reconcile().await {
                tracing::warn!(%error, "cannot read the control database; serving what is known");
            }
            for client in self.clients() {
                client.note_pace(self.clock.now());
                if let Err(error) = client.follow_retention(self.clock.now()).await {
                    let slug = &client.tenant().slug;
                    tracing::warn!(tenant.slug = slug, %error, "cannot drop what is too old");
                }
                if let Err(error) = client.follow_storage(self.clock.now()).await {
                    let slug = &client.tenant().slug;
                    tracing::warn!(tenant.slug = slug, %error, "cannot measure the database");
                }
                if let Err(error) = client.follow_removals().await {
                    let slug = &client.tenant().slug;
                    tracing::warn!(tenant.slug = slug, %error, "cannot drop removed points");
                }
            }
        }
    }

    /// Opens what should be served and is not, closes what should not be served any more.
    pub async fn reconcile(&self) -> Result<(), TenancyError> {
        self.directory.reload().await?;
        let wanted = self.directory.active();
        self.dress_anew(&wanted);
        self.close_all_but(&wanted).await;
        self.close_stopped().await;
        if let Some(endpoint) = &self.services.endpoint {
            endpoint.forget_gone();
        }
        let (waiting, missing): (Vec<_>, Vec<_>) = wanted
            .into_iter()
            .filter(|scope| self.running(scope.tenant().id).is_none())
            .partition(|scope| self.is_lost(scope.tenant().id));
        let opened: Vec<_> = futures_util::stream::iter(missing)
            .map(|scope| async { (scope.clone(), self.open_client(scope).await) })
            .buffer_unordered(OPENED_AT_ONCE)
            .collect()
            .await;
        let mut unserved: Vec<_> = waiting.iter().map(taken_over).collect();
        for (scope, outcome) in opened {
            match outcome {
                Ok(client) => self.change_clients(|clients| {
                    clients.insert(scope.tenant().id, client);
                }),
                Err(error) => unserved.push(Unserved {
                    slug: scope.tenant().slug.clone(),
                    reason: error.to_string(),
                }),
            }
        }
        self.note_unserved(unserved);
        Ok(())
    }

    /// Logs what is new, so that a client that stays away does not fill the log.
    fn note_unserved(&self, now: Vec<Unserved>) {
        let mut known = self.unserved.lock().unwrap_or_else(PoisonError::into_inner);
        for Unserved { slug, reason } in now.iter().filter(|each| !known.contains(each)) {
            tracing::error!(
                tenant.slug = slug,
                reason,
                "this client cannot be served; trying again"
            );
        }
        *known = now;
    }

    /// Closes clients whose engine ended because another process took their database over.
    /// They are opened again after a while: the other may be gone by then.
    async fn close_stopped(&self) {
        let is_stopped = |client: &Client| client.engine().stopped().is_some();
        let stopped: Vec<_> = self.change_clients(|clients| {
            let stopped = clients.extract_if(|_, client| is_stopped(client));
            stopped.map(|(_, client)| client).collect()
        });
        for client in stopped {
            let until = Instant::now() + self.config.taken_over_pause;
            self.lost().insert(client.tenant().id, until);
            client.close().await;
        }
    }

    fn is_lost(&self, tenant: TenantId) -> bool {
        let mut lost = self.lost();
        lost.retain(|_, until| *until > Instant::now());
        lost.contains_key(&tenant)
    }

    fn lost(&self) -> MutexGuard<'_, HashMap<TenantId, Instant>> {
        self.lost.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes every client: what waits is committed first.
    pub async fn close(&self) {
        self.close_all_but(&[]).await;
    }

    async fn open_client(&self, scope: TenantScope) -> Result<Arc<Client>, OpenError> {
        Client::open(
            scope,
            self.services.clone(),
            Arc::clone(&self.clock),
            &self.config,
        )
        .await
    }

    /// Clients that are called or look otherwise now go on under what they are; open feeds
    /// come back and are let in by it.
    fn dress_anew(&self, wanted: &[TenantScope]) {
        self.change_clients(|clients| {
            for scope in wanted {
                let known = clients.get(&scope.tenant().id);
                let known = known.filter(|client| client.tenant() != scope.tenant());
                if let Some(now) = known.and_then(|client| client.as_now(scope)) {
                    clients.insert(scope.tenant().id, now);
                }
            }
        });
    }

    /// A client whose record changed in what runs (zone, retention, quota) is closed too and
    /// opened anew.
    async fn close_all_but(&self, wanted: &[TenantScope]) {
        let gone: Vec<_> = self.change_clients(|clients| {
            clients
                .extract_if(|_, client| {
                    !wanted.iter().any(|scope| scope.tenant() == client.tenant())
                })
                .map(|(_, client)| client)
                .collect()
        });
        for client in gone {
            tracing::info!(tenant.slug = client.tenant().slug, "closing");
            client.close().await;
        }
    }

    fn portal_of(&self, scope: &TenantScope) -> Portal {
        match scope.tenant().status {
            TenantStatus::Suspended => Portal::Suspended,
            TenantStatus::Active => self
                .running(scope.tenant().id)
                .map_or(Portal::Unserved, Portal::Open),
            _ => Portal::Unknown,
        }
    }

    fn running(&self, tenant: TenantId) -> Option<Arc<Client>> {
        self.read_clients(|clients| clients.get(&tenant).cloned())
    }

    fn read_clients<T>(&self, read: impl FnOnce(&HashMap<TenantId, Arc<Client>>) -> T) -> T {
        read(&self.clients.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn change_clients<T>(
        &self,
        change: impl FnOnce(&mut HashMap<TenantId, Arc<Client>>) -> T,
    ) -> T {
        change(&mut self.clients.write().unwrap_or_else(PoisonError::into_inner))
    }
}

fn taken_over(scope: &TenantScope) -> Unserved {
    Unserved {
        slug: scope.tenant().slug.clone(),
        reason: "another process writes this client's database; stop one of the two".to_owned(),
    }
}
