//! Tenants: the client organisations of this platform.

use crate::domain::{TenantId, TenantStatus, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people decide about a client.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TenantSpec {
    /// Stable name, the first label of its portal host.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Language of those who have not chosen one: `en`, `fr`.
    pub locale: String,
    /// IANA name.
    pub time_zone: String,
    /// JSON object: how its portal looks.
    pub brand: String,
    /// How long samples are kept; none means for ever.
    pub retention_days: Option<i64>,
    /// JSON object: what it may have at most.
    pub quota: String,
    /// JSON array: the networks its people may come from.
    pub allow_list: String,
}

/// A stored client.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct TenantRow {
    /// Identity.
    pub id: TenantId,
    /// What people decided.
    #[sqlx(flatten)]
    pub spec: TenantSpec,
    /// Where it is in its life.
    pub status: TenantStatus,
    /// Where its database is: `sqlite:tenants/<id>.db` or `postgres:vigie_t_<id>`.
    pub database_url: String,
    /// The sealed password of its login role, on PostgreSQL.
    pub database_secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for TenantRow {
    /// Without the sealed password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenantRow")
            .field("id", &self.id)
            .field("slug", &self.spec.slug)
            .field("status", &self.status)
            .field("database_url", &self.database_url)
            .finish_non_exhaustive()
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, slug, name, locale, time_zone, brand, retention_days, quota, \
             allow_list, status, database_url, database_secret, created_at from tenants ",
            $tail
        )
    };
}

/// All clients by slug.
pub async fn list(db: &Db) -> Result<Vec<TenantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by slug")).fetch_all(pool))
}

/// The client with this slug.
pub async fn find_by_slug(db: &Db, slug: &str) -> Result<Option<TenantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where slug = $1")).bind(slug).fetch_optional(pool))
}

/// What people decided about a client, which nobody else changes until the transaction ends.
pub async fn lock(tx: &mut Tx, id: TenantId) -> Result<TenantSpec, StoreError> {
    on_tx!(tx, conn => sqlx::query_as(
        "update tenants set slug = slug where id = $1 \
         returning slug, name, locale, time_zone, brand, retention_days, quota, allow_list",
    )
    .bind(id)
    .fetch_one(conn))
}

/// Every host name beside the usual `<slug>.<base>`, with its client.
pub async fn list_hosts(db: &Db) -> Result<Vec<(TenantId, String)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as("select tenant_id, host from tenant_hosts order by host")
        .fetch_all(pool))
}

/// Adds a client that is being provisioned; [`set_database`] says where it lies.
pub async fn insert(tx: &mut Tx, spec: &TenantSpec, at: Timestamp) -> Result<TenantId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into tenants (slug, name, locale, time_zone, brand, retention_days, quota, \
         allow_list, status, database_url, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'provisioning', '', $9) returning id",
    )
    .bind(&spec.slug)
    .bind(&spec.name)
    .bind(&spec.locale)
    .bind(&spec.time_zone)
    .bind(&spec.brand)
    .bind(spec.retention_days)
    .bind(&spec.quota)
    .bind(&spec.allow_list)
    .bind(at)
    .fetch_one(conn))
}

/// Replaces what people decide about a client; false when there is none.
pub async fn update(tx: &mut Tx, id: TenantId, spec: &TenantSpec) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update tenants set slug = $2, name = $3, locale = $4, time_zone = $5, brand = $6, \
         retention_days = $7, quota = $8, allow_list = $9 where id = $1",
    )
    .bind(id)
    .bind(&spec.slug)
    .bind(&spec.name)
    .bind(&spec.locale)
    .bind(&spec.time_zone)
    .bind(&spec.brand)
    .bind(spec.retention_days)
    .bind(&spec.quota)
    .bind(&spec.allow_list)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Says where the database of a client is, and the sealed password to it.
pub async fn set_database(
    tx: &mut Tx,
    id: TenantId,
    database_url: &str,
    sealed_password: Option<&[u8]>,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update tenants set database_url = $2, database_secret = $3 where id = $1",
    )
    .bind(id)
    .bind(database_url)
    .bind(sealed_password)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Moves a client on in its life; false when there is none.
pub async fn set_status(
    tx: &mut Tx,
    id: TenantId,
    status: TenantStatus,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update tenants set status = $2 where id = $1")
        .bind(id)
        .bind(status)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Gives a client a host name; `Duplicate` when another has it.
pub async fn insert_host(tx: &mut Tx, id: TenantId, host: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("insert into tenant_hosts (host, tenant_id) values ($1, $2)")
        .bind(host.to_lowercase())
        .bind(id)
        .execute(conn))?;
    Ok(())
}

/// Takes a host name from a client; false when it did not have it.
pub async fn delete_host(tx: &mut Tx, id: TenantId, host: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from tenant_hosts where tenant_id = $1 and host = $2",
    )
    .bind(id)
    .bind(host.to_lowercase())
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a client from the catalogue, once its database is gone.
pub async fn delete(tx: &mut Tx, id: TenantId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from tenants where id = $1").bind(id).execute(conn))?;
    Ok(touched > 0)
}
