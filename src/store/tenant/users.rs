//! Users: people who sign in to the portal of their client.

use crate::domain::{Role, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_db, exec_tx, on_db, on_tx};

/// What an administrator decides about a user.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// Lower case; unique in the client.
    pub email: String,
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

/// A stored user.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRow {
    /// Identity.
    pub id: UserId,
    /// What an administrator decided.
    #[sqlx(flatten)]
    pub user: User,
    /// Argon2id, PHC string; none when the user cannot sign in yet.
    pub password_hash: Option<String>,
    /// Where a manifest says the first password comes from: `env:NAME` or `file:PATH`.
    pub password_source: Option<String>,
    /// Language they chose.
    pub locale: Option<String>,
    /// Light or dark, if they chose.
    pub theme: Option<String>,
    /// IANA name of the zone they read times in; none: that of the place.
    pub time_zone: Option<String>,
    /// How they write numbers: `en` or `fr`; none: as their language does.
    pub number_format: Option<String>,
    /// How they write dates: `text`, `iso`; none: as their language does.
    pub date_format: Option<String>,
    /// Whether the next sign-in must set another password.
    pub must_change_password: bool,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// When they were made.
    pub created_at: Timestamp,
    /// When a link mailed to their address was used.
    pub email_verified_at: Option<Timestamp>,
}

impl UserRow {
    /// Somebody who was just added: nothing chosen, nothing proved.
    pub const fn fresh(id: UserId, user: User, at: Timestamp) -> Self {
        Self {
            id,
            user,
            password_hash: None,
            password_source: None,
            locale: None,
            theme: None,
            time_zone: None,
            number_format: None,
            date_format: None,
            must_change_password: false,
            disabled: false,
            created_at: at,
            email_verified_at: None,
        }
    }
}

impl std::fmt::Debug for UserRow {
    /// Without the password hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserRow")
            .field("id", &self.id)
            .field("role", &self.user.role)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, email, name, role, password_hash, password_source, locale, theme, \
             time_zone, number_format, date_format, must_change_password, disabled, created_at, \
             email_verified_at from users ",
            $tail
        )
    };
}

/// All users by e-mail address.
pub async fn list(db: &Db) -> Result<Vec<UserRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by email")).fetch_all(pool))
}

/// How many users there are, at a glance.
pub async fn total(db: &Db) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select count(*) from users").fetch_one(pool))
}

/// The user with this id.
pub async fn find(db: &Db, id: UserId) -> Result<Option<UserRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where id = $1")).bind(id).fetch_optional(pool))
}

/// The user with this e-mail address, in any case.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<UserRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where email = $1"))
        .bind(email.to_lowercase())
        .fetch_optional(pool))
}

/// How many there are; for quotas.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select count(*) from users").fetch_one(conn))
}

/// How many administrators may sign in.
pub async fn count_admins(tx: &mut Tx) -> Result<i64, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "select count(*) from users where role = 'admin' and not disabled",
    )
    .fetch_one(conn))
}

/// Adds a user who cannot sign in yet.
pub async fn insert(tx: &mut Tx, user: &User, at: Timestamp) -> Result<UserId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into users (email, name, role, created_at) values ($1, $2, $3, $4) returning id",
    )
    .bind(user.email.to_lowercase())
    .bind(&user.name)
    .bind(user.role)
    .bind(at)
    .fetch_one(conn))
}

/// Replaces what an administrator decides about a user; false when there is none.
pub async fn update(tx: &mut Tx, id: UserId, user: &User) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update users set email = $2, name = $3, role = $4 where id = $1",
    )
    .bind(id)
    .bind(user.email.to_lowercase())
    .bind(&user.name)
    .bind(user.role)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Sets the password hash, and whether the next sign-in must set another password.
pub async fn set_password(
    tx: &mut Tx,
    id: UserId,
    password_hash: &str,
    must_change: bool,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update users set password_hash = $2, must_change_password = $3 where id = $1",
    )
    .bind(id)
    .bind(password_hash)
    .bind(must_change)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Notes where a manifest says the first password comes from.
pub async fn set_password_source(
    tx: &mut Tx,
    id: UserId,
    source: Option<&str>,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update users set password_source = $2 where id = $1")
        .bind(id)
        .bind(source)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Keeps the language and theme a user chose.
pub async fn set_preferences(
    db: &Db,
    id: UserId,
    locale: Option<&str>,
    theme: Option<&str>,
) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "update users set locale = $2, theme = $3 where id = $1",
    )
    .bind(id)
    .bind(locale)
    .bind(theme)
    .execute(pool))?;
    Ok(touched > 0)
}

/// How a user is called and likes to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// What people call them.
    pub name: String,
    /// `en`, `fr`.
    pub locale: Option<String>,
    /// `light`, `dark`.
    pub theme: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
    /// `en`, `fr`.
    pub number_format: Option<String>,
    /// `text`, `iso`.
    pub date_format: Option<String>,
}

/// Keeps what a user says about themselves; false when there is none.
pub async fn set_profile(tx: &mut Tx, id: UserId, profile: &Profile) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update users set name = $2, locale = $3, theme = $4, time_zone = $5, \
         number_format = $6, date_format = $7 where id = $1",
    )
    .bind(id)
    .bind(&profile.name)
    .bind(&profile.locale)
    .bind(&profile.theme)
    .bind(&profile.time_zone)
    .bind(&profile.number_format)
    .bind(&profile.date_format)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Notes that somebody reads the mails to this user's address.
pub async fn set_verified(tx: &mut Tx, id: UserId, at: Timestamp) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "update users set email_verified_at = $2 where id = $1",
    )
    .bind(id)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// Refuses or allows sign-in; sessions that are open are the caller's to revoke.
pub async fn set_disabled(tx: &mut Tx, id: UserId, disabled: bool) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update users set disabled = $2 where id = $1")
        .bind(id)
        .bind(disabled)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Removes a user with their sessions; false when there is none.
pub async fn delete(tx: &mut Tx, id: UserId) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from users where id = $1").bind(id).execute(conn))?;
    Ok(touched > 0)
}

/// Gives a user another e-mail address; false when there is none.
pub async fn rename(tx: &mut Tx, id: UserId, email: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update users set email = $2 where id = $1")
        .bind(id)
        .bind(email.to_lowercase())
        .execute(conn))?;
    Ok(touched > 0)
}

/// Admins who can sign in; nobody else unmakes one until the transaction ends.
pub async fn hold_admins(tx: &mut Tx) -> Result<Vec<UserId>, StoreError> {
    let sql = if tx.is_postgres() {
        "select id from users where role = 'admin' and not disabled order by id for update"
    } else {
        "select id from users where role = 'admin' and not disabled order by id"
    };
    on_tx!(tx, conn => sqlx::query_scalar(sql).fetch_all(conn))
}
