//! Refresh tokens of programs: each is used once and replaced by the next of its family.

use crate::domain::audit::Origin;
use crate::domain::{Timestamp, TokenFamilyId, UserId};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db, on_tx};

/// One sign-in of a program.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TokenFamilyRow {
    /// Identity; access tokens name it.
    pub id: TokenFamilyId,
    /// Who signed in.
    pub user_id: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When it ends unless it is refreshed.
    pub expires_at: Timestamp,
    /// Where from.
    pub address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
}

/// A refresh token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RefreshTokenRow {
    /// Its family.
    pub family_id: TokenFamilyId,
    /// Whose.
    pub user_id: UserId,
    /// When the family ends.
    pub expires_at: Timestamp,
    /// When it was exchanged; a second time is theft.
    pub used_at: Option<Timestamp>,
}

/// The living sign-ins of programs of a user, the one used last first.
pub async fn list_of(
    db: &Db,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<TokenFamilyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, user_id, created_at, last_used_at, expires_at, address, user_agent \
         from token_families where user_id = $1 and expires_at > $2 order by last_used_at desc",
    )
    .bind(user)
    .bind(now)
    .fetch_all(pool))
}

/// Whether a family lives and its user may sign in.
pub async fn is_alive(
    db: &Db,
    family: TokenFamilyId,
    user: UserId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found: Option<i64> = on_db!(db.read, pool => sqlx::query_scalar(
        "select f.id from token_families f join users u on u.id = f.user_id \
         where f.id = $1 and f.user_id = $2 and f.expires_at > $3 and not u.disabled",
    )
    .bind(family)
    .bind(user)
    .bind(now)
    .fetch_optional(pool))?;
    Ok(found.is_some())
}

/// Starts a family.
pub async fn insert_family(
    tx: &mut Tx,
    user: UserId,
    at: Timestamp,
    expires_at: Timestamp,
    origin: &Origin,
) -> Result<TokenFamilyId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into token_families (user_id, created_at, last_used_at, expires_at, address, \
         user_agent) values ($1, $2, $2, $3, $4, $5) returning id",
    )
    .bind(user)
    .bind(at)
    .bind(expires_at)
    .bind(origin.address.map(|address| address.to_string()))
    .bind(&origin.agent)
    .fetch_one(conn))
}

/// Adds a token to a family.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    family: TokenFamilyId,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into refresh_tokens (token_hash, family_id, created_at) values ($1, $2, $3)",
    )
    .bind(token_hash)
    .bind(family)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// The token with this hash, if its family lives and its user may sign in.
pub async fn find(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<RefreshTokenRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select t.family_id, f.user_id, f.expires_at, t.used_at from refresh_tokens t \
         join token_families f on f.id = t.family_id join users u on u.id = f.user_id \
         where t.token_hash = $1 and f.expires_at > $2 and not u.disabled",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// Uses up a token; false when somebody else did.
pub async fn use_up(tx: &mut Tx, token_hash: &[u8], at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update refresh_tokens set used_at = $2 where token_hash = $1 and used_at is null",
    )
    .bind(token_hash)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Notes that a family was refreshed and moves its end.
pub async fn touch_family(
    tx: &mut Tx,
    family: TokenFamilyId,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "update token_families set last_used_at = $2, expires_at = $3 where id = $1",
    )
    .bind(family)
    .bind(at)
    .bind(expires_at)
    .execute(conn))?;
    Ok(())
}

/// Ends a family of a user, with all its tokens; false when they have none like it.
pub async fn revoke_family(
    tx: &mut Tx,
    user: UserId,
    family: TokenFamilyId,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from token_families where user_id = $1 and id = $2",
    )
    .bind(user)
    .bind(family)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Ends every family of a user; how many there were.
pub async fn revoke_all_of(tx: &mut Tx, user: UserId) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from token_families where user_id = $1")
        .bind(user)
        .execute(conn))
}

/// Removes families that have ended; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from token_families where expires_at <= $1")
        .bind(now)
        .execute(pool))
}
