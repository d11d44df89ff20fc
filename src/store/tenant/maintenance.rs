//! Maintenance: what is to be done to equipment, and what was.

use crate::domain::{EquipmentId, MaintenanceId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What people say about a piece of work. Days count from 1970-01-01 on the calendar of the site.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Work {
    /// What to do.
    pub title: String,
    /// How, and what was found.
    pub notes: String,
    /// By when.
    pub due_on: Option<i64>,
    /// When it was done.
    pub done_on: Option<i64>,
    /// By whom: `user:7`.
    pub done_by: Option<String>,
}

/// Stored work.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct WorkRow {
    /// Identity.
    pub id: MaintenanceId,
    /// On what.
    pub equipment_id: EquipmentId,
    /// What people say.
    #[sqlx(flatten)]
    pub work: Work,
    /// Who planned it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Moves with every change.
    pub version: i64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, equipment_id, title, notes, due_on, done_on, done_by, created_by, \
             created_at, version from maintenance ",
            $tail
        )
    };
}

/// What is still to be done, the most urgent first; what has no date comes last.
pub async fn list_open(db: &Db, limit: i64) -> Result<Vec<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where done_on is null order by due_on is null, due_on, id limit $1"
    ))
    .bind(limit)
    .fetch_all(pool))
}

/// What was done, the latest first.
pub async fn list_done(db: &Db, limit: i64) -> Result<Vec<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where done_on is not null order by done_on desc, id desc limit $1"
    ))
    .bind(limit)
    .fetch_all(pool))
}

/// All work on one equipment: what is to be done first, then what was, the latest first.
pub async fn list_of(db: &Db, equipment: EquipmentId) -> Result<Vec<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where equipment_id = $1 order by done_on is not null, done_on desc, due_on is null, \
         due_on, id limit 500"
    ))
    .bind(equipment)
    .fetch_all(pool))
}

/// Which work a list is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Asked {
    /// Only that on this equipment.
    pub equipment: Option<EquipmentId>,
    /// Only what is done, or only what is not.
    pub done: Option<bool>,
    /// Only what was written down after this one.
    pub after: MaintenanceId,
}

/// A part of all work, in the order it was written down.
pub async fn list_part(db: &Db, asked: &Asked, limit: i64) -> Result<Vec<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where id > $1 and (cast($2 as bigint) is null or equipment_id = $2) \
         and (cast($3 as bigint) is null or (done_on is not null) = ($3 = 1)) \
         order by id limit $4"
    ))
    .bind(asked.after)
    .bind(asked.equipment)
    .bind(asked.done.map(i64::from))
    .bind(limit)
    .fetch_all(pool))
}

/// One piece of work.
pub async fn find(db: &Db, id: MaintenanceId) -> Result<Option<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// Adds one.
pub async fn insert(
    tx: &mut Tx,
    equipment: EquipmentId,
    work: &Work,
    by: &str,
    at: Timestamp,
) -> Result<MaintenanceId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into maintenance (equipment_id, title, notes, due_on, done_on, done_by, \
         created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning id",
    )
    .bind(equipment)
    .bind(&work.title)
    .bind(&work.notes)
    .bind(work.due_on)
    .bind(work.done_on)
    .bind(&work.done_by)
    .bind(by)
    .bind(at)
    .fetch_one(conn))
}

/// Changes one that is still at `version`; false when it is not, or is gone.
pub async fn update(
    tx: &mut Tx,
    id: MaintenanceId,
    version: i64,
    work: &Work,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update maintenance set title = $3, notes = $4, due_on = $5, done_on = $6, \
         done_by = $7, version = version + 1 where id = $1 and version = $2",
    )
    .bind(id)
    .bind(version)
    .bind(&work.title)
    .bind(&work.notes)
    .bind(work.due_on)
    .bind(work.done_on)
    .bind(&work.done_by)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Work that is due on a day and of whose date nobody was reminded, the most urgent first.
pub async fn due(db: &Db, day: i64, limit: i64) -> Result<Vec<WorkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where done_on is null and due_on <= $1 and (reminded_of is null or reminded_of <> due_on) \
         order by due_on, id limit $2"
    ))
    .bind(day)
    .bind(limit)
    .fetch_all(pool))
}

/// Marks that somebody is reminded of the date of this work; false when they were before, or when
/// it is done or has another date by now.
pub async fn set_reminded(tx: &mut Tx, row: &WorkRow) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update maintenance set reminded_of = due_on where id = $1 and version = $2 \
         and done_on is null and (reminded_of is null or reminded_of <> due_on)",
    )
    .bind(row.id)
    .bind(row.version)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes one with its files; false when it is not at `version`, or is gone.
pub async fn delete(tx: &mut Tx, id: MaintenanceId, version: i64) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from maintenance where id = $1 and version = $2",
    )
    .bind(id)
    .bind(version)
    .execute(conn))?;
    Ok(touched > 0)
}
