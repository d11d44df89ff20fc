//! One running client.

use super::PlatformConfig;
use super::commits::Commits;
use super::zones::Zones;
use crate::domain::{Clock, PointSample, Timestamp};
use crate::live::Hub;
use crate::store::tenant::{points, settings};
use crate::store::{Db, StoreError};
use crate::telemetry::{Engine, EngineError};
use crate::tenancy::{Tenant, TenantScope};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A client that is served: their scope, engine and live values.
pub struct Client {
    scope: TenantScope,
    engine: Arc<Engine>,
    hub: Hub,
    zones: Arc<Zones>,
    model_version: AtomicI64,
    retention_done: AtomicI64,
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
    /// Opens the engine and makes the newest values known to the hub.
    pub(super) async fn open(
        scope: TenantScope,
        hub: Hub,
        clock: Arc<dyn Clock>,
        config: &PlatformConfig,
    ) -> Result<Arc<Self>, OpenError> {
        let (tenant, db) = (scope.tenant(), scope.db());
        let model_version = settings::model_version(db).await?;
        let zones = Arc::new(Zones::load(db, &tenant.time_zone).await?);
        let commits = Commits::new(tenant.id, &tenant.slug, hub.clone());
        let engine = Engine::open(
            db.clone(),
            Arc::clone(&zones) as _,
            Arc::new(commits),
            clock,
            config.engine.clone(),
        )
        .await?;
        hub.prime(tenant.id, &newest(&engine, db).await?);
        Ok(Arc::new(Self {
            engine,
            hub,
            zones,
            model_version: AtomicI64::new(model_version),
            retention_done: AtomicI64::new(i64::MIN),
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

    /// Live values; shared by all clients, asked with the tenant's id.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Follows a model that was changed elsewhere; returns whether it was.
    pub(super) async fn follow_model(&self) -> Result<bool, StoreError> {
        let version = settings::model_version(self.scope.db()).await?;
        if version == self.model_version.load(Ordering::Acquire) {
            return Ok(false);
        }
        self.zones.reload(self.scope.db()).await?;
        self.model_version.store(version, Ordering::Release);
        Ok(true)
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

    /// Commits what waits and stops.
    pub(super) async fn close(&self) {
        self.engine.close().await;
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
