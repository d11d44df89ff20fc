//! Other providers through which people of a client sign in, as an administrator sets them up.
//! Pages and programs decide the same things here.

use super::sign_in_rules::domain;
use super::{AppState, WebError};
use crate::domain::audit::{Action, Actor, Deed, Fields, Subject};
use crate::domain::{Role, visible};
use crate::runtime::Client;
use crate::store::audit;
use crate::store::tenant::{Provider, ProviderRow, providers};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;

const LONGEST_KEY: usize = 40;
const LONGEST_NAME: usize = 80;
const LONGEST_CLIENT_ID: usize = 200;

/// What an administrator decides about a provider.
#[derive(Debug, Clone, Default)]
pub struct ProviderWish {
    /// Part of addresses: `corp-login`.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Where it is, as it names itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// Domains whose addresses may come in; none for any.
    pub domains: Vec<String>,
    /// The claim that says what somebody may do; empty for none.
    pub role_claim: String,
    /// Value of the claim -> role.
    pub roles: BTreeMap<String, Role>,
    /// What somebody becomes whom the claim says nothing of; none: they do not come in.
    pub default_role: Option<Role>,
    /// Whether it is offered.
    pub enabled: bool,
}

/// A field that is wrong, and the message that says so.
pub type Fault = (&'static str, &'static str);

impl ProviderWish {
    /// What is stored of it, or the field that is wrong.
    pub fn checked(&self) -> Result<Provider, Fault> {
        let key = self.key.trim();
        if !is_slug(key) {
            return Err(("key", "provider-key-wrong"));
        }
        let name = self.name.trim();
        if name.is_empty() || visible(name) != name || name.chars().count() > LONGEST_NAME {
            return Err(("name", "me-name-missing"));
        }
        let client_id = self.client_id.trim();
        if client_id.is_empty() || client_id.len() > LONGEST_CLIENT_ID {
            return Err(("client_id", "provider-client-wrong"));
        }
        let domains: Result<Vec<_>, _> = self.domains.iter().map(|entry| domain(entry)).collect();
        let domains = domains.map_err(|_| ("domains", "provider-domains-wrong"))?;
        if self.roles.keys().any(|value| value.trim().is_empty()) {
            return Err(("roles", "provider-roles-wrong"));
        }
        let claim = self.role_claim.trim();
        Ok(Provider {
            key: key.to_owned(),
            name: name.to_owned(),
            issuer: self.issuer.trim().to_owned(),
            client_id: client_id.to_owned(),
            allowed_domains: serde_json::json!(domains).to_string(),
            role_claim: (!claim.is_empty()).then(|| claim.to_owned()),
            roles: serde_json::json!(self.roles).to_string(),
            default_role: self.default_role,
            enabled: self.enabled,
        })
    }
}

impl From<&ProviderRow> for ProviderWish {
    fn from(row: &ProviderRow) -> Self {
        let provider = row.provider.clone();
        Self {
            domains: serde_json::from_str(&provider.allowed_domains).unwrap_or_default(),
            roles: serde_json::from_str(&provider.roles).unwrap_or_default(),
            key: provider.key,
            name: provider.name,
            issuer: provider.issuer,
            client_id: provider.client_id,
            role_claim: provider.role_claim.unwrap_or_default(),
            default_role: provider.default_role,
            enabled: provider.enabled,
        }
    }
}

/// Adds a provider that answers, or changes the one with this key. An empty secret leaves the one
/// that is kept.
pub async fn put(
    state: &AppState,
    client: &Client,
    actor: &Actor,
    wish: &ProviderWish,
    secret: &SecretString,
) -> Result<Result<(), Fault>, WebError> {
    let provider = match wish.checked() {
        Ok(provider) => provider,
        Err(fault) => return Ok(Err(fault)),
    };
    if let Err(error) = state.relay.probe(&provider.issuer).await {
        tracing::info!(tenant.slug = client.tenant().slug, %error, "provider not added");
        return Ok(Err(("issuer", "provider-silent")));
    }
    let sealed = seal(state, client, &provider.key, secret)?;
    let now = state.clock.now();
    let mut tx = client.scope().db().begin().await?;
    providers::put(&mut tx, &provider, sealed.as_deref(), now).await?;
    let fields = Fields::new()
        .with("issuer", provider.issuer.as_str())
        .with("roles", provider.roles.as_str())
        .with("domains", provider.allowed_domains.as_str());
    let subject = Subject::new("provider", &provider.key).named(&provider.name);
    let deed = Deed::new(Action::CHANGED, subject).after(fields);
    audit::record(&mut tx, now, actor, &deed);
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes a provider away; false when there is none.
pub async fn remove(
    state: &AppState,
    client: &Client,
    actor: &Actor,
    key: &str,
) -> Result<bool, WebError> {
    let mut tx = client.scope().db().begin().await?;
    let is_gone = providers::delete(&mut tx, key).await?;
    if is_gone {
        let deed = Deed::new(Action::REMOVED, Subject::new("provider", key));
        audit::record(&mut tx, state.clock.now(), actor, &deed);
    }
    tx.commit().await?;
    Ok(is_gone)
}

/// What we show a provider, in clear.
pub fn secret_of(
    state: &AppState,
    client: &Client,
    row: &ProviderRow,
) -> Result<Option<SecretString>, WebError> {
    let Some(sealed) = &row.sealed_secret else {
        return Ok(None);
    };
    let vault = state.platform.directory().vault();
    let opened = vault.unseal(client.tenant().id, &sealed_as(&row.provider.key), sealed);
    let opened = opened.map_err(|error| WebError::Internal(error.to_string()))?;
    Ok(Some(opened))
}

fn seal(
    state: &AppState,
    client: &Client,
    key: &str,
    secret: &SecretString,
) -> Result<Option<Vec<u8>>, WebError> {
    if secret.expose_secret().is_empty() {
        return Ok(None);
    }
    let vault = state.platform.directory().vault();
    let sealed = vault.seal(client.tenant().id, &sealed_as(key), secret);
    sealed
        .map(Some)
        .map_err(|error| WebError::Internal(error.to_string()))
}

fn sealed_as(key: &str) -> String {
    format!("provider {key}")
}

/// What may stand in an address: `corp-login`.
fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(plain)
}
