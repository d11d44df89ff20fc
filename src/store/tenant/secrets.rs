//! Sealed secrets of connections; what is in them only the vault can read.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// A sealed secret.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SecretRow {
    /// Unique in the client: `connection/<key>/password`.
    pub name: String,
    /// Which master key sealed it.
    pub key_id: String,
    /// Nonce, ciphertext and tag.
    pub sealed: Vec<u8>,
    /// Where it came from: `env:NAME` or `file:PATH`; what an export prints.
    pub source: String,
    /// When it was last sealed.
    pub updated_at: Timestamp,
}

/// All secrets by name.
pub async fn list(db: &Db) -> Result<Vec<SecretRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select name, key_id, sealed, source, updated_at from secrets order by name",
    )
    .fetch_all(pool))
}

/// The secrets whose names begin like this, by name.
pub async fn list_below(db: &Db, prefix: &str) -> Result<Vec<SecretRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select name, key_id, sealed, source, updated_at from secrets \
         where substr(name, 1, length($1)) = $1 order by name",
    )
    .bind(prefix)
    .fetch_all(pool))
}

/// The secret with this name.
pub async fn find(db: &Db, name: &str) -> Result<Option<SecretRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select name, key_id, sealed, source, updated_at from secrets where name = $1",
    )
    .bind(name)
    .fetch_optional(pool))
}

/// Adds a secret, or replaces the one with its name.
pub async fn put(tx: &mut Tx, secret: &SecretRow) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into secrets (name, key_id, sealed, source, updated_at) \
         values ($1, $2, $3, $4, $5) on conflict (name) do update set key_id = excluded.key_id, \
         sealed = excluded.sealed, source = excluded.source, updated_at = excluded.updated_at",
    )
    .bind(&secret.name)
    .bind(&secret.key_id)
    .bind(&secret.sealed)
    .bind(&secret.source)
    .bind(secret.updated_at)
    .execute(conn))?;
    Ok(())
}

/// Removes a secret; false when there is none.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from secrets where name = $1")
        .bind(name)
        .execute(conn))?;
    Ok(touched > 0)
}
