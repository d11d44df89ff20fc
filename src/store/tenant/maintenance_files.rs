//! Files that go with a piece of work: reports, pictures.

use crate::domain::{MaintenanceFileId, MaintenanceId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is told of a file.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct FileRow {
    /// Identity.
    pub id: MaintenanceFileId,
    /// What it is called.
    pub name: String,
    /// What it is, by its first bytes.
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// Who added it: `user:7`.
    pub added_by: String,
    /// When.
    pub added_at: Timestamp,
}

/// What is told of a file, and its bytes.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FileContent {
    /// What it is called.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

/// The files of a piece of work, in the order they came.
pub async fn list_of(db: &Db, work: MaintenanceId) -> Result<Vec<FileRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, name, media_type, size, added_by, added_at from maintenance_files \
         where maintenance_id = $1 order by id",
    )
    .bind(work)
    .fetch_all(pool))
}

/// One file of a piece of work.
pub async fn find(
    db: &Db,
    work: MaintenanceId,
    id: MaintenanceFileId,
) -> Result<Option<FileContent>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select name, media_type, content from maintenance_files \
         where maintenance_id = $1 and id = $2",
    )
    .bind(work)
    .bind(id)
    .fetch_optional(pool))
}

/// Bytes of all files of the client.
pub async fn total_size(db: &Db) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select cast(coalesce(sum(size), 0) as bigint) from maintenance_files",
    )
    .fetch_one(pool))
}

/// Adds a file.
pub async fn insert(
    tx: &mut Tx,
    work: MaintenanceId,
    file: &FileContent,
    by: &str,
    at: Timestamp,
) -> Result<MaintenanceFileId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into maintenance_files (maintenance_id, name, media_type, content, size, \
         added_by, added_at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(work)
    .bind(&file.name)
    .bind(&file.media_type)
    .bind(&file.content)
    .bind(file.content.len() as i64)
    .bind(by)
    .bind(at)
    .fetch_one(conn))
}

/// Removes a file; false when there is none.
pub async fn delete(
    tx: &mut Tx,
    work: MaintenanceId,
    id: MaintenanceFileId,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from maintenance_files where maintenance_id = $1 and id = $2",
    )
    .bind(work)
    .bind(id)
    .execute(conn))?;
    Ok(touched > 0)
}
