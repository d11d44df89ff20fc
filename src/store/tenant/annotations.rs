//! Annotations: remarks at an instant of an equipment, shown on its charts.

use crate::domain::{AnnotationId, EquipmentId, TimeRange, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// A remark with the name of who made it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct AnnotationRow {
    /// Identity.
    pub id: AnnotationId,
    /// What it is about.
    pub equipment_id: EquipmentId,
    /// The instant it is about.
    pub at: Timestamp,
    /// What people wrote.
    pub text: String,
    /// Who; none when they are gone.
    pub author_id: Option<UserId>,
    /// Their name.
    pub author: Option<String>,
    /// When it was written or changed last.
    pub changed_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select a.id, a.equipment_id, a.at, a.text, a.author_id, u.name as author, \
             a.changed_at from annotations a left join users u on u.id = a.author_id ",
            $tail
        )
    };
}

/// Those of one equipment within a range, by their instant; the latest of more than `limit`.
pub async fn list(
    db: &Db,
    equipment: EquipmentId,
    range: TimeRange,
    limit: i64,
) -> Result<Vec<AnnotationRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where a.equipment_id = $1 and a.at >= $2 and a.at < $3 order by a.at desc, a.id desc limit $4"
    ))
    .bind(equipment)
    .bind(range.start)
    .bind(range.end)
    .bind(limit)
    .fetch_all(pool))
}

/// The annotation with this id.
pub async fn find(db: &Db, id: AnnotationId) -> Result<Option<AnnotationRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where a.id = $1")).bind(id).fetch_optional(pool))
}

/// Adds one.
pub async fn insert(
    tx: &mut Tx,
    equipment: EquipmentId,
    at: Timestamp,
    text: &str,
    author: UserId,
    now: Timestamp,
) -> Result<AnnotationId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into annotations (equipment_id, at, text, author_id, created_at, changed_at) \
         values ($1, $2, $3, $4, $5, $5) returning id",
    )
    .bind(equipment)
    .bind(at)
    .bind(text)
    .bind(author)
    .bind(now)
    .fetch_one(conn))
}

/// Changes the text of somebody's own; false when it is not theirs or gone.
pub async fn update(
    tx: &mut Tx,
    id: AnnotationId,
    author: UserId,
    text: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update annotations set text = $3, changed_at = $4 where id = $1 and author_id = $2",
    )
    .bind(id)
    .bind(author)
    .bind(text)
    .bind(now)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Removes somebody's own; false when it is not theirs or gone.
pub async fn delete(tx: &mut Tx, id: AnnotationId, author: UserId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from annotations where id = $1 and author_id = $2",
    )
    .bind(id)
    .bind(author)
    .execute(conn))?;
    Ok(touched > 0)
}
