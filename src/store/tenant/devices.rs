//! Devices: credentials of the built-in MQTT endpoint.

use crate::domain::{DeviceId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db, on_tx};

/// A stored device.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct DeviceRow {
    /// Identity.
    pub id: DeviceId,
    /// Unique in the client; the MQTT user name is `<client slug>/<name>`.
    pub name: String,
    /// What `tenancy::credentials` checks a secret against.
    pub secret_hash: String,
    /// Where a manifest says the secret comes from: `env:NAME` or `file:PATH`.
    pub secret_source: Option<String>,
    /// Whether its own commands are obeyed.
    pub may_command: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// When it last signed in.
    pub last_seen_at: Option<Timestamp>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, name, secret_hash, secret_source, may_command, created_at, revoked_at, \
             last_seen_at from devices ",
            $tail
        )
    };
}

/// All devices by name, revoked ones included.
pub async fn list(db: &Db) -> Result<Vec<DeviceRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by name")).fetch_all(pool))
}

/// The device with this id, revoked or not.
pub async fn find(db: &Db, id: DeviceId) -> Result<Option<DeviceRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// How many are let in; for quotas.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select count(*) from devices where revoked_at is null")
        .fetch_one(conn))
}

/// The device with this name, revoked or not.
pub async fn find_by_name(db: &Db, name: &str) -> Result<Option<DeviceRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where name = $1")).bind(name).fetch_optional(pool))
}

/// Name and secret hash of every device that is let in.
pub async fn admitted(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select name, secret_hash from devices where revoked_at is null",
    )
    .fetch_all(pool))
}

/// Adds a device.
pub async fn insert(
    tx: &mut Tx,
    name: &str,
    secret_hash: &str,
    secret_source: Option<&str>,
    at: Timestamp,
) -> Result<DeviceId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into devices (name, secret_hash, secret_source, created_at) \
         values ($1, $2, $3, $4) returning id",
    )
    .bind(name)
    .bind(secret_hash)
    .bind(secret_source)
    .bind(at)
    .fetch_one(conn))
}

/// Gives a device another secret and lets it in again; false when there is none.
pub async fn set_secret(
    tx: &mut Tx,
    name: &str,
    secret_hash: &str,
    secret_source: Option<&str>,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update devices set secret_hash = $2, secret_source = $3, revoked_at = null \
         where name = $1",
    )
    .bind(name)
    .bind(secret_hash)
    .bind(secret_source)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Renames a device; its secret stays. False when there is none.
pub async fn rename(tx: &mut Tx, from: &str, to: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update devices set name = $2 where name = $1")
        .bind(from)
        .bind(to)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Notes that a device signed in.
pub async fn touch(db: &Db, id: DeviceId, at: Timestamp) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query("update devices set last_seen_at = $2 where id = $1")
        .bind(id)
        .bind(at)
        .execute(pool))?;
    Ok(())
}

/// Refuses a device from now on; false when there is none that was let in.
pub async fn revoke(db: &Db, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    let mut tx = db.begin().await?;
    let revoked = refuse(&mut tx, name, at).await?;
    tx.commit().await?;
    Ok(revoked)
}

/// The same with the transaction that records it.
pub async fn refuse(tx: &mut Tx, name: &str, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update devices set revoked_at = $2 where name = $1 and revoked_at is null",
    )
    .bind(name)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a device; false when there is none.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from devices where name = $1")
        .bind(name)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Says whether a device's own commands are obeyed; false when there is none.
pub async fn allow_commands(tx: &mut Tx, name: &str, allowed: bool) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update devices set may_command = $2 where name = $1",
    )
    .bind(name)
    .bind(allowed)
    .execute(conn))?;
    Ok(touched > 0)
}
