//! Authenticator apps and recovery codes: of users in each client's database, of the staff in the
//! platform's own. A person is a number here; whose it is, the database says.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// The secret an authenticator app shares with us.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TotpRow {
    /// Whose.
    pub user_id: i64,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner showed the first code; before, it counts for nothing.
    pub confirmed_at: Option<Timestamp>,
    /// The newest time step a code was accepted for; it and older ones are refused.
    pub last_step: i64,
}

/// The app secret of a person, confirmed or not.
pub async fn find(db: &Db, person: i64) -> Result<Option<TotpRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select user_id, sealed, created_at, confirmed_at, last_step from totp_secrets \
         where user_id = $1",
    )
    .bind(person)
    .fetch_optional(pool))
}

/// Keeps a new, unconfirmed app secret; a confirmed one stays. False when there was one.
pub async fn put(db: &Db, person: i64, sealed: &[u8], at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "insert into totp_secrets (user_id, sealed, created_at) values ($1, $2, $3) \
         on conflict (user_id) do update set sealed = excluded.sealed, \
         created_at = excluded.created_at where totp_secrets.confirmed_at is null",
    )
    .bind(person)
    .bind(sealed)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// Lets the app secret count from now on.
pub async fn confirm(tx: &mut Tx, person: i64, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update totp_secrets set confirmed_at = $2 where user_id = $1 and confirmed_at is null",
    )
    .bind(person)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Uses up the codes of a time step; false when a code of it, or a later one, was used before.
pub async fn use_step(db: &Db, person: i64, step: i64) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update totp_secrets set last_step = $2 where user_id = $1 and last_step < $2",
    )
    .bind(person)
    .bind(step)
    .execute(pool))?;
    Ok(touched > 0)
}

/// Forgets the app secret of a person; false when there was none.
pub async fn delete(tx: &mut Tx, person: i64) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from totp_secrets where user_id = $1")
        .bind(person)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Adds a recovery code.
pub async fn insert_recovery_code(
    tx: &mut Tx,
    person: i64,
    code_hash: &[u8],
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("insert into recovery_codes (user_id, code_hash) values ($1, $2)")
        .bind(person)
        .bind(code_hash)
        .execute(conn))?;
    Ok(())
}

/// Uses up a recovery code; false when it is none, or was used before.
pub async fn use_recovery_code(
    db: &Db,
    person: i64,
    code_hash: &[u8],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update recovery_codes set used_at = $3 \
         where user_id = $1 and code_hash = $2 and used_at is null",
    )
    .bind(person)
    .bind(code_hash)
    .bind(at)
    .execute(pool))?;
    Ok(touched > 0)
}

/// How many recovery codes are left.
pub async fn count_recovery_codes(db: &Db, person: i64) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select count(*) from recovery_codes where user_id = $1 and used_at is null",
    )
    .bind(person)
    .fetch_one(pool))
}

/// Forgets the recovery codes of a person.
pub async fn delete_recovery_codes(tx: &mut Tx, person: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from recovery_codes where user_id = $1")
        .bind(person)
        .execute(conn))?;
    Ok(())
}
