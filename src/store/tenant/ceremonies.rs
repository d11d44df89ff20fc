//! Ceremonies: what the server remembers between the two halves of a passkey or provider sign-in.

use crate::domain::{Timestamp, UserId};
use crate::store::{Db, StoreError, exec_db, on_db};

/// One ceremony.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CeremonyRow {
    /// What it is for; a ceremony begun for one thing ends no other.
    pub purpose: String,
    /// For whom, where that is known.
    pub user_id: Option<UserId>,
    /// What was remembered.
    pub state: Vec<u8>,
}

/// Begins one.
pub async fn insert(
    db: &Db,
    token_hash: &[u8],
    ceremony: &CeremonyRow,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into ceremonies (token_hash, purpose, user_id, state, expires_at) \
         values ($1, $2, $3, $4, $5)",
    )
    .bind(token_hash)
    .bind(&ceremony.purpose)
    .bind(ceremony.user_id)
    .bind(&ceremony.state)
    .bind(expires_at)
    .execute(pool))?;
    Ok(())
}

/// Ends the living one with this hash and gives what was remembered; a second time it is gone.
pub async fn take(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<CeremonyRow>, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "delete from ceremonies where token_hash = $1 and expires_at > $2 \
         returning purpose, user_id, state",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// Removes what has expired; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from ceremonies where expires_at <= $1")
        .bind(now)
        .execute(pool))
}
