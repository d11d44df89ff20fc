//! Other providers through which people of a client sign in.

use super::me::Done;
use super::page;
use super::people::role_name;
use super::sign_in::refused;
use super::sign_in_policy::{domain, lines};
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{Role, visible};
use crate::runtime::Client;
use crate::store::audit;
use crate::store::tenant::{Provider, ProviderRow, providers};
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::mails;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The page.
#[derive(Template)]
#[template(path = "pages/providers.html")]
pub struct ProvidersPage {
    shell: Shell,
    done: Option<String>,
    /// What an administrator gives to the provider.
    back: String,
    lines: Vec<Line>,
    fields: Vec<Field>,
    secret: Field,
    domains: Field,
    role_claim: Field,
    roles: Field,
    default_role: Field,
    enabled: Field,
}

/// One provider.
pub struct Line {
    key: String,
    name: String,
    issuer: String,
    enabled: bool,
}

/// What the form sends.
#[derive(Deserialize, Default)]
pub struct Given {
    key: String,
    name: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    secret: SecretString,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    role_claim: String,
    #[serde(default)]
    roles: String,
    #[serde(default)]
    default_role: String,
    enabled: Option<String>,
}

/// What the address of the page may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Which provider is to be changed.
    #[serde(default)]
    edit: String,
    #[serde(flatten)]
    done: Done,
}

/// Which provider goes.
#[derive(Deserialize)]
pub struct Gone {
    key: String,
}

/// A field that is wrong, and the message that says so.
type Fault = (&'static str, &'static str);

/// `GET /admin/providers`
pub async fn show(
    visit: Visit,
    mails::Origin(base): mails::Origin,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let rows = providers::list(visit.client.scope().db()).await?;
    let edited = rows.iter().find(|row| row.provider.key == wanted.edit);
    let given = edited.map_or_else(Given::fresh, Given::of);
    let known = ["provider", "provider-gone"];
    let done = wanted.done.text(&known, visit.visitor.words());
    page(&ProvidersPage {
        done,
        ..ProvidersPage::of(&visit.visitor, &visit.present(), &rows, &base, &given, None)
    })
}

/// `POST /admin/providers`: adds one, or changes the one with this key.
pub async fn submit(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    mails::Origin(base): mails::Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (client, db) = (&visit.client, visit.client.scope().db());
    let checked = match given.check() {
        Ok(provider) => match state.relay.probe(&provider.issuer).await {
            Ok(()) => Ok(provider),
            Err(error) => {
                tracing::info!(tenant.slug = client.tenant().slug, %error, "provider not added");
                Err(("issuer", "provider-silent"))
            }
        },
        Err(fault) => Err(fault),
    };
    let provider = match checked {
        Ok(provider) => provider,
        Err(fault) => {
            let (visitor, present) = (&visit.visitor, visit.present());
            let rows = providers::list(db).await?;
            let again = ProvidersPage::of(visitor, &present, &rows, &base, &given, Some(fault));
            return Ok(refused(Refusal::Wrong, page(&again)?));
        }
    };
    let sealed = seal(&state, client, &provider.key, &given.secret)?;
    let now = state.clock.now();
    let mut tx = db.begin().await?;
    providers::put(&mut tx, &provider, sealed.as_deref(), now).await?;
    let fields = Fields::new()
        .with("issuer", provider.issuer.as_str())
        .with("roles", provider.roles.as_str())
        .with("domains", provider.allowed_domains.as_str());
    let subject = Subject::new("provider", &provider.key).named(&provider.name);
    let deed = Deed::new(Action::CHANGED, subject).after(fields);
    audit::record(&mut tx, now, &account.actor, &deed);
    tx.commit().await?;
    Ok(Redirect::to("/admin/providers?done=provider").into_response())
}

/// `POST /admin/providers/remove`
pub async fn remove(
    State(state): State<AppState>,
    account: Account,
    Form(gone): Form<Gone>,
) -> Result<Response, WebError> {
    let mut tx = account.client.scope().db().begin().await?;
    if providers::delete(&mut tx, &gone.key).await? {
        let deed = Deed::new(Action::REMOVED, Subject::new("provider", &gone.key));
        audit::record(&mut tx, state.clock.now(), &account.actor, &deed);
    }
    tx.commit().await?;
    Ok(Redirect::to("/admin/providers?done=provider-gone").into_response())
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

impl Given {
    fn fresh() -> Self {
        Self {
            enabled: Some("on".to_owned()),
            ..Self::default()
        }
    }

    fn of(row: &ProviderRow) -> Self {
        let provider = row.provider.clone();
        let domains: Vec<String> =
            serde_json::from_str(&provider.allowed_domains).unwrap_or_default();
        let roles: BTreeMap<String, Role> =
            serde_json::from_str(&provider.roles).unwrap_or_default();
        let roles: Vec<_> = roles
            .iter()
            .map(|(value, role)| format!("{value} = {role}"))
            .collect();
        Self {
            key: provider.key,
            name: provider.name,
            issuer: provider.issuer,
            client_id: provider.client_id,
            secret: SecretString::default(),
            domains: domains.join("\n"),
            role_claim: provider.role_claim.unwrap_or_default(),
            roles: roles.join("\n"),
            default_role: provider
                .default_role
                .map(|role| role.to_string())
                .unwrap_or_default(),
            enabled: provider.enabled.then(|| "on".to_owned()),
        }
    }

    fn check(&self) -> Result<Provider, Fault> {
        let key = self.key.trim();
        if !is_slug(key) {
            return Err(("key", "provider-key-wrong"));
        }
        let name = self.name.trim();
        if name.is_empty() || visible(name) != name || name.chars().count() > 80 {
            return Err(("name", "me-name-missing"));
        }
        let client_id = self.client_id.trim();
        if client_id.is_empty() || client_id.len() > 200 {
            return Err(("client_id", "provider-client-wrong"));
        }
        let domains: Result<Vec<_>, _> = lines(&self.domains).map(domain).collect();
        let domains = domains.map_err(|_| ("domains", "provider-domains-wrong"))?;
        let roles: Option<BTreeMap<_, _>> = lines(&self.roles).map(mapping).collect();
        let roles = roles.ok_or(("roles", "provider-roles-wrong"))?;
        let default_role = match self.default_role.as_str() {
            "" => None,
            word => Some(
                word.parse()
                    .map_err(|_| ("default_role", "me-choice-unknown"))?,
            ),
        };
        let claim = self.role_claim.trim();
        Ok(Provider {
            key: key.to_owned(),
            name: name.to_owned(),
            issuer: self.issuer.trim().to_owned(),
            client_id: client_id.to_owned(),
            allowed_domains: serde_json::json!(domains).to_string(),
            role_claim: (!claim.is_empty()).then(|| claim.to_owned()),
            roles: serde_json::json!(roles).to_string(),
            default_role,
            enabled: self.enabled.is_some(),
        })
    }
}

/// What may stand in an address: `corp-login`.
fn is_slug(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(plain)
}

/// `engineers = operator`
fn mapping(line: &str) -> Option<(String, Role)> {
    let (value, role) = line.rsplit_once('=')?;
    let value = value.trim();
    (!value.is_empty()).then_some(())?;
    Some((value.to_owned(), role.trim().parse().ok()?))
}

impl ProvidersPage {
    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let given = Given {
            issuer: "http://acme".to_owned(),
            ..Given::fresh()
        };
        let base = "https://acme.example";
        Self::of(
            visitor,
            present,
            &[],
            base,
            &given,
            Some(("issuer", "provider-silent")),
        )
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        rows: &[ProviderRow],
        base: &str,
        given: &Given,
        fault: Option<Fault>,
    ) -> Self {
        let words = visitor.words();
        let fault_of = |name: &str| {
            let (_, key) = fault.filter(|(field, _)| *field == name)?;
            Some(words.get(key))
        };
        let field = |name, key, value: &str| {
            Field::new(name, key, words)
                .value(value)
                .fault(fault_of(name))
        };
        let role = |role: Role| (role.to_string(), role_name(role, words));
        let nobody = (String::new(), words.get("provider-no-role"));
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            done: None,
            back: format!("{base}/sign-in/back"),
            lines: rows.iter().map(Line::of).collect(),
            fields: vec![
                field("key", "provider-key", &given.key).hint(words.get("provider-key-hint")),
                field("name", "provider-name", &given.name),
                field("issuer", "provider-issuer", &given.issuer)
                    .hint(words.get("provider-issuer-hint")),
                field("client_id", "provider-client", &given.client_id),
            ],
            secret: field("secret", "provider-secret", "").hint(words.get("provider-secret-hint")),
            domains: field("domains", "provider-domains", &given.domains)
                .hint(words.get("provider-domains-hint")),
            role_claim: field("role_claim", "provider-claim", &given.role_claim),
            roles: field("roles", "provider-roles", &given.roles)
                .hint(words.get("provider-roles-hint")),
            default_role: field("default_role", "provider-default", &given.default_role)
                .choices(std::iter::once(nobody).chain(Role::ALL.map(role))),
            enabled: Field::new("enabled", "provider-on", words).check(given.enabled.is_some()),
        }
    }
}

impl Line {
    fn of(row: &ProviderRow) -> Self {
        let provider = &row.provider;
        Self {
            key: provider.key.clone(),
            name: provider.name.clone(),
            issuer: provider.issuer.clone(),
            enabled: provider.enabled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_maps_a_value_to_a_role() {
        assert_eq!(
            mapping("cn=ops,dc=acme = operator"),
            Some(("cn=ops,dc=acme".to_owned(), Role::Operator))
        );
        for bad in ["ops", "ops = king", "= admin"] {
            assert_eq!(mapping(bad), None, "{bad}");
        }
    }
}
