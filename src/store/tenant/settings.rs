//! Settings: small named values, the version of the model among them.

use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// The value of a setting.
pub async fn find(db: &Db, key: &str) -> Result<Option<String>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select value from settings where key = $1")
        .bind(key)
        .fetch_optional(pool))
}

/// The value of a setting, inside a transaction.
pub async fn find_in(tx: &mut Tx, key: &str) -> Result<Option<String>, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select value from settings where key = $1")
        .bind(key)
        .fetch_optional(conn))
}

/// Sets a setting.
pub async fn put(tx: &mut Tx, key: &str, value: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into settings (key, value) values ($1, $2) \
         on conflict (key) do update set value = excluded.value",
    )
    .bind(key)
    .bind(value)
    .execute(conn))?;
    Ok(())
}

/// Removes a setting, if it is there.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from settings where key = $1").bind(key).execute(conn))?;
    Ok(())
}

/// What a request must know to trust what is in memory.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Versions {
    /// Moves with every transaction that changes the model.
    pub model: i64,
    /// Moves with everything that decides who may do what: people, grants, sessions that
    /// ended, keys. The database moves it by itself.
    pub access: i64,
}

/// Both versions, in one statement.
pub async fn versions(db: &Db) -> Result<Versions, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select \
         coalesce(max(case when key = 'model_version' then cast(value as bigint) end), 0) as model, \
         coalesce(max(case when key = 'access_version' then cast(value as bigint) end), 0) as access \
         from settings where key in ('model_version', 'access_version')",
    )
    .fetch_one(pool))
}

/// The version of the model: it moves with every transaction that changes the model.
pub async fn model_version(db: &Db) -> Result<i64, StoreError> {
    let version: Option<i64> = on_db!(db.read, pool => sqlx::query_scalar(
        "select cast(value as bigint) from settings where key = 'model_version'",
    )
    .fetch_optional(pool))?;
    Ok(version.unwrap_or(0))
}

/// Moves the version of the model on; concurrent changers wait here for each other.
pub async fn bump_model_version(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into settings (key, value) values ('model_version', '1') \
         on conflict (key) do update \
         set value = cast(cast(settings.value as bigint) + 1 as text) \
         returning cast(value as bigint)",
    )
    .fetch_one(conn))
}
