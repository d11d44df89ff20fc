//! Links that are used once: only the SHA-256 of what they carry is kept.

use crate::domain::{Role, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkSpec {
    /// `reset`, `verify`, `invite`, `register`.
    pub purpose: String,
    /// Whose; none for a registration, whose user is made when the link is used.
    pub user_id: Option<UserId>,
    /// The address it was mailed to.
    pub email: String,
    /// What somebody who registers is called.
    pub name: String,
    /// What they become.
    pub role: Option<Role>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A stored link.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct LinkRow {
    /// What it is for.
    #[sqlx(flatten)]
    pub spec: LinkSpec,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The link with this hash, if it has neither ended nor been used.
pub async fn find(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<LinkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select purpose, user_id, email, name, role, expires_at, created_at from links \
         where token_hash = $1 and expires_at > $2",
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// Adds a link.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    link: &LinkSpec,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into links (token_hash, purpose, user_id, email, name, role, created_at, \
         expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(token_hash)
    .bind(&link.purpose)
    .bind(link.user_id)
    .bind(&link.email)
    .bind(&link.name)
    .bind(link.role)
    .bind(at)
    .bind(link.expires_at)
    .execute(conn))?;
    Ok(())
}

/// Uses a link up; false when somebody else did.
pub async fn delete(tx: &mut Tx, token_hash: &[u8]) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from links where token_hash = $1")
        .bind(token_hash)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Ends every link to an address; how many there were.
pub async fn delete_all_to(tx: &mut Tx, email: &str) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from links where email = $1")
        .bind(email)
        .execute(conn))
}

/// Removes what has expired; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from links where expires_at <= $1")
        .bind(now)
        .execute(pool))
}
