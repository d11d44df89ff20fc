//! Sessions: signed-in browsers. The cookie's SHA-256 is kept, never the cookie.

use super::UserRow;
use crate::domain::{SignInStep, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db};

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// SHA-256 of the cookie.
    pub token_hash: Vec<u8>,
    /// Who signed in.
    pub user_id: UserId,
    /// When they signed in.
    pub signed_in_at: Timestamp,
    /// When it was last used.
    pub last_seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Where from.
    pub address: Option<String>,
    /// With what.
    pub user_agent: Option<String>,
    /// What is missing before it opens anything.
    pub step: Option<SignInStep>,
    /// Whether a second factor was shown.
    pub second_factor: bool,
}

/// A session with its user.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct SessionUserRow {
    /// The session.
    #[sqlx(flatten)]
    pub session: Session,
    /// Who signed in.
    #[sqlx(flatten)]
    pub user: UserRow,
}

macro_rules! select_with_user {
    ($tail:literal) => {
        concat!(
            "select s.token_hash, s.user_id, s.created_at as signed_in_at, s.last_seen_at, \
             s.expires_at, s.address, s.user_agent, s.step, s.second_factor, u.id, u.email, \
             u.name, u.role, u.password_hash, u.password_source, u.locale, u.theme, u.time_zone, \
             u.number_format, u.date_format, u.must_change_password, u.disabled, u.created_at, \
             u.email_verified_at from sessions s join users u on u.id = s.user_id \
             where s.token_hash = $1 and s.expires_at > $2 and not u.disabled ",
            $tail
        )
    };
}

/// The unexpired session of an enabled user who has taken all steps of the sign-in.
pub async fn find_with_user(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionUserRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        select_with_user!("and s.step is null"),
    )
    .bind(token_hash)
    .bind(now)
    .fetch_optional(pool))
}

/// The unexpired session of an enabled user who has a step left to take.
pub async fn find_unfinished(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<SessionUserRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select_with_user!("and s.step is not null"))
        .bind(token_hash)
        .bind(now)
        .fetch_optional(pool))
}

/// The open sessions of a user, the one used last first.
pub async fn list_of(db: &Db, user: UserId, now: Timestamp) -> Result<Vec<Session>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select token_hash, user_id, created_at as signed_in_at, last_seen_at, expires_at, \
         address, user_agent, step, second_factor from sessions \
         where user_id = $1 and expires_at > $2 and step is null order by last_seen_at desc",
    )
    .bind(user)
    .bind(now)
    .fetch_all(pool))
}

/// Adds a session.
pub async fn insert(db: &Db, session: &Session) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into sessions (token_hash, user_id, created_at, last_seen_at, expires_at, \
         address, user_agent, step, second_factor) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(&session.token_hash)
    .bind(session.user_id)
    .bind(session.signed_in_at)
    .bind(session.last_seen_at)
    .bind(session.expires_at)
    .bind(&session.address)
    .bind(&session.user_agent)
    .bind(session.step)
    .bind(session.second_factor)
    .execute(pool))?;
    Ok(())
}

/// Notes that a session was used and moves its end.
pub async fn touch(
    db: &Db,
    token_hash: &[u8],
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "update sessions set last_seen_at = $2, expires_at = $3 where token_hash = $1",
    )
    .bind(token_hash)
    .bind(at)
    .bind(expires_at)
    .execute(pool))?;
    Ok(())
}

/// Ends one session; false when there is none.
pub async fn revoke(db: &Db, token_hash: &[u8]) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query("delete from sessions where token_hash = $1")
        .bind(token_hash)
        .execute(pool))?;
    Ok(touched > 0)
}

/// Ends all sessions of a user, as a new password demands; how many there were.
pub async fn revoke_all_of(tx: &mut Tx, user: UserId) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from sessions where user_id = $1")
        .bind(user)
        .execute(conn))
}

/// Ends one session of a user; false when they have none like it.
pub async fn revoke_of(tx: &mut Tx, user: UserId, token_hash: &[u8]) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "delete from sessions where user_id = $1 and token_hash = $2",
    )
    .bind(user)
    .bind(token_hash)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Ends all sessions of a user but one; how many there were.
pub async fn revoke_others_of(tx: &mut Tx, user: UserId, kept: &[u8]) -> Result<u64, StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from sessions where user_id = $1 and token_hash <> $2")
        .bind(user)
        .bind(kept)
        .execute(conn))
}

/// Notes that a second factor was shown in this session.
pub async fn prove(tx: &mut Tx, token_hash: &[u8]) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("update sessions set second_factor = $2 where token_hash = $1")
        .bind(token_hash)
        .bind(true)
        .execute(conn))?;
    Ok(())
}

/// Removes what has expired; how many there were.
pub async fn prune(db: &Db, now: Timestamp) -> Result<u64, StoreError> {
    exec_db!(db.write, pool => sqlx::query("delete from sessions where expires_at <= $1")
        .bind(now)
        .execute(pool))
}
