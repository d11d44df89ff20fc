//! Removes what has ended: sessions, links, ceremonies, programs' sign-ins, counts of failures.

use super::lockout;
use crate::domain::{Clock, Timestamp};
use crate::store::control::staff_sessions;
use crate::store::tenant::{ceremonies, links, sessions, tokens};
use crate::store::{Db, StoreError};
use crate::tenancy::Directory;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(3_600);

/// Goes round until `stop`; what has ended is refused all the same before it is removed.
pub async fn run(directory: Arc<Directory>, clock: Arc<dyn Clock>, stop: CancellationToken) {
    let mut tick = tokio::time::interval(EVERY);
    while stop.run_until_cancelled(tick.tick()).await.is_some() {
        if let Err(error) = prune_staff(directory.control(), clock.now()).await {
            tracing::warn!(%error, "ended sessions of the staff stay");
        }
        for scope in directory.active() {
            if let Err(error) = prune(scope.db(), clock.now()).await {
                tracing::warn!(tenant.slug = scope.tenant().slug, %error, "ended sessions stay");
            }
        }
    }
}

async fn prune(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    sessions::prune(db, now).await?;
    links::prune(db, now).await?;
    ceremonies::prune(db, now).await?;
    tokens::prune(db, now).await?;
    lockout::prune(db, now).await?;
    Ok(())
}

async fn prune_staff(control: &Db, now: Timestamp) -> Result<(), StoreError> {
    staff_sessions::prune(control, now).await?;
    lockout::prune(control, now).await?;
    Ok(())
}
