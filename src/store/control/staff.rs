//! The platform's own staff.

use crate::domain::{StaffId, StaffRole, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What is decided about a member of the staff.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Staff {
    /// Lower case; unique on the platform.
    pub email: String,
    /// What clients see of them.
    pub name: String,
    /// What they may do.
    pub role: StaffRole,
}

/// A stored member of the staff.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StaffRow {
    /// Identity.
    pub id: StaffId,
    /// What was decided.
    #[sqlx(flatten)]
    pub staff: Staff,
    /// Argon2id, PHC string.
    pub password_hash: String,
    /// Whether sign-in is refused.
    pub disabled: bool,
    /// When they were made.
    pub created_at: Timestamp,
}

impl std::fmt::Debug for StaffRow {
    /// Without the password hash.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffRow")
            .field("id", &self.id)
            .field("role", &self.staff.role)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, email, name, role, password_hash, disabled, created_at from staff ",
            $tail
        )
    };
}

/// All of them by e-mail address.
pub async fn list(db: &Db) -> Result<Vec<StaffRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by email")).fetch_all(pool))
}

/// The one with this e-mail address, in any case.
pub async fn find_by_email(db: &Db, email: &str) -> Result<Option<StaffRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where email = $1"))
        .bind(email.to_lowercase())
        .fetch_optional(pool))
}

/// Adds one; `Duplicate` when the address is taken.
pub async fn insert(
    tx: &mut Tx,
    staff: &Staff,
    password_hash: &str,
    at: Timestamp,
) -> Result<StaffId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into staff (email, name, role, password_hash, created_at) \
         values ($1, $2, $3, $4, $5) returning id",
    )
    .bind(staff.email.to_lowercase())
    .bind(&staff.name)
    .bind(staff.role)
    .bind(password_hash)
    .bind(at)
    .fetch_one(conn))
}

/// Refuses or allows sign-in; false when there is no such person.
pub async fn set_disabled(tx: &mut Tx, id: StaffId, disabled: bool) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("update staff set disabled = $2 where id = $1")
        .bind(id)
        .bind(disabled)
        .execute(conn))?;
    Ok(touched > 0)
}
