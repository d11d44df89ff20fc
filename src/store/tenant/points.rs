//! Points: the measured or commanded quantities of equipment.

use crate::domain::{
    CommandPolicy, EquipmentId, EquipmentTypeId, PointId, PointKind, StateSet, Timestamp, Unit,
};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What a point is: the same for the points of a type and of an equipment.
#[derive(Debug, Clone, Default, PartialEq, sqlx::FromRow)]
pub struct PointSpec {
    /// Stable name, unique in its equipment or type.
    pub key: String,
    /// What people call it, in English.
    pub name: String,
    /// The same in French.
    pub name_fr: Option<String>,
    /// How a value is read.
    pub kind: PointKind,
    /// What values are stored in.
    pub unit: Option<Unit>,
    /// The states of a point of kind state.
    pub states: StateSet,
    /// Digits to show after the decimal point.
    pub decimals: i64,
    /// Least value that can be true.
    pub valid_min: Option<f64>,
    /// Greatest value that can be true.
    pub valid_max: Option<f64>,
    /// Least value of ordinary operation.
    pub normal_min: Option<f64>,
    /// Greatest value of ordinary operation.
    pub normal_max: Option<f64>,
    /// Seconds between two readings; none when it reports on change only.
    pub period_s: Option<i64>,
    /// Who may command it; none when it is only read.
    pub command: Option<CommandPolicy>,
    /// Order inside its equipment or type.
    pub position: i64,
}

/// A point is stale after this many of its periods.
const PERIODS_UNTIL_STALE: i64 = 3;
/// A point that only reports changes is stale after this.
const STALE_WITHOUT_PERIOD: i64 = Timestamp::DAY;

impl PointSpec {
    /// Microseconds after which a value is too old to stand for now.
    pub fn stale_after(&self) -> i64 {
        self.period_s.map_or(STALE_WITHOUT_PERIOD, |period| {
            PERIODS_UNTIL_STALE.saturating_mul(period.saturating_mul(Timestamp::SECOND))
        })
    }
}

/// A stored point.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PointRow {
    /// Identity; the engine keeps samples by it.
    pub id: PointId,
    /// Whose point it is.
    pub equipment_id: EquipmentId,
    /// What it is.
    #[sqlx(flatten)]
    pub spec: PointSpec,
    /// When it was made.
    pub created_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, equipment_id, key, name, name_fr, kind, unit, states, decimals, \
             valid_min, valid_max, normal_min, normal_max, period_s, command, position, \
             created_at from points ",
            $tail
        )
    };
}

/// How many points there are, at a glance.
pub async fn total(db: &Db) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select count(*) from points").fetch_one(pool))
}

/// All points, grouped by equipment and in their order.
pub async fn list(db: &Db) -> Result<Vec<PointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by equipment_id, position, key")).fetch_all(pool))
}

/// The points of one equipment in their order.
pub async fn list_of(db: &Db, equipment: EquipmentId) -> Result<Vec<PointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where equipment_id = $1 order by position, key"))
        .bind(equipment)
        .fetch_all(pool))
}

/// The points of all equipment of one type, grouped by equipment and in their order.
pub async fn list_of_type(db: &Db, kind: EquipmentTypeId) -> Result<Vec<PointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where equipment_id in (select e.id from equipment e where e.type_id = $1) \
         order by equipment_id, position, key"
    ))
    .bind(kind)
    .fetch_all(pool))
}

/// How many there are; for quotas.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select count(*) from points").fetch_one(conn))
}

/// The point with this id.
pub async fn find(db: &Db, id: PointId) -> Result<Option<PointRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// Adds a point to an equipment.
pub async fn insert(
    tx: &mut Tx,
    equipment: EquipmentId,
    spec: &PointSpec,
    at: Timestamp,
) -> Result<PointId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into points (equipment_id, key, name, name_fr, kind, unit, states, decimals, \
         valid_min, valid_max, normal_min, normal_max, period_s, command, position, \
         created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         returning id",
    )
    .bind(equipment)
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
    .bind(at)
    .fetch_one(conn))
}

/// Gives an equipment every point of its type that it does not have yet; the number added.
pub async fn insert_from_type(
    tx: &mut Tx,
    equipment: EquipmentId,
    at: Timestamp,
) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into points (equipment_id, key, name, name_fr, kind, unit, states, decimals, \
         valid_min, valid_max, normal_min, normal_max, period_s, command, position, \
         created_at) \
         select e.id, t.key, t.name, t.name_fr, t.kind, t.unit, t.states, t.decimals, \
         t.valid_min, t.valid_max, t.normal_min, t.normal_max, t.period_s, t.command, \
         t.position, $2 \
         from equipment e join type_points t on t.type_id = e.type_id where e.id = $1 \
         and not exists (select 1 from points p where p.equipment_id = e.id and p.key = t.key)",
    )
    .bind(equipment)
    .bind(at)
    .execute(conn))
}

/// Replaces what a point is; its samples stay. False when there is none.
pub async fn update(tx: &mut Tx, id: PointId, spec: &PointSpec) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update points set key = $2, name = $3, name_fr = $4, kind = $5, unit = $6, states = $7, \
         decimals = $8, valid_min = $9, valid_max = $10, normal_min = $11, normal_max = $12, \
         period_s = $13, command = $14, position = $15 where id = $1",
    )
    .bind(id)
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
    Ok(touched > 0)
}

/// Removes a point; its samples are the engine's to remove.
pub async fn delete(tx: &mut Tx, id: PointId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from points where id = $1").bind(id).execute(conn))?;
    Ok(touched > 0)
}

/// Gives it another key; false when there is none.
pub async fn rename(tx: &mut Tx, id: PointId, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update points set key = $2 where id = $1")
        .bind(id)
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}
