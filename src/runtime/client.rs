//! One running client.

use super::PlatformConfig;
use super::commits::Commits;
use crate::domain::{Clock, PointSample, Timestamp};
use crate::ingest::{Ingest, Model};
use crate::live::Hub;
use crate::store::tenant::points;
use crate::store::{Db, StoreError};
use crate::telemetry::{Engine, EngineError};
use crate::tenancy::{Tenant, TenantScope};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// A client that is served: their scope, model, engine, way in and live values.
pub struct Client {
    scope: TenantScope,
    model: Arc<Model>,
    engine: Arc<Engine>,
    ingest: Arc<Ingest>,
    hub: Hub,
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
        let ingest = Ingest::new(
            Arc::clone(&model),
            Arc::clone(&engine),
            clock,
            config.ingest,
        );
        Ok(Arc::new(Self {
            model,
            engine,
            ingest,
            hub,
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

    /// The way in for their readings.
    pub fn ingest(&self) -> &Arc<Ingest> {
        &self.ingest
    }

    /// Live values; shared by all clients, asked with the tenant's id.
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// Follows a model that was changed elsewhere, and writes down what was refused.
    pub(super) async fn follow(&self) -> Result<(), StoreError> {
        self.model.refresh().await?;
        self.ingest.flush().await
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
        if let Err(error) = self.ingest.flush().await {
            let slug = &self.tenant().slug;
            tracing::warn!(tenant.slug = slug, %error, "the newest refusals were not written down");
        }
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
