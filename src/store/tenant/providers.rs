//! Other places where people of a client sign in (OpenID Connect), and who they are there.

use crate::domain::{ProviderId, Role, Timestamp, UserId};
use crate::store::{Db, StoreError, Tx, exec_tx, on_db, on_tx};

/// What an administrator decides about a provider.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Provider {
    /// Stable name, part of addresses.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Where it is, as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// JSON array: domains whose addresses may come in; empty for any.
    pub allowed_domains: String,
    /// The claim that says what somebody may do.
    pub role_claim: Option<String>,
    /// JSON object: value of the claim -> role.
    pub roles: String,
    /// What somebody becomes whom the claim says nothing of; none: they do not come in.
    pub default_role: Option<Role>,
    /// Whether it is offered.
    pub enabled: bool,
}

/// A stored provider.
#[derive(Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderRow {
    /// Identity.
    pub id: ProviderId,
    /// What was decided.
    #[sqlx(flatten)]
    pub provider: Provider,
    /// What we show it, sealed.
    pub sealed_secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "select id, key, name, issuer, client_id, allowed_domains, role_claim, roles, \
             default_role, enabled, sealed_secret, created_at from identity_providers ",
            $tail
        )
    };
}

/// All providers by name.
pub async fn list(db: &Db) -> Result<Vec<ProviderRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("order by name, key")).fetch_all(pool))
}

/// The provider with this key.
pub async fn find(db: &Db, key: &str) -> Result<Option<ProviderRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(select!("where key = $1")).bind(key).fetch_optional(pool))
}

/// Adds a provider, or replaces what was decided about the one with its key; a secret stays
/// unless another is given.
pub async fn put(
    tx: &mut Tx,
    provider: &Provider,
    sealed_secret: Option<&[u8]>,
    at: Timestamp,
) -> Result<ProviderId, StoreError> {
    on_tx!(tx, conn => sqlx::query_scalar(
        "insert into identity_providers (key, name, issuer, client_id, allowed_domains, \
         role_claim, roles, default_role, enabled, sealed_secret, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         on conflict (key) do update set name = excluded.name, issuer = excluded.issuer, \
         client_id = excluded.client_id, allowed_domains = excluded.allowed_domains, \
         role_claim = excluded.role_claim, roles = excluded.roles, \
         default_role = excluded.default_role, enabled = excluded.enabled, \
         sealed_secret = coalesce(excluded.sealed_secret, identity_providers.sealed_secret) \
         returning id",
    )
    .bind(&provider.key)
    .bind(&provider.name)
    .bind(&provider.issuer)
    .bind(&provider.client_id)
    .bind(&provider.allowed_domains)
    .bind(&provider.role_claim)
    .bind(&provider.roles)
    .bind(provider.default_role)
    .bind(provider.enabled)
    .bind(sealed_secret)
    .bind(at)
    .fetch_one(conn))
}

/// Removes a provider; who came through it stays, and cannot come through it any more.
pub async fn delete(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    let touched = exec_tx!(tx, conn => sqlx::query("delete from identity_providers where key = $1")
        .bind(key)
        .execute(conn))?;
    Ok(touched > 0)
}

/// Who somebody of a provider is here.
pub async fn find_user(
    db: &Db,
    provider: ProviderId,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    on_db!(db.read, pool => sqlx::query_scalar(
        "select user_id from identities where provider_id = $1 and subject = $2",
    )
    .bind(provider)
    .bind(subject)
    .fetch_optional(pool))
}

/// That somebody comes through a provider.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ProviderLinkRow {
    /// What the provider is called.
    pub provider: String,
    /// Who they are there.
    pub subject: String,
    /// When they came first.
    pub created_at: Timestamp,
    /// When they came last.
    pub last_used_at: Timestamp,
}

/// Through which providers a user comes.
pub async fn links_of(db: &Db, user: UserId) -> Result<Vec<ProviderLinkRow>, StoreError> {
    on_db!(db.read, pool => sqlx::query_as(
        "select p.name as provider, i.subject, i.created_at, i.last_used_at from identities i \
         join identity_providers p on p.id = i.provider_id where i.user_id = $1 order by p.name",
    )
    .bind(user)
    .fetch_all(pool))
}

/// Notes who somebody of a provider is here, and that they came.
pub async fn link(
    tx: &mut Tx,
    provider: ProviderId,
    subject: &str,
    user: UserId,
    at: Timestamp,
) -> Result<(), StoreError> {
    exec_tx!(tx, conn => sqlx::query(
        "insert into identities (provider_id, subject, user_id, created_at, last_used_at) \
         values ($1, $2, $3, $4, $4) \
         on conflict (provider_id, subject) do update set last_used_at = excluded.last_used_at",
    )
    .bind(provider)
    .bind(subject)
    .bind(user)
    .bind(at)
    .execute(conn))?;
    Ok(())
}
