//! The picture of a client.

use crate::domain::Timestamp;
use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// A stored picture.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Logo {
    /// What it is, by its first bytes.
    pub media_type: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// Since when it is shown.
    pub changed_at: Timestamp,
}

/// The picture, if there is one.
pub async fn find(db: &Db) -> Result<Option<Logo>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as("select media_type, content, changed_at from logos")
        .fetch_optional(pool))
}

/// Since when a picture is shown, if there is one.
pub async fn shown_since(db: &Db) -> Result<Option<Timestamp>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select changed_at from logos").fetch_optional(pool))
}

/// Shows a picture from now on.
pub async fn put(tx: &mut Tx, logo: &Logo) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into logos (id, media_type, content, changed_at) values (1, $1, $2, $3) \
         on conflict (id) do update set media_type = excluded.media_type, \
         content = excluded.content, changed_at = excluded.changed_at",
    )
    .bind(&logo.media_type)
    .bind(&logo.content)
    .bind(logo.changed_at)
    .execute(conn))?;
    Ok(())
}

/// Takes the picture away; false when there is none.
pub async fn delete(tx: &mut Tx) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from logos").execute(conn))?;
    Ok(touched > 0)
}
