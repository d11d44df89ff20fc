//! Points that are gone while their samples are not yet. A trigger of the database notes every
//! point that is removed, whoever removes it.

use crate::domain::PointId;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// What the engine leaves of a point whose samples it deleted, and at last the note of its removal.
/// Blocks and hours went with the samples.
const TRACES: [&str; 7] = [
    "delete from blocks where point_id = $1",
    "delete from rollups_day where point_id = $1",
    "delete from rollups_month where point_id = $1",
    "delete from rollups_open where point_id = $1",
    "delete from hours_packed where point_id = $1",
    "delete from latest where point_id = $1",
    "delete from removed_points where point_id = $1",
];

/// Those whose samples are still there.
pub async fn list(db: &Db) -> Result<Vec<PointId>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select point_id from removed_points order by point_id")
        .fetch_all(pool))
}

/// Removes every trace of a point that the engine holds nothing of any more.
pub async fn forget(tx: &mut Tx, point: PointId) -> Result<(), StoreError> {
    for sql in TRACES {
        exec_tx!(tx, conn => sqlx::query(sql).bind(point).execute(conn))?;
    }
    Ok(())
}
