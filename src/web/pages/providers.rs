//! Other providers through which people of a client sign in.

use super::me::Done;
use super::page;
use super::people::role_name;
use super::sign_in::refused;
use super::sign_in_policy::lines;
use crate::domain::Role;
use crate::store::tenant::{ProviderRow, providers as table};
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::mails;
use crate::web::present::Present;
use crate::web::providers::{self, Fault, ProviderWish};
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
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

/// `GET /admin/providers`
pub async fn show(
    visit: Visit,
    mails::Origin(base): mails::Origin,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let rows = table::list(visit.client.scope().db()).await?;
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
    let put = match given.wish() {
        Ok(wish) => {
            let actor = &account.actor;
            providers::put(&state, &visit.client, actor, &wish, &given.secret).await?
        }
        Err(fault) => Err(fault),
    };
    let Err(fault) = put else {
        return Ok(Redirect::to("/admin/providers?done=provider").into_response());
    };
    let (visitor, present) = (&visit.visitor, visit.present());
    let rows = table::list(visit.client.scope().db()).await?;
    let again = ProvidersPage::of(visitor, &present, &rows, &base, &given, Some(fault));
    Ok(refused(Refusal::Wrong, page(&again)?))
}

/// `POST /admin/providers/remove`
pub async fn remove(
    State(state): State<AppState>,
    account: Account,
    Form(gone): Form<Gone>,
) -> Result<Response, WebError> {
    providers::remove(&state, &account.client, &account.actor, &gone.key).await?;
    Ok(Redirect::to("/admin/providers?done=provider-gone").into_response())
}

impl Given {
    fn fresh() -> Self {
        Self {
            enabled: Some("on".to_owned()),
            ..Self::default()
        }
    }

    fn of(row: &ProviderRow) -> Self {
        let wish = ProviderWish::from(row);
        let roles = wish.roles.iter();
        let roles: Vec<_> = roles
            .map(|(value, role)| format!("{value} = {role}"))
            .collect();
        let default_role = wish.default_role.map(|role| role.to_string());
        Self {
            key: wish.key,
            name: wish.name,
            issuer: wish.issuer,
            client_id: wish.client_id,
            secret: SecretString::default(),
            domains: wish.domains.join("\n"),
            role_claim: wish.role_claim,
            roles: roles.join("\n"),
            default_role: default_role.unwrap_or_default(),
            enabled: wish.enabled.then(|| "on".to_owned()),
        }
    }

    /// What was typed, line by line.
    fn wish(&self) -> Result<ProviderWish, Fault> {
        let roles: Option<BTreeMap<_, _>> = lines(&self.roles).map(mapping).collect();
        let default_role = match self.default_role.as_str() {
            "" => None,
            word => Some(
                word.parse()
                    .map_err(|_| ("default_role", "me-choice-unknown"))?,
            ),
        };
        Ok(ProviderWish {
            key: self.key.clone(),
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            domains: lines(&self.domains).map(str::to_owned).collect(),
            role_claim: self.role_claim.clone(),
            roles: roles.ok_or(("roles", "provider-roles-wrong"))?,
            default_role,
            enabled: self.enabled.is_some(),
        })
    }
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
