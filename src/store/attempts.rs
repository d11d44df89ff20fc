//! Failed tries to get in: the same table in each client's database, for their people, and in
//! the platform's own, for its staff.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_tx};

/// What is known of one guesser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct AttemptsRow {
    /// How many failures there were; none for a guesser who is new.
    pub failures: i64,
    /// No other try before this.
    pub not_before: Timestamp,
    /// When the last one was.
    pub last_at: Timestamp,
}

/// A guesser by the SHA-256 of its name. Nobody else counts it until the transaction ends.
pub async fn hold(tx: &mut Tx, guesser: &[u8], now: Timestamp) -> Result<AttemptsRow, StoreError> {
    on_tx!(tx, conn => sqlx::query_as(
        "insert into attempts (guesser, failures, not_before, last_at) values ($1, 0, 0, $2) \
         on conflict (guesser) do update set guesser = excluded.guesser \
         returning failures, not_before, last_at",
    )
    .bind(guesser)
    .bind(now)
    .fetch_one(conn))
}

/// Keeps what became of a guesser that is held.
pub async fn put(tx: &mut Tx, guesser: &[u8], row: &AttemptsRow) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "update attempts set failures = $2, not_before = $3, last_at = $4 where guesser = $1",
    )
    .bind(guesser)
    .bind(row.failures)
    .bind(row.not_before)
    .bind(row.last_at)
    .execute(conn))?;
    Ok(())
}

/// Forgets a guesser.
pub async fn delete(tx: &mut Tx, guesser: &[u8]) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from attempts where guesser = $1")
        .bind(guesser)
        .execute(conn))?;
    Ok(())
}

/// Forgets those whose last try was before `end`; how many there were.
pub async fn prune(db: &Db, end: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from attempts where last_at < $1")
        .bind(end)
        .execute(pool))
}
