//! The client as a BACnet device: the numbers of its objects, and how often they changed.

use crate::domain::{PointId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// How often the objects changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct RevisionRow {
    /// Rises with each change.
    pub number: i64,
    /// What the objects were then.
    pub fingerprint: i64,
    /// When that was.
    pub changed_at: Timestamp,
}

/// The numbers that were given.
pub async fn instances(db: &Db) -> Result<Vec<(PointId, i64)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as("select point_id, instance from bacnet_objects")
        .fetch_all(pool))
}

/// Gives a point the next number, for good; nothing when it has one.
pub async fn give_instance(tx: &mut Tx, point: PointId, at: Timestamp) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into bacnet_objects (point_id, instance, made_at) \
         select $1, coalesce(max(instance), 0) + 1, $2 from bacnet_objects where true \
         on conflict (point_id) do nothing",
    )
    .bind(point)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// How often the objects changed; none before the first start.
pub async fn revision(db: &Db) -> Result<Option<RevisionRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select number, fingerprint, changed_at from bacnet_revision where id = 1",
    )
    .fetch_optional(pool))
}

/// Writes how often they changed; the number that stands then.
pub async fn put_revision(tx: &mut Tx, row: &RevisionRow) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into bacnet_revision (id, number, fingerprint, changed_at) values (1, $1, $2, $3) \
         on conflict (id) do update set number = excluded.number, \
         fingerprint = excluded.fingerprint, changed_at = excluded.changed_at \
         returning number",
    )
    .bind(row.number)
    .bind(row.fingerprint)
    .bind(row.changed_at)
    .fetch_one(conn))
}
