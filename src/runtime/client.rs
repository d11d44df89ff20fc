//! One running client.

use super::PlatformConfig;
use super::commits::Commits;
use super::pace::Pace;
use crate::domain::{Clock, PointId, PointSample, TimeRange, Timestamp};
use crate::ingest::{ConnectionView, Ingest, Model, Services, Supervisor};
use crate::live::Hub;
use crate::store::tenant::{points, removed_points};
use crate::store::{Db, StoreError};
use crate::telemetry::{Engine, EngineError};
use crate::tenancy::{Tenant, TenantScope};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A client that is served: their scope, engine, way in, connections and live values.
pub struct Client {
    scope: TenantScope,
    engine: Arc<Engine>,
    ingest: Arc<Ingest>,
    connections: Supervisor,
    hub: Hub,
    retention_done: AtomicI64,
    /// Removed points that were seen once.
    removed: Mutex<BTreeSet<PointId>>,
    pace: Mutex<Pace>,
}

/// Why a client cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Their database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Their engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl Client {
    /// Opens the engine, makes the newest values known to the hub, starts the connections.
    pub(super) async fn open(
        scope: TenantScope,
        services: Services,
        clock: Arc<dyn Clock>,
        config: &PlatformConfig,
    ) -> Result<Arc<Self>, OpenError> {
        let (tenant, db, hub) = (scope.tenant(), scope.db(), services.hub.clone());
        let model = Model::load(scope.clone()).await?;
        let commits = Commits::new(tenant.id, &tenant.slug, hub.clone());
        let engine = Engine::open(
            db.clone(),
            Arc::clone(&model) as _,
            Arc::new(commits),
            Arc::clone(&clock),
            config.engine.clone(),
        )
        .await?;
        hub.prime(tenant.id, &newest(&engine, db).await?);
        let ingest = Ingest::new(model, Arc::clone(&engine), clock, config.ingest);
        Ok(Arc::new(Self {
            engine,
            connections: Supervisor::start(Arc::clone(&ingest), services),
            ingest,
            hub,
            retention_done: AtomicI64::new(i64::MIN),
            removed: Mutex::default(),
            pace: Mutex::default(),
            scope,
        }))
    }

    /// Whose data these are.
    pub fn tenant(&self) -> &Tenant {
        self.scope.tenant()
    }

    /// The way to their database.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// Their time series.
    pub fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The way in for their readings.
    pub fn ingest(&self) -> &Arc<Ingest> {
        &self.ingest
    }

    /// Live values; shared by all clients, asked with the tenant's id.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Their connections and how each is.
    pub fn connections(&self) -> Vec<ConnectionView> {
        self.connections.connections()
    }

    /// Tells the supervisor that the model was just changed here, so that it need not wait.
    pub fn model_changed(&self) {
        self.connections.nudge();
    }

    /// Durable samples a second, over the last half minute or so.
    pub fn samples_per_second(&self) -> f64 {
        self.pace().per_second
    }

    /// Looks how many samples there are, now and then.
    pub(super) fn note_pace(&self, now: Timestamp) {
        let stored = self.ingest.stats().stored;
        self.pace().note(stored, now);
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops what is older than the client keeps, once a UTC day.
    pub(super) async fn follow_retention(&self, now: Timestamp) -> Result<(), EngineError> {
        let today = i64::from(now.utc_day());
        let days = self
            .tenant()
            .retention_days
            .and_then(|days| u32::try_from(days).ok());
        let Some(days) = days else { return Ok(()) };
        if self.retention_done.load(Ordering::Acquire) == today {
            return Ok(());
        }
        self.engine.enforce_retention(days).await?;
        self.retention_done.store(today, Ordering::Release);
        Ok(())
    }

    /// Gives back the space of points that were removed. The model no longer names them, so
    /// nothing of them is shown meanwhile. Each is met twice before: what was on its way to it
    /// has arrived, or is refused, by then.
    pub async fn follow_removals(&self) -> Result<(), EngineError> {
        let db = self.scope.db();
        let removed: BTreeSet<_> = removed_points::list(db).await?.into_iter().collect();
        let due = self.seen_before(removed);
        if due.is_empty() {
            return Ok(());
        }
        for point in &due {
            self.engine.delete(*point, TimeRange::ALL).await?;
        }
        self.engine.merge().await?;
        let mut tx = db.begin().await?;
        for point in &due {
            removed_points::forget(&mut tx, *point).await?;
        }
        tx.commit().await?;
        self.hub.forget(self.tenant().id, &due);
        tracing::info!(
            tenant.slug = self.tenant().slug,
            points = due.len(),
            "removed points are gone"
        );
        Ok(())
    }

    /// Those that were there the last time as well; the others are for the next time.
    fn seen_before(&self, removed: BTreeSet<PointId>) -> Vec<PointId> {
        let mut seen = self.removed.lock().unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::replace(&mut *seen, removed);
        former.intersection(&seen).copied().collect()
    }

    /// Ends the connections, then commits what waits.
    pub(super) async fn close(&self) {
        self.connections.stop().await;
        self.engine.close().await;
        self.hub.release(self.tenant().id);
    }
}

async fn newest(engine: &Engine, db: &Db) -> Result<Vec<PointSample>, StoreError> {
    let ids: Vec<_> = points::list(db)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    let known = engine.latest(&ids).into_iter();
    Ok(known
        .filter_map(|(point, sample)| sample.map(|sample| PointSample { point, sample }))
        .collect())
}
