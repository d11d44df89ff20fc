//! Rejects: what was refused, counted by reason, the newest kept to look at.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// How many examples are kept.
pub const KEPT: i64 = 500;

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Reject {
    /// When.
    pub at: Timestamp,
    /// Where it came in.
    pub connection_key: String,
    /// Short stable name: `bad_json`.
    pub reason: String,
    /// In the protocol's words: a topic, a register.
    pub source: String,
    /// One sentence for a person.
    pub detail: String,
    /// The start of the raw bytes.
    pub excerpt: Vec<u8>,
}

/// A stored refusal.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RejectRow {
    /// Grows with time.
    pub id: i64,
    /// The refusal.
    #[sqlx(flatten)]
    pub reject: Reject,
}

/// How often one reason came up on one connection, ever.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RejectCountRow {
    /// Where.
    pub connection_key: String,
    /// Short stable name.
    pub reason: String,
    /// How often.
    pub n: i64,
    /// When last.
    pub last_at: Timestamp,
}

/// The newest examples, newest first.
pub async fn list(db: &Db, limit: i64) -> Result<Vec<RejectRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, at, connection_key, reason, source, detail, excerpt from rejects \
         order by id desc limit $1",
    )
    .bind(limit)
    .fetch_all(pool))
}

/// All counts.
pub async fn counts(db: &Db) -> Result<Vec<RejectCountRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select connection_key, reason, n, last_at from reject_counts \
         order by connection_key, reason",
    )
    .fetch_all(pool))
}

/// Keeps an example; [`prune`] in the same transaction bounds them.
pub async fn insert(tx: &mut Tx, reject: &Reject) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into rejects (at, connection_key, reason, source, detail, excerpt) \
         values ($1, $2, $3, $4, $5, $6)",
    )
    .bind(reject.at)
    .bind(&reject.connection_key)
    .bind(&reject.reason)
    .bind(&reject.source)
    .bind(&reject.detail)
    .bind(&reject.excerpt)
    .execute(conn))?;
    Ok(())
}

/// Adds `n` to the count of a reason.
pub async fn add_count(
    tx: &mut Tx,
    connection_key: &str,
    reason: &str,
    n: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into reject_counts (connection_key, reason, n, last_at) values ($1, $2, $3, $4) \
         on conflict (connection_key, reason) do update set n = reject_counts.n + excluded.n, \
         last_at = excluded.last_at",
    )
    .bind(connection_key)
    .bind(reason)
    .bind(n)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// Drops all but the newest [`KEPT`] examples; how many went.
pub async fn prune(tx: &mut Tx) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "delete from rejects where id <= (select id from rejects order by id desc \
         limit 1 offset $1)",
    )
    .bind(KEPT)
    .execute(conn))
}
