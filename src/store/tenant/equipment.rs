//! Equipment: things that are measured or reserved, nested.

use crate::domain::{EquipmentId, EquipmentTypeId, SiteId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// `created_by` of equipment that grew from what devices sent.
pub const BY_DEVICES: &str = "ingest";

/// What people decide about an equipment.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Equipment {
    /// Where it stands.
    pub site_id: SiteId,
    /// The equipment it is part of.
    pub parent_id: Option<EquipmentId>,
    /// Its template.
    pub type_id: EquipmentTypeId,
    /// Stable name for manifests, routes and devices, unique in the client.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Maker and model.
    pub model: Option<String>,
    /// Serial number.
    pub serial: Option<String>,
    /// Anything else people want to remember.
    pub note: Option<String>,
}

/// A stored equipment.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct EquipmentRow {
    /// Identity.
    pub id: EquipmentId,
    /// What people decided.
    #[sqlx(flatten)]
    pub equipment: Equipment,
    /// Who made it: `manifest`, [`BY_DEVICES`] or `user:<id>`.
    pub created_by: String,
    /// When it was made.
    pub created_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, site_id, parent_id, type_id, key, name, model, serial, note, created_by, \
             created_at from equipment ",
            $tail
        )
    };
}

/// All equipment by key.
pub async fn list(db: &Db) -> Result<Vec<EquipmentRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by key")).fetch_all(pool))
}

/// The equipment with this id.
pub async fn find(db: &Db, id: EquipmentId) -> Result<Option<EquipmentRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The equipment with this key.
pub async fn find_by_key(db: &Db, key: &str) -> Result<Option<EquipmentRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where key = $1")).bind(key).fetch_optional(pool))
}

/// The equipment of one type, by key.
pub async fn list_of_type(db: &Db, kind: EquipmentTypeId) -> Result<Vec<EquipmentRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where type_id = $1 order by key"))
        .bind(kind)
        .fetch_all(pool))
}

/// How many there are; for quotas.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select count(*) from equipment").fetch_one(conn))
}

/// Adds an equipment without points; `created_by` as in [`EquipmentRow`].
pub async fn insert(
    tx: &mut Tx,
    equipment: &Equipment,
    created_by: &str,
    at: Timestamp,
) -> Result<EquipmentId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into equipment (site_id, parent_id, type_id, key, name, model, serial, note, \
         created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(equipment.site_id)
    .bind(equipment.parent_id)
    .bind(equipment.type_id)
    .bind(&equipment.key)
    .bind(&equipment.name)
    .bind(&equipment.model)
    .bind(&equipment.serial)
    .bind(&equipment.note)
    .bind(created_by)
    .bind(at)
    .fetch_one(conn))
}

/// Replaces what people decide about an equipment; false when there is none.
pub async fn update(
    tx: &mut Tx,
    id: EquipmentId,
    equipment: &Equipment,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update equipment set site_id = $2, parent_id = $3, type_id = $4, key = $5, name = $6, \
         model = $7, serial = $8, note = $9 where id = $1",
    )
    .bind(id)
    .bind(equipment.site_id)
    .bind(equipment.parent_id)
    .bind(equipment.type_id)
    .bind(&equipment.key)
    .bind(&equipment.name)
    .bind(&equipment.model)
    .bind(&equipment.serial)
    .bind(&equipment.note)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes an equipment that has no parts, with its points; false when there is none.
pub async fn delete(tx: &mut Tx, id: EquipmentId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from equipment where id = $1")
        .bind(id)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Gives it another key; false when there is none.
pub async fn rename(tx: &mut Tx, id: EquipmentId, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update equipment set key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}
