//! Passkeys of users: public keys, as `webauthn_rp` encodes them.

use crate::domain::{PasskeyId, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// What a registration gave.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Passkey {
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// How it can be reached.
    pub transports: i64,
    /// Its public key.
    pub static_state: Vec<u8>,
    /// Counter and flags.
    pub dynamic_state: Vec<u8>,
}

/// A stored passkey.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PasskeyRow {
    /// Identity.
    pub id: PasskeyId,
    /// Whose.
    pub user_id: UserId,
    /// What its registration gave.
    #[sqlx(flatten)]
    pub passkey: Passkey,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, user_id, credential_id, name, transports, static_state, dynamic_state, \
             created_at, last_used_at from passkeys ",
            $tail
        )
    };
}

/// The passkeys of a user, the oldest first.
pub async fn list_of(db: &Db, user: UserId) -> Result<Vec<PasskeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where user_id = $1 order by id"))
        .bind(user)
        .fetch_all(pool))
}

/// The passkey an authenticator calls by this id.
pub async fn find(db: &Db, credential_id: &[u8]) -> Result<Option<PasskeyRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where credential_id = $1"))
        .bind(credential_id)
        .fetch_optional(pool))
}

/// Adds a passkey; `Duplicate` when it is registered already.
pub async fn insert(
    tx: &mut Tx,
    user: UserId,
    passkey: &Passkey,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into passkeys (user_id, credential_id, name, transports, static_state, \
         dynamic_state, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(user)
    .bind(&passkey.credential_id)
    .bind(&passkey.name)
    .bind(passkey.transports)
    .bind(&passkey.static_state)
    .bind(&passkey.dynamic_state)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// Notes that a passkey was used, with what it says of itself now.
pub async fn touch(
    tx: &mut Tx,
    id: PasskeyId,
    dynamic_state: &[u8],
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "update passkeys set dynamic_state = $2, last_used_at = $3 where id = $1",
    )
    .bind(id)
    .bind(dynamic_state)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// Removes a passkey of a user; false when they have none like it.
pub async fn delete(tx: &mut Tx, user: UserId, id: PasskeyId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from passkeys where user_id = $1 and id = $2",
    )
    .bind(user)
    .bind(id)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes every passkey of a user; how many there were.
pub async fn delete_all_of(tx: &mut Tx, user: UserId) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from passkeys where user_id = $1")
        .bind(user)
        .execute(conn))
}

/// Under which bytes the passkeys of a user know them.
pub async fn find_handle(db: &Db, user: UserId) -> Result<Option<Vec<u8>>, StoreError> {
    let handle: Option<Option<Vec<u8>>> = on_db!(db.read, pool => sqlx::query_scalar(
        "select passkey_handle from users where id = $1",
    )
    .bind(user)
    .fetch_optional(pool))?;
    Ok(handle.flatten())
}

/// Gives a user such bytes, unless they have some.
pub async fn set_handle(tx: &mut Tx, user: UserId, handle: &[u8]) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "update users set passkey_handle = $2 where id = $1 and passkey_handle is null",
    )
    .bind(user)
    .bind(handle)
    .execute(conn))?;
    Ok(())
}
