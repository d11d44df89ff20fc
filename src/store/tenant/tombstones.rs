//! Deletions of samples that are not merged into the blocks yet.

use crate::domain::PointId;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// A deletion: what has a lower seq and lies in `from_at..until_at` is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct TombstoneRow {
    /// Its place in the order of commits.
    pub seq: i64,
    /// Whose samples; all points when none.
    pub point_id: Option<PointId>,
    /// First instant deleted.
    pub from_at: i64,
    /// First instant kept after it.
    pub until_at: i64,
}

/// Stores a deletion; false for a repeated one, which is stored once.
pub async fn insert(tx: &mut Tx, tombstone: &TombstoneRow) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "insert into tombstones (seq, point_id, from_at, until_at) values ($1, $2, $3, $4) \
         on conflict (seq) do nothing"
    ).bind(tombstone.seq).bind(tombstone.point_id).bind(tombstone.from_at).bind(tombstone.until_at)
        .execute(conn))?;
    Ok(touched > 0)
}

/// All deletions not merged yet, in order.
pub async fn list(db: &Db) -> Result<Vec<TombstoneRow>, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "select seq, point_id, from_at, until_at from tombstones order by seq"
    ).fetch_all(pool))
}

/// Removes the deletions up to `seq`, which the blocks heed now.
pub async fn delete_until(tx: &mut Tx, seq: i64) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from tombstones where seq <= $1").bind(seq).execute(conn))
}
