//! Commands: what somebody wants points to become, and what came of it.
//!
//! Invariant: a row moves forward only (pending, sent, a last word), each step by one statement
//! that names the state it leaves, so that of two processes one wins.

use crate::domain::{CommandId, CommandState, PointId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is wanted.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Command {
    /// Of which point.
    pub point_id: PointId,
    /// In the unit of the point, a state by its code; none releases what was commanded before.
    pub value: Option<f64>,
    /// Who asked: `user:7`.
    pub asked_by: String,
    /// When.
    pub asked_at: Timestamp,
    /// Not to be sent or waited for after this.
    pub expires_at: Timestamp,
    /// A word of who asked; the same word again is the same command.
    pub idempotency: Option<String>,
}

/// A stored command.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct CommandRow {
    /// Grows with time.
    pub id: CommandId,
    /// What is wanted.
    #[sqlx(flatten)]
    pub command: Command,
    /// How far it is.
    pub state: CommandState,
    /// Why it failed: `no_answer`, `refused`, …
    pub reason: Option<String>,
    /// The same in a sentence.
    pub detail: Option<String>,
    /// What the device said it is afterwards.
    pub read_back: Option<f64>,
    /// Key of the connection that got it.
    pub connection: Option<String>,
    /// When it was given to the connection.
    pub sent_at: Option<Timestamp>,
    /// When its last word came.
    pub ended_at: Option<Timestamp>,
    /// Who took it back.
    pub cancelled_by: Option<String>,
}

/// A last word.
#[derive(Debug, Clone, PartialEq)]
pub struct Ending {
    /// Confirmed or failed.
    pub state: CommandState,
    /// Why it failed.
    pub reason: Option<String>,
    /// The same in a sentence.
    pub detail: Option<String>,
    /// What the device said it is.
    pub read_back: Option<f64>,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, point_id, value, asked_by, asked_at, expires_at, idempotency, state, \
             reason, detail, read_back, connection, sent_at, ended_at, cancelled_by \
             from commands ",
            $tail
        )
    };
}

/// The newest, newest first, before an id.
pub async fn list(db: &Db, before: i64, limit: i64) -> Result<Vec<CommandRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id < $1 order by id desc limit $2"))
        .bind(before)
        .bind(limit)
        .fetch_all(pool))
}

/// The newest of one point, newest first, before an id.
pub async fn list_of(
    db: &Db,
    point: PointId,
    before: i64,
    limit: i64,
) -> Result<Vec<CommandRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where point_id = $1 and id < $2 order by id desc limit $3"
    ))
    .bind(point)
    .bind(before)
    .bind(limit)
    .fetch_all(pool))
}

/// The command with this id.
pub async fn find(db: &Db, id: CommandId) -> Result<Option<CommandRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The command somebody asked for with this word.
pub async fn find_by_word(
    tx: &mut Tx,
    asked_by: &str,
    word: &str,
) -> Result<Option<CommandRow>, StoreError> {
    on_tx!(tx, conn => sqlx::query_as(select!("where asked_by = $1 and idempotency = $2"))
        .bind(asked_by)
        .bind(word)
        .fetch_optional(conn))
}

/// What nobody has sent yet, oldest first, after an id.
pub async fn pending(db: &Db, after: CommandId, limit: i64) -> Result<Vec<CommandRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where state = 'pending' and id > $1 order by id limit $2"
    ))
    .bind(after)
    .bind(limit)
    .fetch_all(pool))
}

/// Whether a point was commanded since an instant with a word that begins so; `prefix` has none of
/// the signs of patterns.
pub async fn exists_with_word(
    db: &Db,
    point: PointId,
    prefix: &str,
    since: Timestamp,
) -> Result<bool, StoreError> {
    let found: i64 = on_db!(db.read, pool => sqlx::query_scalar(
        "select count(*) from commands \
         where point_id = $1 and asked_at >= $2 and idempotency like $3 || '%'",
    )
    .bind(point)
    .bind(since)
    .bind(prefix)
    .fetch_one(pool))?;
    Ok(found > 0)
}

/// What was given to a connection and has no last word.
pub async fn sent(db: &Db) -> Result<Vec<CommandRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where state = 'sent' order by id")).fetch_all(pool))
}

/// Keeps other commands of a point waiting until this transaction ends; false when it is gone.
pub async fn hold_point(tx: &mut Tx, point: PointId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update points set position = position where id = $1",
    )
    .bind(point)
    .execute(conn))?;
    Ok(touched > 0)
}

/// How many were asked for on a point since an instant.
pub async fn count_since(tx: &mut Tx, point: PointId, since: Timestamp) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "select count(*) from commands where point_id = $1 and asked_at > $2",
    )
    .bind(point)
    .bind(since)
    .fetch_one(conn))
}

/// Writes a wanted value down; it is pending.
pub async fn insert(tx: &mut Tx, command: &Command) -> Result<CommandId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into commands (point_id, value, state, asked_by, asked_at, expires_at, \
         idempotency) values ($1, $2, 'pending', $3, $4, $5, $6) returning id",
    )
    .bind(command.point_id)
    .bind(command.value)
    .bind(&command.asked_by)
    .bind(command.asked_at)
    .bind(command.expires_at)
    .bind(&command.idempotency)
    .fetch_one(conn))
}

/// Takes a pending command for a connection; false when somebody else was faster.
pub async fn send(
    tx: &mut Tx,
    id: CommandId,
    connection: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update commands set state = 'sent', connection = $2, sent_at = $3 \
         where id = $1 and state = 'pending'",
    )
    .bind(id)
    .bind(connection)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Writes the last word of a command that is still in `former`; false when it has left it.
pub async fn end(
    tx: &mut Tx,
    id: CommandId,
    former: CommandState,
    ending: &Ending,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update commands set state = $3, reason = $4, detail = $5, read_back = $6, ended_at = $7 \
         where id = $1 and state = $2",
    )
    .bind(id)
    .bind(former)
    .bind(ending.state)
    .bind(&ending.reason)
    .bind(&ending.detail)
    .bind(ending.read_back)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Takes a pending command back; false when it is sent, ended or gone.
pub async fn cancel(
    tx: &mut Tx,
    id: CommandId,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update commands set state = 'cancelled', cancelled_by = $2, ended_at = $3 \
         where id = $1 and state = 'pending'",
    )
    .bind(id)
    .bind(by)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}
