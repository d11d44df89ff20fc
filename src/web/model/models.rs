//! The models of all clients that were looked at, each with its version.

use super::Model;
use crate::domain::{Access, Scope, TenantId};
use crate::store::StoreError;
use crate::tenancy::TenantScope;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Mutex as AsyncMutex;

/// Parts of one client that are remembered; more start anew.
const MOST_PARTS: usize = 500;

/// What each client has, as each caller may see it.
#[derive(Debug, Default)]
pub struct Models {
    known: Mutex<HashMap<TenantId, Known>>,
    /// Held by whoever reads a client, so that a change is read once however many look.
    turns: Mutex<HashMap<TenantId, Arc<AsyncMutex<()>>>>,
}

/// One version of one client.
#[derive(Debug)]
struct Known {
    version: i64,
    all: Arc<Model>,
    parts: HashMap<Scope, Arc<Model>>,
}

impl Models {
    /// What somebody sees of a client. `version` is that of the model, read in this request;
    /// nothing is asked of the database when it did not move.
    pub async fn seen_by(
        &self,
        scope: &TenantScope,
        version: i64,
        access: &Access,
    ) -> Result<Arc<Model>, StoreError> {
        let all = self.all(scope, version).await?;
        if access.sees_all() {
            return Ok(all);
        }
        let tenant = scope.tenant().id;
        if let Some(part) = self.part(tenant, &all, &access.scope) {
            return Ok(part);
        }
        let part = Arc::new(all.seen(&access.scope));
        self.keep_part(tenant, &all, access.scope.clone(), &part);
        Ok(part)
    }

    async fn all(&self, scope: &TenantScope, version: i64) -> Result<Arc<Model>, StoreError> {
        let tenant = scope.tenant().id;
        if let Some(all) = self.at_least(tenant, version) {
            return Ok(all);
        }
        let turn = self.turn(tenant);
        let _turn = turn.lock().await;
        if let Some(all) = self.at_least(tenant, version) {
            return Ok(all);
        }
        let all = Arc::new(Model::read(scope).await?);
        let known = Known {
            version,
            all: Arc::clone(&all),
            parts: HashMap::new(),
        };
        let mut models = self.lock();
        if models
            .get(&tenant)
            .is_none_or(|other| other.version < version)
        {
            models.insert(tenant, known);
        }
        Ok(all)
    }

    fn at_least(&self, tenant: TenantId, version: i64) -> Option<Arc<Model>> {
        let models = self.lock();
        let known = models.get(&tenant)?;
        (known.version >= version).then(|| Arc::clone(&known.all))
    }

    fn turn(&self, tenant: TenantId) -> Arc<AsyncMutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(tenant).or_default())
    }

    /// A part that was cut from this very model.
    fn part(&self, tenant: TenantId, all: &Arc<Model>, scope: &Scope) -> Option<Arc<Model>> {
        let models = self.lock();
        let known = models
            .get(&tenant)
            .filter(|known| Arc::ptr_eq(&known.all, all))?;
        known.parts.get(scope).cloned()
    }

    fn keep_part(&self, tenant: TenantId, all: &Arc<Model>, scope: Scope, part: &Arc<Model>) {
        let mut models = self.lock();
        let Some(known) = models.get_mut(&tenant) else {
            return;
        };
        if !Arc::ptr_eq(&known.all, all) {
            return;
        }
        if known.parts.len() >= MOST_PARTS {
            known.parts.clear();
        }
        known.parts.insert(scope, Arc::clone(part));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
