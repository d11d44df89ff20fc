//! Answers to requests that may be repeated, so that a repetition does nothing twice.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, exec_db, on_db};

/// A request with a key, and its answer once there is one.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RememberedRow {
    /// SHA-256 of what was asked.
    pub request_hash: Vec<u8>,
    /// Status of the answer; none while the request is under way.
    pub status: Option<i64>,
    /// Headers of the answer, a JSON object.
    pub headers: Option<String>,
    /// Body of the answer, sealed.
    pub sealed: Option<Vec<u8>>,
    /// When it was asked.
    pub created_at: Timestamp,
}

/// Begins a request; false when its key is known already.
pub async fn begin(
    db: &Db,
    caller: &str,
    key: &str,
    request_hash: &[u8],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "insert into idempotency (caller, key, request_hash, created_at) \
         values ($1, $2, $3, $4) on conflict (caller, key) do nothing",
    )
    .bind(caller)
    .bind(key)
    .bind(request_hash)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// The request with this key.
pub async fn find(db: &Db, caller: &str, key: &str) -> Result<Option<RememberedRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select request_hash, status, headers, sealed, created_at from idempotency \
         where caller = $1 and key = $2",
    )
    .bind(caller)
    .bind(key)
    .fetch_optional(pool))
}

/// Takes over a request that was begun at `former` and never answered; false when somebody else
/// was faster.
pub async fn take_over(
    db: &Db,
    (caller, key): (&str, &str),
    former: Timestamp,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update idempotency set created_at = $4 \
         where caller = $1 and key = $2 and created_at = $3 and status is null",
    )
    .bind(caller)
    .bind(key)
    .bind(former)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// Keeps the answer of a request that was begun.
pub async fn keep(
    db: &Db,
    (caller, key): (&str, &str),
    status: i64,
    headers: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "update idempotency set status = $3, headers = $4, sealed = $5 \
         where caller = $1 and key = $2",
    )
    .bind(caller)
    .bind(key)
    .bind(status)
    .bind(headers)
    .bind(sealed)
    .execute(pool))?;
    Ok(())
}

/// Forgets a request, so that it can be made again.
pub async fn forget(db: &Db, caller: &str, key: &str) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from idempotency where caller = $1 and key = $2")
        .bind(caller)
        .bind(key)
        .execute(pool))?;
    Ok(())
}

/// Forgets what was asked before an instant; how many there were.
pub async fn prune(db: &Db, before: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from idempotency where created_at < $1")
        .bind(before)
        .execute(pool))
}
