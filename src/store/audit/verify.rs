//! Reading oldest first, with everything the chain is made of.

use crate::store::{Db, StoreError, on_db};

/// One entry as the chain holds it, and what is still told of persons.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Sealed {
    /// Its place.
    pub id: i64,
    /// When, microseconds.
    pub at: i64,
    /// Whose hand.
    pub actor: String,
    /// The verb.
    pub action: String,
    /// What it was done to.
    pub noun: String,
    /// Which one.
    pub key: String,
    /// What was different.
    pub detail: String,
    /// Digest of what tells of the actor.
    pub who_digest: Option<Vec<u8>>,
    /// Digest of what tells of the person it was done to.
    pub what_digest: Option<Vec<u8>>,
    /// Its hash.
    pub hash: Vec<u8>,
    /// What is still told of the actor.
    pub who: Option<String>,
    /// The salt of that.
    pub who_salt: Option<Vec<u8>>,
    /// What is still told of the person it was done to.
    pub what: Option<String>,
    /// The salt of that.
    pub what_salt: Option<Vec<u8>>,
}

/// The entries after a place, oldest first.
pub async fn read(db: &Db, after: i64, limit: i64) -> Result<Vec<Sealed>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select a.id, a.at, a.actor, a.action, a.noun, a.key, a.detail, a.who_digest, \
         a.what_digest, a.hash, w.content as who, w.salt as who_salt, s.content as what, \
         s.salt as what_salt from audit_log a \
         left join audit_persons w on w.entry = a.id and w.part = 'who' \
         left join audit_persons s on s.entry = a.id and s.part = 'what' \
         where a.id > $1 order by a.id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(pool))
}

/// How many entries were ever written.
pub async fn head(db: &Db) -> Result<i64, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar("select last from audit_head where one = 1")
        .fetch_one(pool))
}
