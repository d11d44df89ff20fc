//! `/api/v1/providers`: other places where people of the client sign in (OpenID Connect).

use super::desk::Desk;
use super::json_body::JsonBody;
use super::pages::Items;
use super::people::in_words;
use crate::domain::Role;
use crate::store::tenant::{ProviderRow, providers as table};
use crate::web::WebError;
use crate::web::extract::Path;
use crate::web::providers::{self, ProviderWish};
use axum::Json;
use axum::http::StatusCode;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// One provider; what we show it is never told.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProviderOut {
    key: String,
    name: String,
    issuer: String,
    client_id: String,
    /// Whether a secret is kept.
    has_secret: bool,
    domains: Vec<String>,
    role_claim: Option<String>,
    #[schema(value_type = Object)]
    roles: BTreeMap<String, Role>,
    #[schema(value_type = Option<String>)]
    default_role: Option<Role>,
    enabled: bool,
    created_at: String,
}

/// What is decided about a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderBody {
    /// What people call it; 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Where it is, as it names itself; it must answer.
    #[schema(example = "https://id.acme.example")]
    issuer: String,
    /// What it calls us.
    #[schema(min_length = 1, max_length = 200)]
    client_id: String,
    /// What we show it; absent leaves the one that is kept.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    secret: SecretString,
    /// Domains whose addresses may come in; none for any.
    #[serde(default)]
    domains: Vec<String>,
    /// The claim that says what somebody may do.
    #[serde(default)]
    role_claim: String,
    /// Value of the claim to role.
    #[serde(default)]
    #[schema(value_type = Object)]
    roles: BTreeMap<String, Role>,
    /// What somebody becomes whom the claim says nothing of; none: they do not come in.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    default_role: Option<Role>,
    /// Whether it is offered.
    #[serde(default)]
    enabled: bool,
}

/// All providers.
#[utoipa::path(
    get, path = "/providers", tag = "client",
    responses((status = 200, description = "All of them", body = Items<ProviderOut>))
)]
pub async fn list(desk: Desk) -> Result<Json<Items<ProviderOut>>, WebError> {
    let rows = table::list(desk.caller.client.scope().db()).await?;
    let items = rows.iter().map(ProviderOut::of).collect();
    Ok(Json(Items { items }))
}

/// Adds a provider that answers, or changes the one with this key.
#[utoipa::path(
    put, path = "/providers/{key}", tag = "client", request_body = ProviderBody,
    params(("key" = String, Path, description = "Letters, digits and hyphens, at most 40")),
    responses((status = 200, description = "As it is now", body = ProviderOut))
)]
pub async fn put(
    desk: Desk,
    Path(key): Path<String>,
    body: JsonBody,
) -> Result<Json<ProviderOut>, WebError> {
    let body: ProviderBody = body.read()?;
    let (wish, secret) = body.wish(key);
    let (client, actor) = (&desk.caller.client, desk.actor());
    providers::put(&desk.state, client, actor, &wish, &secret)
        .await?
        .map_err(in_words)?;
    let row = table::find(client.scope().db(), wish.key.trim()).await?;
    let row = row.ok_or(WebError::NotFound)?;
    Ok(Json(ProviderOut::of(&row)))
}

/// Takes a provider away; who came through it needs another way in.
#[utoipa::path(
    delete, path = "/providers/{key}", tag = "client", params(("key" = String, Path)),
    responses((status = 204, description = "Gone"))
)]
pub async fn remove(desk: Desk, Path(key): Path<String>) -> Result<StatusCode, WebError> {
    let client = &desk.caller.client;
    if providers::remove(&desk.state, client, desk.actor(), &key).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(WebError::NotFound)
}

impl ProviderBody {
    fn wish(self, key: String) -> (ProviderWish, SecretString) {
        let wish = ProviderWish {
            key,
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            domains: self.domains,
            role_claim: self.role_claim,
            roles: self.roles,
            default_role: self.default_role,
            enabled: self.enabled,
        };
        (wish, self.secret)
    }
}

impl ProviderOut {
    fn of(row: &ProviderRow) -> Self {
        let wish = ProviderWish::from(row);
        Self {
            key: wish.key,
            name: wish.name,
            issuer: wish.issuer,
            client_id: wish.client_id,
            has_secret: row.sealed_secret.is_some(),
            domains: wish.domains,
            role_claim: row.provider.role_claim.clone(),
            roles: wish.roles,
            default_role: wish.default_role,
            enabled: wish.enabled,
            created_at: row.created_at.to_string(),
        }
    }
}
