//! From which addresses each API key came.

use crate::domain::{ApiKeyId, Timestamp};
use crate::store::{StoreError, Tx, exec_tx, on_tx};

/// Notes that a key came from an address; whether it is the first time.
pub async fn insert(
    tx: &mut Tx,
    key: ApiKeyId,
    address: &str,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query(
        "insert into api_key_places (key_id, address, first_seen_at) values ($1, $2, $3) \
         on conflict (key_id, address) do nothing",
    )
    .bind(key)
    .bind(address)
    .bind(at)
    .execute(conn))?;
    Ok(touched > 0)
}

/// What people call a key.
pub async fn name_of(tx: &mut Tx, key: ApiKeyId) -> Result<String, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar("select name from api_keys where id = $1")
        .bind(key)
        .fetch_one(conn))
}
