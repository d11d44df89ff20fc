//! Refresh tokens: each is used once and replaced; one that comes back a second time was
//! stolen, by whoever used it first or second, and ends its whole family.

use crate::domain::audit::Origin;
use crate::domain::{Timestamp, TokenFamilyId, UserId};
use crate::store::tenant::tokens;
use crate::store::{Db, StoreError, Tx};
use crate::tenancy::credentials::{self, sha256};

/// A family ends when it was not refreshed for this long.
pub const LIFETIME: i64 = 30 * Timestamp::DAY;

/// A refresh token that was handed out.
pub struct Refreshed {
    /// The next token, in clear: the only time.
    pub token: String,
    /// Its family.
    pub family: TokenFamilyId,
    /// Whose.
    pub user: UserId,
}

/// What became of a refresh token.
pub enum Exchange {
    /// It was exchanged for the next one.
    Next(Refreshed),
    /// It had been used before: its family is dead from now on.
    Reused(UserId),
    /// It is none, or its family has ended.
    Unknown,
}

/// Starts a family with its first token.
pub async fn start(
    tx: &mut Tx,
    user: UserId,
    origin: &Origin,
    now: Timestamp,
) -> Result<Refreshed, StoreError> {
    let ends = now.plus(LIFETIME);
    let family = tokens::insert_family(tx, user, now, ends, origin).await?;
    next(tx, family, user, now).await
}

/// Exchanges a token for the next one of its family. Of two at once, the second is a reuse.
pub async fn exchange(db: &Db, token: &str, now: Timestamp) -> Result<Exchange, StoreError> {
    let hash = sha256(token);
    let Some(row) = tokens::find(db, &hash, now).await? else {
        return Ok(Exchange::Unknown);
    };
    let mut tx = db.begin().await?;
    let first = row.used_at.is_none() && tokens::use_up(&mut tx, &hash, now).await?;
    let outcome = if first {
        tokens::touch_family(&mut tx, row.family_id, now, now.plus(LIFETIME)).await?;
        Exchange::Next(next(&mut tx, row.family_id, row.user_id, now).await?)
    } else {
        tokens::revoke_family(&mut tx, row.user_id, row.family_id).await?;
        Exchange::Reused(row.user_id)
    };
    tx.commit().await?;
    Ok(outcome)
}

/// Ends the family of a token; whose it was. An unknown token ends nothing.
pub async fn revoke(db: &Db, token: &str, now: Timestamp) -> Result<Option<UserId>, StoreError> {
    let Some(row) = tokens::find(db, &sha256(token), now).await? else {
        return Ok(None);
    };
    let mut tx = db.begin().await?;
    tokens::revoke_family(&mut tx, row.user_id, row.family_id).await?;
    tx.commit().await?;
    Ok(Some(row.user_id))
}

async fn next(
    tx: &mut Tx,
    family: TokenFamilyId,
    user: UserId,
    now: Timestamp,
) -> Result<Refreshed, StoreError> {
    let token = format!("vigie_r_{}", credentials::token());
    tokens::insert(tx, &sha256(&token), family, now).await?;
    Ok(Refreshed {
        token,
        family,
        user,
    })
}
