//! What tells of persons: names, addresses, programs. It lies beside the chain and can go.

use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// What one entry tells of a person.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Told {
    /// The entry.
    pub entry: i64,
    /// JSON.
    pub content: String,
}

/// What the log tells of a person (`user:7`), oldest first.
pub async fn told_of(db: &Db, person: &str) -> Result<Vec<Told>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select entry, content from audit_persons where person = $1 order by entry, part",
    )
    .bind(person)
    .fetch_all(pool))
}

/// Forgets a person: their number stays, what told of them goes; how much there was.
/// The caller records [`Action::ERASED`](crate::domain::audit::Action::ERASED) with the same
/// transaction: without it, verification says that something is missing.
pub async fn forget(tx: &mut Tx, person: &str) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from audit_persons where person = $1")
        .bind(person)
        .execute(conn))
}
