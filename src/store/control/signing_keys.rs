//! Keys that sign access tokens. The newest signs; the others only verify.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, exec_db, on_db};

/// A stored key.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SigningKeyRow {
    /// What tokens name it by.
    pub kid: String,
    /// The private half, sealed.
    pub sealed: Vec<u8>,
    /// The public half, 32 bytes.
    pub public_key: Vec<u8>,
    /// Since when it signs.
    pub created_at: Timestamp,
}

/// Keys that are younger than `since`, the newest first.
pub async fn list_since(db: &Db, since: Timestamp) -> Result<Vec<SigningKeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select kid, sealed, public_key, created_at from signing_keys where created_at > $1 \
         order by created_at desc, kid",
    )
    .bind(since)
    .fetch_all(pool))
}

/// Adds a key.
pub async fn insert(db: &Db, key: &SigningKeyRow) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into signing_keys (kid, sealed, public_key, created_at) values ($1, $2, $3, $4)",
    )
    .bind(&key.kid)
    .bind(&key.sealed)
    .bind(&key.public_key)
    .bind(key.created_at)
    .execute(pool))?;
    Ok(())
}

/// Removes keys that verify nothing any more; how many there were.
pub async fn prune(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from signing_keys where created_at <= $1")
        .bind(before)
        .execute(pool))
}
