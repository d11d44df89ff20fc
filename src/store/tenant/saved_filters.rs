//! Saved filters: lists that a user comes back to, each under a name of theirs.

use crate::domain::{SavedFilterId, Timestamp, UserId};
use crate::store::{Db, StoreError, exec_db, on_db};

/// A list somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SavedFilterRow {
    /// Identity.
    pub id: SavedFilterId,
    /// What its owner calls it.
    pub name: String,
    /// The query of its address.
    pub query: String,
}

/// Those of one user, by name.
pub async fn list(db: &Db, user: UserId) -> Result<Vec<SavedFilterRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select id, name, query from saved_filters where user_id = $1 order by name",
    )
    .bind(user)
    .fetch_all(pool))
}

/// Keeps a list under a name; one of the same name is replaced.
pub async fn put(
    db: &Db,
    user: UserId,
    name: &str,
    query: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_db!(db.write, pool => sqlx::query(
        "insert into saved_filters (user_id, name, query, created_at) values ($1, $2, $3, $4) \
         on conflict (user_id, name) do update set query = excluded.query",
    )
    .bind(user)
    .bind(name)
    .bind(query)
    .bind(at)
    .execute(pool))?;
    Ok(())
}

/// Forgets one of the user's own; false when there is none.
pub async fn delete(db: &Db, user: UserId, id: SavedFilterId) -> Result<bool, StoreError> {
    let touched = exec_db!(db.write, pool => sqlx::query(
        "delete from saved_filters where id = $1 and user_id = $2",
    )
    .bind(id)
    .bind(user)
    .execute(pool))?;
    Ok(touched > 0)
}
