//! Equipment types: templates with normalised points.

use super::PointSpec;
use crate::domain::EquipmentTypeId;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people decide about a type, its points apart.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub struct EquipmentType {
    /// Stable name, unique in the client.
    pub key: String,
    /// What people call it, in English.
    pub name: String,
    /// The same in French.
    pub name_fr: Option<String>,
    /// Symbol of the look to draw it with.
    pub icon: String,
    /// Class of the Brick schema.
    pub brick_class: Option<String>,
    /// Haystack tags, a JSON array of words.
    pub haystack_tags: String,
    /// Whether equipment of this type can be reserved.
    pub bookable: bool,
}

/// A stored type.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct EquipmentTypeRow {
    /// Identity.
    pub id: EquipmentTypeId,
    /// What people decided.
    #[sqlx(flatten)]
    pub equipment_type: EquipmentType,
}

/// A stored point of a type.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct TypePointRow {
    /// Whose point it is.
    pub type_id: EquipmentTypeId,
    /// What it is.
    #[sqlx(flatten)]
    pub spec: PointSpec,
}

/// All types by key.
pub async fn list(db: &Db) -> Result<Vec<EquipmentTypeRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, key, name, name_fr, icon, brick_class, haystack_tags, bookable \
         from equipment_types order by key",
    )
    .fetch_all(pool))
}

/// The type with this id.
pub async fn find(db: &Db, id: EquipmentTypeId) -> Result<Option<EquipmentTypeRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, key, name, name_fr, icon, brick_class, haystack_tags, bookable \
         from equipment_types where id = $1",
    )
    .bind(id)
    .fetch_optional(pool))
}

/// The type with this key.
pub async fn find_by_key(db: &Db, key: &str) -> Result<Option<EquipmentTypeRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, key, name, name_fr, icon, brick_class, haystack_tags, bookable \
         from equipment_types where key = $1",
    )
    .bind(key)
    .fetch_optional(pool))
}

/// The points of one type in their order.
pub async fn list_points_of(
    db: &Db,
    kind: EquipmentTypeId,
) -> Result<Vec<TypePointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select type_id, key, name, name_fr, kind, unit, states, decimals, valid_min, valid_max, \
         normal_min, normal_max, period_s, command, position from type_points where type_id = $1 \
         order by position, key",
    )
    .bind(kind)
    .fetch_all(pool))
}

/// The points of all types, grouped by type and in their order.
pub async fn list_points(db: &Db) -> Result<Vec<TypePointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select type_id, key, name, name_fr, kind, unit, states, decimals, valid_min, valid_max, \
         normal_min, normal_max, period_s, command, position from type_points \
         order by type_id, position, key",
    )
    .fetch_all(pool))
}

/// Adds a type without points.
pub async fn insert(tx: &mut Tx, kind: &EquipmentType) -> Result<EquipmentTypeId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into equipment_types (key, name, name_fr, icon, brick_class, haystack_tags, \
         bookable) values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(&kind.key)
    .bind(&kind.name)
    .bind(&kind.name_fr)
    .bind(&kind.icon)
    .bind(&kind.brick_class)
    .bind(&kind.haystack_tags)
    .bind(kind.bookable)
    .fetch_one(conn))
}

/// Replaces what people decide about a type; false when there is none.
pub async fn update(
    tx: &mut Tx,
    id: EquipmentTypeId,
    kind: &EquipmentType,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update equipment_types set key = $2, name = $3, name_fr = $4, icon = $5, \
         brick_class = $6, haystack_tags = $7, bookable = $8 where id = $1",
    )
    .bind(id)
    .bind(&kind.key)
    .bind(&kind.name)
    .bind(&kind.name_fr)
    .bind(&kind.icon)
    .bind(&kind.brick_class)
    .bind(&kind.haystack_tags)
    .bind(kind.bookable)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a type that no equipment has, with its points; false when there is none.
pub async fn delete(tx: &mut Tx, id: EquipmentTypeId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from equipment_types where id = $1")
        .bind(id)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Adds a point to a type, or replaces the one with its key.
pub async fn put_point(
    tx: &mut Tx,
    kind: EquipmentTypeId,
    spec: &PointSpec,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into type_points (type_id, key, name, name_fr, kind, unit, states, decimals, \
         valid_min, valid_max, normal_min, normal_max, period_s, command, position) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         on conflict (type_id, key) do update set name = excluded.name, \
         name_fr = excluded.name_fr, kind = excluded.kind, unit = excluded.unit, \
         states = excluded.states, decimals = excluded.decimals, valid_min = excluded.valid_min, \
         valid_max = excluded.valid_max, normal_min = excluded.normal_min, \
         normal_max = excluded.normal_max, period_s = excluded.period_s, \
         command = excluded.command, position = excluded.position",
    )
    .bind(kind)
    .bind(&spec.key)
    .bind(&spec.name)
    .bind(&spec.name_fr)
    .bind(spec.kind)
    .bind(spec.unit)
    .bind(&spec.states)
    .bind(spec.decimals)
    .bind(spec.valid_min)
    .bind(spec.valid_max)
    .bind(spec.normal_min)
    .bind(spec.normal_max)
    .bind(spec.period_s)
    .bind(&spec.command)
    .bind(spec.position)
    .execute(conn))?;
    Ok(())
}

/// Removes a point from a type; false when there is none.
pub async fn delete_point(
    tx: &mut Tx,
    kind: EquipmentTypeId,
    key: &str,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from type_points where type_id = $1 and key = $2",
    )
    .bind(kind)
    .bind(key)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Gives it another key; false when there is none.
pub async fn rename(tx: &mut Tx, id: EquipmentTypeId, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update equipment_types set key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Gives a point of a type another key; false when there is none.
pub async fn rename_point(
    tx: &mut Tx,
    kind: EquipmentTypeId,
    from: &str,
    to: &str,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update type_points set key = $3 where type_id = $1 and key = $2",
    )
    .bind(kind)
    .bind(from)
    .bind(to)
    .execute(conn))?;
    Ok(touched > 0)
}

/// How many points equipment of a type has at least.
pub async fn count_points(tx: &mut Tx, kind: EquipmentTypeId) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select count(*) from type_points where type_id = $1")
        .bind(kind)
        .fetch_one(conn))
}
