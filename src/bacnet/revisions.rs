//! `Database_Revision` over restarts.

use crate::domain::Clock;
use crate::store::tenant::bacnet::{self, RevisionRow};
use crate::store::{Db, StoreError};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use vigie_bacnet_server::{Revision, Revisions};

/// Where one client's revision is kept.
pub(super) struct Kept {
    pub(super) db: Db,
    pub(super) clock: Arc<dyn Clock>,
}

impl Kept {
    async fn write(&self, revision: Revision) -> Result<(), StoreError> {
        let row = RevisionRow {
            number: revision.number.into(),
            fingerprint: revision.fingerprint.cast_signed(),
            changed_at: self.clock.now(),
        };
        let mut tx = self.db.begin().await?;
        bacnet::put_revision(&mut tx, &row).await?;
        tx.commit().await
    }
}

impl Revisions for Kept {
    fn recall(self: Arc<Self>) -> Pin<Box<dyn Future<Output = Revision> + Send>> {
        Box::pin(async move {
            let row = bacnet::revision(&self.db).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "cannot read the revision of the BACnet objects");
                None
            });
            row.map_or_else(Revision::default, |row| Revision {
                number: u32::try_from(row.number).unwrap_or(u32::MAX),
                fingerprint: row.fingerprint.cast_unsigned(),
            })
        })
    }

    fn keep(self: Arc<Self>, revision: Revision) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            if let Err(error) = self.write(revision).await {
                tracing::warn!(%error, "cannot write the revision of the BACnet objects");
            }
        })
    }
}
