//! Wishes for API keys: made with a secret that is shown once, revoked, never changed.

use super::fault::{Faults, Refused};
use super::make::Office;
use super::settle::read;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{ApiKeyId, KEY_SCOPES, Permission, Permissions, Timestamp};
use crate::store::tenant::{ApiKey, api_keys};
use crate::store::{StoreError, audit};
use crate::tenancy::{Reason, credentials, rules};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// What an API key is to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ApiKeyWish {
    /// Unique in the client, revoked keys included.
    #[schema(example = "telegraf")]
    pub name: String,
    /// What it may do: `read`, `write`, `configure`, `manage`; no more than its maker may.
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// When it ends, RFC 3339; left out, it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2027-01-01T00:00:00Z")]
    pub expires_at: Option<String>,
}

/// A key that was made.
#[derive(Debug)]
pub struct MadeKey {
    /// Its identity.
    pub id: ApiKeyId,
    /// The key itself, to be shown once.
    pub secret: SecretString,
}

/// Makes a key. `held` is what its maker may do.
pub async fn make_key(
    office: &Office<'_>,
    body: Value,
    held: Permissions,
) -> Result<MadeKey, Refused> {
    let mut faults = Faults::of(0);
    let wish: ApiKeyWish = read(body, &["id", "prefix", "created_at"], &mut faults)?;
    let now = office.directory.clock.now();
    let secret = credentials::api_key();
    let key = ApiKey {
        name: faults.take("/name", rules::key(&wish.name)),
        prefix: credentials::shown_part(&secret),
        secret_hash: credentials::sha256(secret.expose_secret()).to_vec(),
        scopes: faults.take("/scopes", scopes(&wish.scopes, held)),
        expires_at: faults.take("/expires_at", end(wish.expires_at.as_deref(), now)),
    };
    if !faults.is_empty() {
        return Err(Refused::Faults(faults.into_found()));
    }
    let mut tx = office.scope.db().begin().await?;
    let id = match api_keys::insert(&mut tx, &key, now).await {
        Err(StoreError::Duplicate(_)) => {
            let (noun, key) = ("api-key".to_owned(), key.name);
            faults.push("/name", Reason::Taken { noun, key });
            return Err(Refused::Faults(faults.into_found()));
        }
        made => made?,
    };
    let fields = Fields::new()
        .with("scopes", key.scopes.as_str())
        .with("expires_at", key.expires_at.map(|at| at.to_string()));
    let deed = Deed::new(Action::CREATED, Subject::new("api-key", &key.name)).after(fields);
    audit::record(&mut tx, now, office.actor, &deed);
    tx.commit().await?;
    Ok(MadeKey { id, secret })
}

/// Gives a key another secret; the former one is refused from now on. Whoever learns the new one
/// may do what the key may, so `held` must hold all of it.
pub async fn rotate_key(
    office: &Office<'_>,
    id: ApiKeyId,
    held: Permissions,
) -> Result<MadeKey, Refused> {
    let gone = || Refused::Gone { wish: 0 };
    let row = api_keys::find(office.scope.db(), id)
        .await?
        .ok_or_else(gone)?;
    if is_beyond(&row.api_key.scopes, held) {
        let mut faults = Faults::of(0);
        faults.push("", Reason::Beyond);
        return Err(Refused::Faults(faults.into_found()));
    }
    let secret = credentials::api_key();
    let prefix = credentials::shown_part(&secret);
    let hash = credentials::sha256(secret.expose_secret());
    let now = office.directory.clock.now();
    let mut tx = office.scope.db().begin().await?;
    if !api_keys::renew(&mut tx, id, &prefix, &hash).await? {
        return Err(gone());
    }
    let prefixes = (row.api_key.prefix.as_str(), prefix.as_str());
    let deed = Deed::new(Action::CHANGED, Subject::new("api-key", &row.api_key.name))
        .before(Fields::new().with("prefix", prefixes.0))
        .after(Fields::new().with("prefix", prefixes.1));
    audit::record(&mut tx, now, office.actor, &deed);
    tx.commit().await?;
    Ok(MadeKey { id, secret })
}

/// Refuses a key from now on.
pub async fn revoke_key(office: &Office<'_>, id: ApiKeyId) -> Result<(), Refused> {
    let gone = || Refused::Gone { wish: 0 };
    let row = api_keys::find(office.scope.db(), id)
        .await?
        .ok_or_else(gone)?;
    let now = office.directory.clock.now();
    let mut tx = office.scope.db().begin().await?;
    if !api_keys::revoke(&mut tx, &row.api_key.name, now).await? {
        return Err(gone());
    }
    let deed = Deed::new(Action::REVOKED, Subject::new("api-key", &row.api_key.name));
    audit::record(&mut tx, now, office.actor, &deed);
    tx.commit().await?;
    Ok(())
}

fn scopes(words: &[String], held: Permissions) -> Result<String, Reason> {
    if words.is_empty() {
        return Err(Reason::Empty);
    }
    let known: Vec<&str> = KEY_SCOPES.iter().map(|(name, _)| *name).collect();
    let mut scopes = Vec::with_capacity(words.len());
    for word in words {
        scopes.push(rules::one_of(word, &known)?);
    }
    scopes.sort();
    scopes.dedup();
    let scopes = scopes.join(" ");
    if is_beyond(&scopes, held) {
        return Err(Reason::Beyond);
    }
    Ok(scopes)
}

/// Whether scopes hold more than somebody does.
fn is_beyond(scopes: &str, held: Permissions) -> bool {
    let wanted = Permissions::of_scopes(scopes);
    let beyond = |permission: &Permission| wanted.holds(*permission) && !held.holds(*permission);
    Permission::ALL.iter().any(beyond)
}

fn end(text: Option<&str>, now: Timestamp) -> Result<Option<Timestamp>, Reason> {
    let Some(text) = text.filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let at: jiff::Timestamp = text.parse().map_err(|_| Reason::Instant)?;
    let at = Timestamp::from_jiff(at);
    if at <= now {
        return Err(Reason::Past);
    }
    Ok(Some(at))
}
