//! Dashboards: whose they are, who may see them, and their tiles.

use crate::domain::{DashboardId, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is decided about a dashboard.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Dashboard {
    /// What people call it.
    pub name: String,
    /// Whether everybody of the client sees it.
    pub shared: bool,
    /// JSON of a `domain::dashboard::Layout`.
    pub layout: String,
}

/// A stored dashboard.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct DashboardRow {
    /// Identity.
    pub id: DashboardId,
    /// What was decided.
    #[sqlx(flatten)]
    pub dashboard: Dashboard,
    /// Whose it is; none for one that a program made.
    pub owner_id: Option<UserId>,
    /// Moves with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, name, owner_id, shared, layout, version, created_at, changed_at \
             from dashboards ",
            $tail
        )
    };
}

/// Those of a person and those that are shared, by name.
pub async fn list_seen(db: &Db, user: Option<UserId>) -> Result<Vec<DashboardRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where shared or owner_id = $1 order by lower(name), id"
    ))
    .bind(user)
    .fetch_all(pool))
}

/// Those of a person, by name.
pub async fn list_of(db: &Db, user: UserId) -> Result<Vec<DashboardRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where owner_id = $1 order by lower(name), id"))
        .bind(user)
        .fetch_all(pool))
}

/// One of them.
pub async fn find(db: &Db, id: DashboardId) -> Result<Option<DashboardRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// How many there are.
pub async fn count(db: &Db) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select count(*) from dashboards").fetch_one(pool))
}

/// Adds one.
pub async fn insert(
    tx: &mut Tx,
    dashboard: &Dashboard,
    owner: Option<UserId>,
    at: Timestamp,
) -> Result<DashboardId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into dashboards (name, owner_id, shared, layout, created_at, changed_at) \
         values ($1, $2, $3, $4, $5, $5) returning id",
    )
    .bind(&dashboard.name)
    .bind(owner)
    .bind(dashboard.shared)
    .bind(&dashboard.layout)
    .bind(at)
    .fetch_one(conn))
}

/// Changes one that is still at `version`; false when it is not, or is gone.
pub async fn update(
    tx: &mut Tx,
    id: DashboardId,
    version: i64,
    dashboard: &Dashboard,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update dashboards set name = $3, shared = $4, layout = $5, changed_at = $6, \
         version = version + 1 where id = $1 and version = $2",
    )
    .bind(id)
    .bind(version)
    .bind(&dashboard.name)
    .bind(dashboard.shared)
    .bind(&dashboard.layout)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes one that is still at `version`; false when it is not, or is gone.
pub async fn delete(tx: &mut Tx, id: DashboardId, version: i64) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from dashboards where id = $1 and version = $2",
    )
    .bind(id)
    .bind(version)
    .execute(conn))?;
    Ok(touched > 0)
}
