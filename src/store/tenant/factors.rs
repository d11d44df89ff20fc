//! How many second factors a user has; `store::app_codes` and `passkeys` keep them.

use crate::domain::UserId;
use crate::store::{Db, StoreError, on_db};

/// How many second factors a user has: a confirmed app, passkeys.
pub async fn count(db: &Db, user: UserId) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select (select count(*) from totp_secrets where user_id = $1 and confirmed_at is not null) \
         + (select count(*) from passkeys where user_id = $1)",
    )
    .bind(user)
    .fetch_one(pool))
}
