//! Leave for somebody of the platform's staff to look at this client: for a reason, for
//! hours, where the client sees it and can end it.
//!
//! A grant is made with the secret of a link that is used once; entering exchanges it for
//! that of a cookie. Only SHA-256 is kept of either.

use crate::domain::{StaffId, SupportGrantId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is decided when a grant is made.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SupportGrant {
    /// Who, in the control database.
    pub staff_id: StaffId,
    /// What people call them.
    pub staff_name: String,
    /// Their address.
    pub staff_email: String,
    /// Why, in their words.
    pub reason: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A stored grant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SupportGrantRow {
    /// Identity.
    pub id: SupportGrantId,
    /// What was decided.
    #[sqlx(flatten)]
    pub grant: SupportGrant,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was first used.
    pub entered_at: Option<Timestamp>,
    /// Since when it is refused.
    pub revoked_at: Option<Timestamp>,
    /// Who ended it: `user:7`, `staff:1`.
    pub revoked_by: Option<String>,
}

impl SupportGrantRow {
    /// Whether it can be used now.
    pub fn is_open(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.grant.expires_at > now
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, staff_id, staff_name, staff_email, reason, expires_at, created_at, \
             entered_at, revoked_at, revoked_by from support_grants ",
            $tail
        )
    };
}

/// The newest grants, those that ended included.
pub async fn list(db: &Db, limit: i64) -> Result<Vec<SupportGrantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by id desc limit $1"))
        .bind(limit)
        .fetch_all(pool))
}

/// Grants that can be used now.
pub async fn list_open(db: &Db, now: Timestamp) -> Result<Vec<SupportGrantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where revoked_at is null and expires_at > $1 order by id"
    ))
    .bind(now)
    .fetch_all(pool))
}

/// The grant whose link this is, if it was not used and can be used now.
pub async fn find_unused(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SupportGrantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where token_hash = $1 and entered_at is null and revoked_at is null and expires_at > $2"
    ))
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// The grant somebody entered with this cookie, if it can be used now.
pub async fn find_entered(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SupportGrantRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!(
        "where token_hash = $1 and entered_at is not null and revoked_at is null \
         and expires_at > $2"
    ))
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// Adds a grant with the hash of its link.
pub async fn insert(
    tx: &mut Tx,
    grant: &SupportGrant,
    token_hash: &[u8],
    at: Timestamp,
) -> Result<SupportGrantId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into support_grants (staff_id, staff_name, staff_email, reason, token_hash, \
         created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning id",
    )
    .bind(grant.staff_id)
    .bind(&grant.staff_name)
    .bind(&grant.staff_email)
    .bind(&grant.reason)
    .bind(token_hash)
    .bind(at)
    .bind(grant.expires_at)
    .fetch_one(conn))
}

/// Uses a link: from now on the grant goes by the hash of a cookie. False when it was used
/// meanwhile.
pub async fn enter(
    tx: &mut Tx,
    id: SupportGrantId,
    cookie_hash: &[u8],
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update support_grants set token_hash = $2, entered_at = $3 \
         where id = $1 and entered_at is null",
    )
    .bind(id)
    .bind(cookie_hash)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Ends a grant; false when there is none that could be used.
pub async fn revoke(
    tx: &mut Tx,
    id: SupportGrantId,
    by: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update support_grants set revoked_at = $2, revoked_by = $3 \
         where id = $1 and revoked_at is null and expires_at > $2",
    )
    .bind(id)
    .bind(at)
    .bind(by)
    .execute(conn))?;
    Ok(touched > 0)
}
