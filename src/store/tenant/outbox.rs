//! Mails that wait to be sent; their content is sealed, for it may hold a link.

use crate::domain::{LetterId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// A mail that waits.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct OutboxRow {
    /// Identity.
    pub id: LetterId,
    /// To whom.
    pub recipient: String,
    /// Subject and bodies, sealed.
    pub sealed: Vec<u8>,
    /// How often it was tried, this time included.
    pub tries: i64,
    /// Since when it waits.
    pub created_at: Timestamp,
}

/// Adds a mail, due at once.
pub async fn insert(
    tx: &mut Tx,
    recipient: &str,
    sealed: &[u8],
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into outbox (recipient, sealed, created_at, next_try_at) values ($1, $2, $3, $3)",
    )
    .bind(recipient)
    .bind(sealed)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// Whether a mail is due; a cheap look before [`claim`].
pub async fn is_due(db: &Db, now: Timestamp) -> Result<bool, StoreError> {
    let due: Option<LetterId> = on_db!(db.read, pool => sqlx::query_scalar(
        "select id from outbox where next_try_at <= $1 limit 1",
    )
    .bind(now)
    .fetch_optional(pool))?;
    Ok(due.is_some())
}

/// Takes the mail that is due longest and keeps it from others until `leased_until`.
pub async fn claim(
    db: &Db,
    now: Timestamp,
    leased_until: Timestamp,
) -> Result<Option<OutboxRow>, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "update outbox set next_try_at = $2, tries = tries + 1 where next_try_at <= $1 and id = \
         (select id from outbox where next_try_at <= $1 order by next_try_at, id limit 1) \
         returning id, recipient, sealed, tries, created_at",
    )
    .bind(now)
    .bind(leased_until)
    .fetch_optional(pool))
}

/// Lets a mail that could not be sent wait.
pub async fn postpone(
    db: &Db,
    id: LetterId,
    until: Timestamp,
    error: &str,
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "update outbox set next_try_at = $2, last_error = $3 where id = $1",
    )
    .bind(id)
    .bind(until)
    .bind(error)
    .execute(pool))?;
    Ok(())
}

/// Removes a mail that was sent, or given up.
pub async fn delete(db: &Db, id: LetterId) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from outbox where id = $1")
        .bind(id)
        .execute(pool))?;
    Ok(())
}
