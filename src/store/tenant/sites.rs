//! Sites: places, nested.

use crate::domain::{SiteId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people decide about a site.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Site {
    /// The site it lies in.
    pub parent_id: Option<SiteId>,
    /// Stable name for manifests and routes, unique in the client.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Postal address.
    pub address: Option<String>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// IANA name; days and months of its points are counted here.
    pub time_zone: String,
    /// Order among its siblings.
    pub position: i64,
}

/// A stored site.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct SiteRow {
    /// Identity.
    pub id: SiteId,
    /// What people decided.
    #[sqlx(flatten)]
    pub site: Site,
    /// When it was made.
    pub created_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, parent_id, key, name, address, latitude, longitude, time_zone, position, \
             created_at from sites ",
            $tail
        )
    };
}

/// All sites, siblings in their order.
pub async fn list(db: &Db) -> Result<Vec<SiteRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by position, key")).fetch_all(pool))
}

/// The site with this id.
pub async fn find(db: &Db, id: SiteId) -> Result<Option<SiteRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The site with this key.
pub async fn find_by_key(db: &Db, key: &str) -> Result<Option<SiteRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where key = $1")).bind(key).fetch_optional(pool))
}

/// The last place in the order of all sites; none when there is no site.
pub async fn last_position(db: &Db) -> Result<Option<i64>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select max(position) from sites").fetch_one(pool))
}

/// Adds a site.
pub async fn insert(tx: &mut Tx, site: &Site, at: Timestamp) -> Result<SiteId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into sites (parent_id, key, name, address, latitude, longitude, time_zone, \
         position, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
    )
    .bind(site.parent_id)
    .bind(&site.key)
    .bind(&site.name)
    .bind(&site.address)
    .bind(site.latitude)
    .bind(site.longitude)
    .bind(&site.time_zone)
    .bind(site.position)
    .bind(at)
    .fetch_one(conn))
}

/// Replaces what people decide about a site; false when there is none.
pub async fn update(tx: &mut Tx, id: SiteId, site: &Site) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update sites set parent_id = $2, key = $3, name = $4, address = $5, latitude = $6, \
         longitude = $7, time_zone = $8, position = $9 where id = $1",
    )
    .bind(id)
    .bind(site.parent_id)
    .bind(&site.key)
    .bind(&site.name)
    .bind(&site.address)
    .bind(site.latitude)
    .bind(site.longitude)
    .bind(&site.time_zone)
    .bind(site.position)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a site that nothing lies in; false when there is none.
pub async fn delete(tx: &mut Tx, id: SiteId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from sites where id = $1").bind(id).execute(conn))?;
    Ok(touched > 0)
}

/// Gives it another key; false when there is none.
pub async fn rename(tx: &mut Tx, id: SiteId, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update sites set key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}
