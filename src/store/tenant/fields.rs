//! Custom fields, and what sites and equipment have in them.

use crate::domain::{FieldId, FieldKind};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people decide about a field.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Field {
    /// Of what: `site` or `equipment`.
    pub noun: String,
    /// Stable name, unique among the fields of its noun.
    pub key: String,
    /// What people call it, in English.
    pub name: String,
    /// The same in French.
    pub name_fr: Option<String>,
    /// What its values are.
    pub kind: FieldKind,
    /// The words of a select, a JSON array.
    pub options: String,
    /// Whether it must have a value.
    pub required: bool,
    /// Whether the search looks into it.
    pub searchable: bool,
    /// Whether lists show it.
    pub listed: bool,
    /// Order among the fields of its noun.
    pub position: i64,
}

/// A stored field.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FieldRow {
    /// Identity.
    pub id: FieldId,
    /// What people decided.
    #[sqlx(flatten)]
    pub field: Field,
}

/// One value of a field.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FieldValueRow {
    /// Of which site or equipment.
    pub owner_id: i64,
    /// Of which field.
    pub field_id: FieldId,
    /// JSON.
    pub value: String,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, noun, key, name, name_fr, kind, options, required, searchable, listed, \
             position from fields ",
            $tail
        )
    };
}

/// All fields in their order.
pub async fn list(db: &Db) -> Result<Vec<FieldRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by noun, position, key")).fetch_all(pool))
}

/// The field with this id.
pub async fn find(db: &Db, id: FieldId) -> Result<Option<FieldRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// Adds a field.
pub async fn insert(tx: &mut Tx, field: &Field) -> Result<FieldId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into fields (noun, key, name, name_fr, kind, options, required, searchable, \
         listed, position) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
    )
    .bind(&field.noun)
    .bind(&field.key)
    .bind(&field.name)
    .bind(&field.name_fr)
    .bind(field.kind)
    .bind(&field.options)
    .bind(field.required)
    .bind(field.searchable)
    .bind(field.listed)
    .bind(field.position)
    .fetch_one(conn))
}

/// Replaces what people decide about a field, its noun and kind apart; false when there is none.
pub async fn update(tx: &mut Tx, id: FieldId, field: &Field) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update fields set key = $2, name = $3, name_fr = $4, options = $5, required = $6, \
         searchable = $7, listed = $8, position = $9 where id = $1",
    )
    .bind(id)
    .bind(&field.key)
    .bind(&field.name)
    .bind(&field.name_fr)
    .bind(&field.options)
    .bind(field.required)
    .bind(field.searchable)
    .bind(field.listed)
    .bind(field.position)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a field with its values; false when there is none.
pub async fn delete(tx: &mut Tx, id: FieldId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from fields where id = $1")
        .bind(id)
        .execute(conn))?;
    Ok(touched > 0)
}

/// All values of sites.
pub async fn list_of_sites(db: &Db) -> Result<Vec<FieldValueRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select site_id as owner_id, field_id, value from site_values order by site_id, field_id",
    )
    .fetch_all(pool))
}

/// All values of equipment.
pub async fn list_of_equipment(db: &Db) -> Result<Vec<FieldValueRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select equipment_id as owner_id, field_id, value from equipment_values \
         order by equipment_id, field_id",
    )
    .fetch_all(pool))
}

/// The values of one site.
pub async fn list_of_site(db: &Db, site: i64) -> Result<Vec<FieldValueRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select site_id as owner_id, field_id, value from site_values \
         where site_id = $1 order by field_id",
    )
    .bind(site)
    .fetch_all(pool))
}

/// The values of one equipment.
pub async fn list_of_thing(db: &Db, thing: i64) -> Result<Vec<FieldValueRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select equipment_id as owner_id, field_id, value from equipment_values \
         where equipment_id = $1 order by field_id",
    )
    .bind(thing)
    .fetch_all(pool))
}

/// Takes all values of a site away.
pub async fn clear_site(tx: &mut Tx, site: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from site_values where site_id = $1")
        .bind(site)
        .execute(conn))?;
    Ok(())
}

/// Takes all values of an equipment away.
pub async fn clear_thing(tx: &mut Tx, thing: i64) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from equipment_values where equipment_id = $1")
        .bind(thing)
        .execute(conn))?;
    Ok(())
}

/// Gives a site a value it does not have yet.
pub async fn insert_of_site(
    tx: &mut Tx,
    site: i64,
    field: FieldId,
    value: &str,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into site_values (site_id, field_id, value) values ($1, $2, $3)",
    )
    .bind(site)
    .bind(field)
    .bind(value)
    .execute(conn))?;
    Ok(())
}

/// Gives an equipment a value it does not have yet.
pub async fn insert_of_thing(
    tx: &mut Tx,
    thing: i64,
    field: FieldId,
    value: &str,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into equipment_values (equipment_id, field_id, value) values ($1, $2, $3)",
    )
    .bind(thing)
    .bind(field)
    .bind(value)
    .execute(conn))?;
    Ok(())
}
