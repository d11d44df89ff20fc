//! The journal: what is committed and not yet in blocks, one row per flush.

use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// A flush about to be stored.
#[derive(Debug, Clone)]
pub struct Flush {
    /// Its place in the order of commits.
    pub seq: i64,
    /// The writer's epoch.
    pub epoch: i64,
    /// Who flushes: a name no other writer ever has.
    pub source: String,
    /// The writer's own count of flushes; a repeated one is stored once.
    pub source_seq: i64,
    /// The oldest sample.
    pub t_min: i64,
    /// The newest sample.
    pub t_max: i64,
    /// How many samples.
    pub n: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// A flush to replay.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct JournalRow {
    /// Its place in the order of commits.
    pub seq: i64,
    /// The blob.
    pub data: Vec<u8>,
}

/// Stores a flush while `flush.epoch` is the writer's; says whether a row was added.
///
/// No row is added when the epoch is another's or when this flush is stored already.
pub async fn insert(db: &Db, flush: &Flush) -> Result<bool, StoreError> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "insert into journal (seq, epoch, source, source_seq, t_min, t_max, n, data) \
                 select $1, $2, $3, $4, $5, $6, $7, $8 from telemetry_writer \
                 where id = 1 and epoch = $2 ",
                $lock,
                "on conflict (source, source_seq) do nothing"
            )
        };
    }
    let sql = if db.is_postgres() {
        sql!("for share ")
    } else {
        sql!("")
    };
    let added = exec_db!(db.write, pool => sqlx::query(sql)
        .bind(flush.seq)
        .bind(flush.epoch)
        .bind(&flush.source)
        .bind(flush.source_seq)
        .bind(flush.t_min)
        .bind(flush.t_max)
        .bind(flush.n)
        .bind(&flush.data)
        .execute(pool))?;
    Ok(added == 1)
}

/// Whether a flush is stored: the answer to a commit whose outcome is unknown.
pub async fn is_stored(db: &Db, source: &str, source_seq: i64) -> Result<bool, StoreError> {
    let found: Option<i64> = on_db!(db.write, pool => sqlx::query_scalar(
        "select seq from journal where source = $1 and source_seq = $2"
    ).bind(source).bind(source_seq).fetch_optional(pool))?;
    Ok(found.is_some())
}

/// The next flushes after `seq`, in order.
pub async fn after(db: &Db, seq: i64, limit: i64) -> Result<Vec<JournalRow>, StoreError> {
    on_db!(db.write, pool => sqlx::query_as(
        "select seq, data from journal where seq > $1 order by seq limit $2"
    ).bind(seq).bind(limit).fetch_all(pool))
}

/// Removes the flushes up to `seq`, which are in the blocks now.
pub async fn delete_until(tx: &mut Tx, seq: i64) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from journal where seq <= $1").bind(seq).execute(conn))
}
