//! Employees: addresses that may register by themselves, prepared by an administrator.

use crate::domain::{Role, Timestamp};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// All addresses with what they become, in order.
pub async fn list(db: &Db) -> Result<Vec<(String, Role)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as("select email, role from employees order by email")
        .fetch_all(pool))
}

/// What this address becomes, if it is on the list.
pub async fn find(db: &Db, email: &str) -> Result<Option<Role>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select role from employees where email = $1")
        .bind(email)
        .fetch_optional(pool))
}

/// Adds an address, or changes what it becomes.
pub async fn put(tx: &mut Tx, email: &str, role: Role, at: Timestamp) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into employees (email, role, added_at) values ($1, $2, $3) \
         on conflict (email) do update set role = excluded.role",
    )
    .bind(email)
    .bind(role)
    .bind(at)
    .execute(conn))?;
    Ok(())
}

/// Empties the list.
pub async fn clear(tx: &mut Tx) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from employees").execute(conn))?;
    Ok(())
}
