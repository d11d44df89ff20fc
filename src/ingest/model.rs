//! The model of a client, shared by ingest and the engine and replaced when it changes.

use super::catalogue::Catalogue;
use crate::domain::PointId;
use crate::store::{StoreError, tenant::settings};
use crate::telemetry::PointZones;
use crate::tenancy::TenantScope;
use jiff::tz::TimeZone;
use std::sync::{Arc, PoisonError, RwLock};

/// What is known of a client's equipment and points. Load it before the engine, which asks it for time zones.
#[derive(Debug)]
pub struct Model {
    scope: TenantScope,
    catalogue: RwLock<Arc<Catalogue>>,
}

impl Model {
    /// Reads the model of a client.
    pub async fn load(scope: TenantScope) -> Result<Arc<Self>, StoreError> {
        let catalogue = Catalogue::load(scope.db()).await?;
        Ok(Arc::new(Self {
            scope,
            catalogue: RwLock::new(Arc::new(catalogue)),
        }))
    }

    /// Whose model it is.
    pub fn scope(&self) -> &TenantScope {
        &self.scope
    }

    /// The version it was read at.
    pub fn version(&self) -> i64 {
        self.snapshot().version
    }

    /// Reads it again if it changed in the database; whether it did.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let version = settings::model_version(self.scope.db()).await?;
        if version == self.version() {
            return Ok(false);
        }
        let catalogue = Catalogue::load(self.scope.db()).await?;
        self.replace(catalogue);
        Ok(true)
    }

    pub(super) fn snapshot(&self) -> Arc<Catalogue> {
        self.catalogue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn replace(&self, catalogue: Catalogue) {
        let mut current = self
            .catalogue
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        // Two refreshes may end in the other order.
        if catalogue.version >= current.version {
            *current = Arc::new(catalogue);
        }
    }
}

impl PointZones for Model {
    fn zone(&self, point: PointId) -> TimeZone {
        self.snapshot().zone(point)
    }
}
