//! Links that show one dashboard to whoever holds them, until they end.
//!
//! The link carries a secret; its SHA-256 is kept, never the secret. A link sees the points
//! that are written beside it and nothing else: whoever saves a dashboard writes them anew.

use crate::domain::{PointId, ShareLinkId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is decided when a link is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLink {
    /// SHA-256 of the secret in the link.
    pub token_hash: Vec<u8>,
    /// Which dashboard it shows.
    pub dashboard_id: i64,
    /// The points of that dashboard that its maker sees.
    pub points: Vec<PointId>,
    /// Who made it: `user:7`.
    pub created_by: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A stored link.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ShareLinkRow {
    /// Identity.
    pub id: ShareLinkId,
    /// Which dashboard it shows.
    pub dashboard_id: i64,
    /// JSON list of ids.
    points: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
}

impl ShareLinkRow {
    /// What it shows; nothing where that cannot be read.
    pub fn points(&self) -> Vec<PointId> {
        serde_json::from_str(&self.points).unwrap_or_default()
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, dashboard_id, points, created_by, created_at, expires_at, revoked_at \
             from share_links ",
            $tail
        )
    };
}

/// The link with this hash, if it is neither revoked nor over.
pub async fn find_by_hash(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ShareLinkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where token_hash = $1 and revoked_at is null and expires_at > $2"
    ))
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// The links to a dashboard, newest first, those that ended included.
pub async fn list_of(db: &Db, dashboard_id: i64) -> Result<Vec<ShareLinkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where dashboard_id = $1 order by id desc"
    ))
    .bind(dashboard_id)
    .fetch_all(pool))
}

/// Adds a link.
pub async fn insert(
    tx: &mut Tx,
    link: &ShareLink,
    at: Timestamp,
) -> Result<ShareLinkId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into share_links (token_hash, dashboard_id, points, created_by, created_at, \
         expires_at) values ($1, $2, $3, $4, $5, $6) returning id",
    )
    .bind(&link.token_hash)
    .bind(link.dashboard_id)
    .bind(as_json(&link.points))
    .bind(&link.created_by)
    .bind(at)
    .bind(link.expires_at)
    .fetch_one(conn))
}

/// Writes anew what one link shows; false when there is none.
pub async fn set_points(
    tx: &mut Tx,
    id: ShareLinkId,
    points: &[PointId],
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update share_links set points = $2 where id = $1")
        .bind(id)
        .bind(as_json(points))
        .execute(conn))?;
    Ok(touched > 0)
}

/// Refuses a link from now on; false when there is none that was let in.
pub async fn revoke(tx: &mut Tx, id: ShareLinkId, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update share_links set revoked_at = $2 where id = $1 and revoked_at is null",
    )
    .bind(id)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes the links to a dashboard that is no more.
pub async fn delete_of(tx: &mut Tx, dashboard_id: i64) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from share_links where dashboard_id = $1")
        .bind(dashboard_id)
        .execute(conn))
}

fn as_json(points: &[PointId]) -> String {
    let ids: Vec<_> = points.iter().map(|point| point.0).collect();
    serde_json::Value::from(ids).to_string()
}
