//! Connections: configured protocol sessions.

use crate::domain::{ConnectionId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people decide about a connection.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Connection {
    /// Stable name, unique in the client.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// The protocol, as the registry of connectors names it.
    pub protocol: String,
    /// Whether it is to run.
    pub enabled: bool,
    /// JSON, the shape of the protocol; secrets stand in it as `{"secret": "<name>"}`.
    pub config: String,
}

/// A stored connection.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ConnectionRow {
    /// Identity.
    pub id: ConnectionId,
    /// What people decided.
    #[sqlx(flatten)]
    pub connection: Connection,
    /// When it was made.
    pub created_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, key, name, protocol, enabled, config, created_at from connections ",
            $tail
        )
    };
}

/// All connections by key.
pub async fn list(db: &Db) -> Result<Vec<ConnectionRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by key")).fetch_all(pool))
}

/// The connection with this id.
pub async fn find(db: &Db, id: ConnectionId) -> Result<Option<ConnectionRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The connection with this key.
pub async fn find_by_key(db: &Db, key: &str) -> Result<Option<ConnectionRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where key = $1")).bind(key).fetch_optional(pool))
}

/// Adds a connection.
pub async fn insert(
    tx: &mut Tx,
    connection: &Connection,
    at: Timestamp,
) -> Result<ConnectionId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into connections (key, name, protocol, enabled, config, created_at) \
         values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(&connection.key)
    .bind(&connection.name)
    .bind(&connection.protocol)
    .bind(connection.enabled)
    .bind(&connection.config)
    .bind(at)
    .fetch_one(conn))
}

/// Replaces what people decide about a connection; false when there is none.
pub async fn update(
    tx: &mut Tx,
    id: ConnectionId,
    connection: &Connection,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update connections set key = $2, name = $3, protocol = $4, enabled = $5, config = $6 \
         where id = $1",
    )
    .bind(id)
    .bind(&connection.key)
    .bind(&connection.name)
    .bind(&connection.protocol)
    .bind(connection.enabled)
    .bind(&connection.config)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a connection; false when there is none.
pub async fn delete(tx: &mut Tx, id: ConnectionId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from connections where id = $1")
        .bind(id)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Gives it another key; false when there is none.
pub async fn rename(tx: &mut Tx, id: ConnectionId, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update connections set key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}
