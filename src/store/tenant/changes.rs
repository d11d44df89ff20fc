//! Changes: who did what to the model, the people and the keys.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// One recorded change.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRow {
    /// Grows with time.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// `manifest`, `user:<id>`, `command`.
    pub actor: String,
    /// Verb: `created`, `changed`, `renamed`, `revoked`, `removed`.
    pub what: String,
    /// Noun and key: `site centre`.
    pub subject: String,
    /// In words; never a secret.
    pub detail: String,
}

/// The newest changes, newest first.
pub async fn list(db: &Db, limit: i64) -> Result<Vec<ChangeRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, at, actor, what, subject, detail from changes order by id desc limit $1",
    )
    .bind(limit)
    .fetch_all(pool))
}

/// Records a change with the transaction that makes it.
pub async fn insert(
    tx: &mut Tx,
    at: Timestamp,
    actor: &str,
    what: &str,
    subject: &str,
    detail: &str,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into changes (at, actor, what, subject, detail) values ($1, $2, $3, $4, $5)",
    )
    .bind(at)
    .bind(actor)
    .bind(what)
    .bind(subject)
    .bind(detail)
    .execute(conn))?;
    Ok(())
}
