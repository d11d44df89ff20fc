//! Discovered equipment: it spoke, but is not in the model.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// What was seen since the last report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What it calls itself.
    pub equipment_key: String,
    /// Where it was heard.
    pub connection_key: String,
    /// When it was last heard.
    pub at: Timestamp,
    /// How many readings.
    pub n: i64,
    /// Its point keys, a JSON array of words.
    pub point_keys: String,
    /// The start of what it said.
    pub excerpt: String,
}

/// Equipment to be adopted or ignored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DiscoveredRow {
    /// What it calls itself.
    pub equipment_key: String,
    /// Where it was heard.
    pub connection_key: String,
    /// When it was first heard.
    pub first_seen_at: Timestamp,
    /// When it was last heard.
    pub last_seen_at: Timestamp,
    /// How many readings.
    pub n: i64,
    /// Its point keys, a JSON array of words.
    pub point_keys: String,
    /// The start of what it said last.
    pub excerpt: String,
}

/// The last thousand heard but those ignored, the last heard first.
pub async fn list(db: &Db) -> Result<Vec<DiscoveredRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select equipment_key, connection_key, first_seen_at, last_seen_at, n, point_keys, \
         excerpt from discovered where ignored_at is null order by last_seen_at desc, equipment_key \
         limit 1000",
    )
    .fetch_all(pool))
}

/// Adds a sighting to what is known of that equipment.
pub async fn record(db: &Db, sighting: &Sighting) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into discovered (equipment_key, connection_key, first_seen_at, last_seen_at, n, \
         point_keys, excerpt) values ($1, $2, $3, $3, $4, $5, $6) \
         on conflict (equipment_key, connection_key) do update set \
         last_seen_at = excluded.last_seen_at, n = discovered.n + excluded.n, \
         point_keys = excluded.point_keys, excerpt = excluded.excerpt",
    )
    .bind(&sighting.equipment_key)
    .bind(&sighting.connection_key)
    .bind(sighting.at)
    .bind(sighting.n)
    .bind(&sighting.point_keys)
    .bind(&sighting.excerpt)
    .execute(pool))?;
    Ok(())
}

/// Does not list an equipment again, however often it speaks; false when there is none.
pub async fn ignore(tx: &mut Tx, equipment_key: &str, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update discovered set ignored_at = $2 where equipment_key = $1 and ignored_at is null",
    )
    .bind(equipment_key)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Forgets an equipment, adopted or ignored; how many connections had heard it.
pub async fn forget(db: &Db, equipment_key: &str) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from discovered where equipment_key = $1")
        .bind(equipment_key)
        .execute(pool))
}
