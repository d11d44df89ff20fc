//! What the sessions of a connection leave each other, among the settings of its client.

use crate::store::tenant::settings;
use crate::store::{Db, StoreError};
use crate::tenancy::TenantScope;
use std::fmt;
use std::sync::Arc;
use vigie_contract::{Keeping, Memory, Recalling};

/// The memory of one connection.
pub(super) struct ConnectionMemory {
    db: Db,
    key: String,
}

impl ConnectionMemory {
    pub(super) fn new(scope: &TenantScope, connection: &str) -> Self {
        Self {
            db: scope.db().clone(),
            key: format!("connection_memory:{connection}"),
        }
    }

    async fn write(&self, words: &str) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        settings::put(&mut tx, &self.key, words).await?;
        tx.commit().await
    }
}

impl Memory for ConnectionMemory {
    fn recall(self: Arc<Self>) -> Recalling {
        Box::pin(async move {
            let words = settings::find(&self.db, &self.key).await;
            words.map_err(|error| error.to_string())
        })
    }

    fn keep(self: Arc<Self>, words: String) -> Keeping {
        Box::pin(async move { self.write(&words).await.map_err(|error| error.to_string()) })
    }
}

impl fmt::Debug for ConnectionMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionMemory")
            .field("key", &self.key)
            .finish()
    }
}
