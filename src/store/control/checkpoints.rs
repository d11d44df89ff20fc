//! How far each audit log went when it was last verified.

use crate::domain::{TenantId, Timestamp};
use crate::store::{Db, StoreError, exec_db, on_db};

/// The checkpoint of a log; the platform's own log has the number 0.
pub async fn find(db: &Db, log: TenantId) -> Result<Option<String>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select checkpoint from audit_checkpoints where log = $1",
    )
    .bind(log)
    .fetch_optional(pool))
}

/// Keeps the checkpoint of a log in place of the one before.
pub async fn put(
    db: &Db,
    log: TenantId,
    at: Timestamp,
    checkpoint: &str,
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into audit_checkpoints (log, at, checkpoint) values ($1, $2, $3) \
         on conflict (log) do update set at = excluded.at, checkpoint = excluded.checkpoint",
    )
    .bind(log)
    .bind(at)
    .bind(checkpoint)
    .execute(pool))?;
    Ok(())
}
