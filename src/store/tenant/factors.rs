//! Second factors of a user: the secret of an authenticator app, recovery codes, how many there are.

use crate::domain::{Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// The secret an authenticator app shares with us.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TotpRow {
    /// Whose.
    pub user_id: UserId,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner showed the first code; before, it counts for nothing.
    pub confirmed_at: Option<Timestamp>,
    /// The newest time step a code was accepted for; it and older ones are refused.
    pub last_step: i64,
}

/// How many second factors a user has: a confirmed app, passkeys.
pub async fn count(db: &Db, user: UserId) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select (select count(*) from totp_secrets where user_id = $1 and confirmed_at is not null) \
         + (select count(*) from passkeys where user_id = $1)",
    )
    .bind(user)
    .fetch_one(pool))
}

/// The app secret of a user, confirmed or not.
pub async fn find_totp(db: &Db, user: UserId) -> Result<Option<TotpRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select user_id, sealed, created_at, confirmed_at, last_step from totp_secrets \
         where user_id = $1",
    )
    .bind(user)
    .fetch_optional(pool))
}

/// Keeps a new, unconfirmed app secret; a confirmed one stays. False when there was one.
pub async fn put_totp(
    db: &Db,
    user: UserId,
    sealed: &[u8],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "insert into totp_secrets (user_id, sealed, created_at) values ($1, $2, $3) \
         on conflict (user_id) do update set sealed = excluded.sealed, \
         created_at = excluded.created_at where totp_secrets.confirmed_at is null",
    )
    .bind(user)
    .bind(sealed)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// Lets the app secret count from now on.
pub async fn confirm_totp(tx: &mut Tx, user: UserId, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update totp_secrets set confirmed_at = $2 where user_id = $1 and confirmed_at is null",
    )
    .bind(user)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Uses up the codes of a time step; false when a code of it, or a later one, was used before.
pub async fn use_totp_step(db: &Db, user: UserId, step: i64) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update totp_secrets set last_step = $2 where user_id = $1 and last_step < $2",
    )
    .bind(user)
    .bind(step)
    .execute(pool))?;
    Ok(touched > 0)
}

/// Forgets the app secret of a user; false when there was none.
pub async fn delete_totp(tx: &mut Tx, user: UserId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from totp_secrets where user_id = $1")
        .bind(user)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Adds a recovery code.
pub async fn insert_recovery_code(
    tx: &mut Tx,
    user: UserId,
    code_hash: &[u8],
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("insert into recovery_codes (user_id, code_hash) values ($1, $2)")
        .bind(user)
        .bind(code_hash)
        .execute(conn))?;
    Ok(())
}

/// Uses up a recovery code; false when it is none, or was used before.
pub async fn use_recovery_code(
    db: &Db,
    user: UserId,
    code_hash: &[u8],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update recovery_codes set used_at = $3 \
         where user_id = $1 and code_hash = $2 and used_at is null",
    )
    .bind(user)
    .bind(code_hash)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(db: &Db, user: UserId) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select count(*) from recovery_codes where user_id = $1 and used_at is null",
    )
    .bind(user)
    .fetch_one(pool))
}

/// Forgets the recovery codes of a user.
pub async fn delete_recovery_codes(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from recovery_codes where user_id = $1")
        .bind(user)
        .execute(conn))?;
    Ok(())
}
