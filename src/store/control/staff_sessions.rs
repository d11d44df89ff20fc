//! Signed-in browsers of the staff. The cookie's SHA-256 is kept, never the cookie.

use super::StaffRow;
use crate::domain::{SignInStep, StaffId, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffSession {
    /// SHA-256 of the cookie.
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub staff_id: StaffId,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Where from.
    pub address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// What is missing before it opens anything.
    pub step: Option<SignInStep>,
}

macro_rules! select_staff {
    ($tail:literal) => {
        concat!(
            "select s.id, s.email, s.name, s.role, s.password_hash, s.disabled, s.created_at \
             from staff_sessions o join staff s on s.id = o.staff_id \
             where o.token_hash = $1 and o.expires_at > $2 and not s.disabled ",
            $tail
        )
    };
}

/// The enabled member of the staff whose unexpired session this is, once all steps are taken.
pub async fn find_staff(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<StaffRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select_staff!("and o.step is null"))
        .bind(token_hash)
        .bind(now)
        .fetch_optional(pool))
}

/// The same for a session that has a step left to take.
pub async fn find_unfinished(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<StaffRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select_staff!("and o.step is not null"))
        .bind(token_hash)
        .bind(now)
        .fetch_optional(pool))
}

/// Adds a session.
pub async fn insert(db: &Db, session: &StaffSession, at: Timestamp) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into staff_sessions (token_hash, staff_id, created_at, last_seen_at, expires_at, \
         address, user_agent, step) values ($1, $2, $3, $3, $4, $5, $6, $7)",
    )
    .bind(&session.token_hash)
    .bind(session.staff_id)
    .bind(at)
    .bind(session.expires_at)
    .bind(&session.address)
    .bind(&session.user_agent)
    .bind(session.step)
    .execute(pool))?;
    Ok(())
}

/// Ends one session; false when there is none.
pub async fn revoke(db: &Db, token_hash: &[u8]) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query("delete from staff_sessions where token_hash = $1")
        .bind(token_hash)
        .execute(pool))?;
    Ok(touched > 0)
}

/// Ends all sessions of one person; how many there were.
pub async fn revoke_all_of(tx: &mut Tx, staff: StaffId) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from staff_sessions where staff_id = $1")
        .bind(staff)
        .execute(conn))
}

/// Removes what has expired; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from staff_sessions where expires_at <= $1")
        .bind(now)
        .execute(pool))
}
