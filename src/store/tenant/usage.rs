//! How much a client uses of what may be limited.

use crate::store::{Db, StoreError, on_db};

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// People.
    pub users: i64,
    /// Credentials that are let in.
    pub devices: i64,
    /// Points of all equipment.
    pub points: i64,
}

/// How many there are, in one statement.
pub async fn counts(db: &Db) -> Result<Counts, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select (select count(*) from users) as users, \
         (select count(*) from devices where revoked_at is null) as devices, \
         (select count(*) from points) as points",
    )
    .fetch_one(pool))
}

/// Bytes of the database that are in use. PostgreSQL counts what deletions left until it is
/// reclaimed (`vacuum full`); SQLite does not.
pub async fn bytes(db: &Db) -> Result<i64, StoreError> {
    match db {
        Db::Postgres(pool) => {
            let size = sqlx::query_scalar("select pg_database_size(current_database())");
            Ok(size.fetch_one(pool).await?)
        }
        Db::Sqlite { read, .. } => {
            let size = sqlx::query_scalar(
                "select (c.page_count - f.freelist_count) * s.page_size \
                 from pragma_page_count() c, pragma_freelist_count() f, pragma_page_size() s",
            );
            Ok(size.fetch_one(read).await?)
        }
    }
}
