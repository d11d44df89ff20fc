//! One writer per database: who comes later takes a higher epoch and fences the others off.

use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What a new writer finds.
#[derive(Debug, Clone, Copy, sqlx::FromRow)]
pub struct WriterRow {
    /// The epoch of the current writer.
    pub epoch: i64,
    /// Every journal row and tombstone up to here is in the blocks.
    pub merged_seq: i64,
}

/// Takes the next epoch; the writer before cannot commit any more.
pub async fn take_epoch(db: &Db) -> Result<WriterRow, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "update telemetry_writer set epoch = epoch + 1 where id = 1 returning epoch, merged_seq"
    ).fetch_one(pool))
}

/// Holds the epoch until the transaction ends; [`StoreError::Fenced`] when it is another's.
pub async fn hold(tx: &mut Tx, epoch: i64) -> Result<(), StoreError> {
    let sql = if tx.is_postgres() {
        "select epoch from telemetry_writer where id = 1 for share"
    } else {
        "select epoch from telemetry_writer where id = 1"
    };
    let current: i64 = on_tx!(tx, conn => sqlx::query_scalar(sql).fetch_one(conn))?;
    if current == epoch {
        Ok(())
    } else {
        Err(StoreError::Fenced)
    }
}

/// Writes down that everything up to `seq` is in the blocks.
pub async fn set_merged(tx: &mut Tx, seq: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("update telemetry_writer set merged_seq = $1 where id = 1")
        .bind(seq)
        .execute(conn))?;
    Ok(())
}
