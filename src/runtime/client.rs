//! One running client.

use super::PlatformConfig;
use super::commits::Commits;
use super::pace::Pace;
use crate::bacnet::{BacnetDevice, Surroundings};
use crate::domain::{Clock, PointId, PointSample, TimeRange, Timestamp};
use crate::ingest::{
    ConnectionView, Exploration, ExploreError, Ingest, Model, Reach, Services, Supervisor,
    TraceLine,
};
use crate::live::Hub;
use crate::store::tenant::{ConnectionRow, points, removed_points, usage};
use crate::store::{Db, StoreError};
use crate::telemetry::{Engine, EngineError, Noted};
use crate::tenancy::{Tenant, TenantScope};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often the database is measured, where there is a quota of it.
const MEASURED_EVERY: i64 = Timestamp::MINUTE;
const MEGABYTE: i64 = 1_000_000;

/// A client that is served: who they are, and what runs for them.
pub struct Client {
    scope: TenantScope,
    works: Arc<Works>,
}

/// What runs for a client, whatever it is called: engine, way in, connections and live values.
struct Works {
    engine: Arc<Engine>,
    ingest: Arc<Ingest>,
    connections: Arc<Supervisor>,
    bacnet: BacnetDevice,
    hub: Hub,
    retention_done: AtomicI64,
    /// When the database was last measured.
    measured_at: AtomicI64,
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
        let reach = services.reach.clone();
        let connections = Arc::new(Supervisor::start(Arc::clone(&ingest), services));
        let works = Arc::new(Works {
            engine,
            bacnet: device(&ingest, &hub, reach, &connections),
            connections,
            ingest,
            hub,
            retention_done: AtomicI64::new(i64::MIN),
            measured_at: AtomicI64::new(i64::MIN),
            removed: Mutex::default(),
            pace: Mutex::default(),
        });
        Ok(Arc::new(Self { scope, works }))
    }

    /// The same under another name, colour, language or allow-list: whatever runs goes on.
    /// `None` when more changed than that.
    pub(super) fn as_now(&self, scope: &TenantScope) -> Option<Arc<Self>> {
        let Tenant {
            name,
            locale,
            brand,
            allow_list,
            hosts,
            ..
        } = scope.tenant().clone();
        let dressed_anew = Tenant {
            name,
            locale,
            brand,
            allow_list,
            hosts,
            ..self.tenant().clone()
        };
        let same_works = dressed_anew == *scope.tenant();
        same_works.then(|| {
            Arc::new(Self {
                scope: scope.clone(),
                works: Arc::clone(&self.works),
            })
        })
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
        &self.works.engine
    }

    /// The way in for their readings.
    pub fn ingest(&self) -> &Arc<Ingest> {
        &self.works.ingest
    }

    /// Live values; shared by all clients, asked with the tenant's id.
    pub fn hub(&self) -> &Hub {
        &self.works.hub
    }

    /// Their connections and how each is.
    pub fn connections(&self) -> Vec<ConnectionView> {
        self.works.connections.connections()
    }

    /// Tells the supervisor that the model was just changed here, so that it need not wait.
    pub fn model_changed(&self) {
        self.works.connections.nudge();
        self.works.bacnet.nudge();
    }

    /// Tells the supervisor, and whoever looks, that a command of a point was just written down or
    /// taken back here.
    pub fn commanded(&self, point: PointId) {
        self.works.hub.commanded(self.tenant().id, point);
        self.works.connections.nudge_commands();
    }

    /// Their BACnet device.
    pub fn bacnet(&self) -> &BacnetDevice {
        &self.works.bacnet
    }

    /// The newest messages of a connection that runs here, after number `after`.
    pub fn trace(&self, connection: &str, after: u64, looking: Duration) -> Option<Vec<TraceLine>> {
        self.works.connections.trace(connection, after, looking)
    }

    /// Looks around behind the peer of a connection; [`Self::exploration`] tells how far it is.
    pub async fn explore(&self, connection: &ConnectionRow) -> Result<(), ExploreError> {
        self.works.connections.explore(connection).await
    }

    /// What looking around came to so far, in this process.
    pub fn exploration(&self, connection: &str) -> Option<Exploration> {
        self.works.connections.exploration(connection)
    }

    /// Stops looking around; what was found stays.
    pub fn stop_exploring(&self, connection: &str) {
        self.works.connections.stop_exploring(connection);
    }

    /// Durable samples a second, over the last half minute or so.
    pub fn samples_per_second(&self) -> f64 {
        self.pace().per_second
    }

    /// Looks how many samples there are, now and then.
    pub(super) fn note_pace(&self, now: Timestamp) {
        let stored = self.works.ingest.stats().stored;
        self.pace().note(stored, now);
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.works
            .pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Measures the database now and then: what is beyond the quota of storage takes no samples.
    pub(super) async fn follow_storage(&self, now: Timestamp) -> Result<(), StoreError> {
        let Some(most) = self.tenant().quota.storage_mb else {
            return Ok(());
        };
        let last = self.works.measured_at.load(Ordering::Acquire);
        if now.0.saturating_sub(last) < MEASURED_EVERY {
            return Ok(());
        }
        let bytes = usage::bytes(self.scope.db()).await?;
        self.works.ingest.note_storage(bytes > most * MEGABYTE);
        self.works.measured_at.store(now.0, Ordering::Release);
        Ok(())
    }

    /// Drops what is older than the client keeps, once a UTC day.
    pub(super) async fn follow_retention(&self, now: Timestamp) -> Result<(), EngineError> {
        let today = i64::from(now.utc_day());
        let days = self
            .tenant()
            .retention_days
            .and_then(|days| u32::try_from(days).ok());
        let Some(days) = days else { return Ok(()) };
        if self.works.retention_done.load(Ordering::Acquire) == today {
            return Ok(());
        }
        self.works.engine.enforce_retention(days).await?;
        self.works.retention_done.store(today, Ordering::Release);
        Ok(())
    }

    /// Takes samples away for somebody; whoever watches sees what is newest then.
    pub async fn delete_samples(
        &self,
        point: PointId,
        range: TimeRange,
        noted: Noted,
    ) -> Result<(), EngineError> {
        self.works.engine.delete_noted(point, range, noted).await?;
        let tenant = self.tenant().id;
        self.works.hub.forget(tenant, &[point]);
        let left = self.works.engine.latest(&[point]).into_iter();
        let left = left.filter_map(|(point, sample)| {
            Some(PointSample {
                point,
                sample: sample?,
            })
        });
        self.works.hub.publish(tenant, &left.collect::<Vec<_>>());
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
            self.works.engine.delete(*point, TimeRange::ALL).await?;
        }
        self.works.engine.merge().await?;
        let mut tx = db.begin().await?;
        for point in &due {
            removed_points::forget(&mut tx, *point).await?;
        }
        tx.commit().await?;
        self.works.hub.forget(self.tenant().id, &due);
        tracing::info!(
            tenant.slug = self.tenant().slug,
            points = due.len(),
            "removed points are gone"
        );
        Ok(())
    }

    /// Those that were there the last time as well; the others are for the next time.
    fn seen_before(&self, removed: BTreeSet<PointId>) -> Vec<PointId> {
        let mut seen = self
            .works
            .removed
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let former = std::mem::replace(&mut *seen, removed);
        former.intersection(&seen).copied().collect()
    }

    /// Ends the device and the connections, then commits what waits.
    pub(super) async fn close(&self) {
        self.works.bacnet.stop().await;
        self.works.connections.stop().await;
        self.works.engine.close().await;
        self.works.hub.release(self.tenant().id);
    }
}

/// The BACnet device of a client: what its peers write is a command like any other.
fn device(
    ingest: &Arc<Ingest>,
    hub: &Hub,
    reach: Reach,
    connections: &Arc<Supervisor>,
) -> BacnetDevice {
    let connections = Arc::clone(connections);
    let (tenant, told) = (ingest.scope().tenant().id, hub.clone());
    BacnetDevice::start(Surroundings {
        ingest: Arc::clone(ingest),
        hub: hub.clone(),
        reach,
        nudge: Arc::new(move |point| {
            told.commanded(tenant, point);
            connections.nudge_commands();
        }),
    })
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
