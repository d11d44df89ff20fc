//! API keys: bearer credentials of programs. Their SHA-256 is kept, never the key.

use crate::domain::{ApiKeyId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db, on_tx};

/// What is decided when a key is made.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKey {
    /// Unique in the client.
    pub name: String,
    /// Its first characters, for people to recognise it.
    pub prefix: String,
    /// SHA-256 of the whole key.
    pub secret_hash: Vec<u8>,
    /// What it may do, words separated by blanks: `read`, `write`.
    pub scopes: String,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A stored key.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ApiKeyRow {
    /// Identity.
    pub id: ApiKeyId,
    /// What was decided.
    #[sqlx(flatten)]
    pub api_key: ApiKey,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

impl ApiKeyRow {
    /// Whether it may do this at all.
    pub fn allows(&self, scope: &str) -> bool {
        self.api_key.scopes.split(' ').any(|word| word == scope)
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, name, prefix, secret_hash, scopes, expires_at, created_at, last_used_at, \
             revoked_at from api_keys ",
            $tail
        )
    };
}

/// All keys by name, those that ended included.
pub async fn list(db: &Db) -> Result<Vec<ApiKeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by name")).fetch_all(pool))
}

/// The key with this id.
pub async fn find(db: &Db, id: ApiKeyId) -> Result<Option<ApiKeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The key with this hash, if it is neither revoked nor expired.
pub async fn find_by_hash(
    db: &Db,
    secret_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ApiKeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where secret_hash = $1 and revoked_at is null and (expires_at is null or expires_at > $2)"
    ))
    .bind(secret_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// Adds a key.
pub async fn insert(tx: &mut Tx, api_key: &ApiKey, at: Timestamp) -> Result<ApiKeyId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into api_keys (name, prefix, secret_hash, scopes, expires_at, created_at) \
         values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(&api_key.name)
    .bind(&api_key.prefix)
    .bind(&api_key.secret_hash)
    .bind(&api_key.scopes)
    .bind(api_key.expires_at)
    .bind(at)
    .fetch_one(conn))
}

/// Notes that a key was used.
pub async fn touch(db: &Db, id: ApiKeyId, at: Timestamp) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query("update api_keys set last_used_at = $2 where id = $1")
        .bind(id)
        .bind(at)
        .execute(pool))?;
    Ok(())
}

/// Gives a key another secret; false when there is none that is let in. What was remembered of
/// the former one ends with it: the scopes are written again, which moves the access version.
pub async fn renew(
    tx: &mut Tx,
    id: ApiKeyId,
    prefix: &str,
    secret_hash: &[u8],
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update api_keys set prefix = $2, secret_hash = $3, last_used_at = null, scopes = scopes \
         where id = $1 and revoked_at is null",
    )
    .bind(id)
    .bind(prefix)
    .bind(secret_hash)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Refuses a key from now on; false when there is none that was let in.
pub async fn revoke(tx: &mut Tx, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update api_keys set revoked_at = $2 where name = $1 and revoked_at is null",
    )
    .bind(name)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}
