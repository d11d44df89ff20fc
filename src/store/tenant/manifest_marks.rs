//! Which people and devices a manifest made; who was added by hand has no mark.

use crate::store::{Db, StoreError, Tx, exec_tx, on_db};

/// All marks: what it is, and its name.
pub async fn list(db: &Db) -> Result<Vec<(String, String)>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as("select noun, name from manifest_marks").fetch_all(pool))
}

/// Marks a thing; marking it twice is harmless.
pub async fn put(tx: &mut Tx, noun: &str, name: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into manifest_marks (noun, name) values ($1, $2) on conflict do nothing",
    )
    .bind(noun)
    .bind(name)
    .execute(conn))?;
    Ok(())
}

/// Takes the mark over to another name.
pub async fn rename(tx: &mut Tx, noun: &str, from: &str, to: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "update manifest_marks set name = $3 where noun = $1 and name = $2",
    )
    .bind(noun)
    .bind(from)
    .bind(to)
    .execute(conn))?;
    Ok(())
}

/// Takes the mark away.
pub async fn delete(tx: &mut Tx, noun: &str, name: &str) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query("delete from manifest_marks where noun = $1 and name = $2")
        .bind(noun)
        .bind(name)
        .execute(conn))?;
    Ok(())
}
