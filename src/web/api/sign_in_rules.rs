//! `/api/v1/sign-in-rules`: how people of the client come in.

use super::conditions::{self, IfMatch, IfNoneMatch};
use super::desk::Desk;
use super::json_body::JsonBody;
use crate::domain::Role;
use crate::identity::Policy;
use crate::tenancy::Reason;
use crate::tenancy::change::Version;
use crate::web::WebError;
use crate::web::format::Locale;
use crate::web::sign_in_rules::{Fault, SignInRules};
use crate::web::words::Words;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The rules. What is left out of a PUT gets its usual value: nobody registers, no factor is asked.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignInRulesBody {
    /// Whoever reads mail at one of these domains may register; at most 50.
    #[schema(max_items = 50, example = json!(["acme.example"]))]
    domains: Vec<String>,
    /// What those of the domains become.
    #[schema(value_type = String, example = "viewer")]
    register_role: Role,
    /// Whether the employees below may register.
    employees_on: bool,
    /// Addresses that may register, and what they become; at most 2,000.
    #[schema(max_items = 2000)]
    employees: Vec<Employee>,
    /// Roles that do not come in without a second factor.
    #[schema(value_type = Vec<String>, example = json!(["admin"]))]
    factor: Vec<Role>,
}

/// Somebody who may register.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Employee {
    /// Their address.
    #[schema(format = "email")]
    email: String,
    /// What they become.
    #[serde(default)]
    #[schema(value_type = String)]
    role: Role,
}

/// The rules as they are.
#[utoipa::path(
    get, path = "/sign-in-rules", tag = "client",
    responses((status = 200, description = "As they are now", body = SignInRulesBody, headers(("ETag" = String))),
        (status = 304, description = "Still the version of If-None-Match"))
)]
pub async fn show(desk: Desk, asked: IfNoneMatch) -> Result<Response, WebError> {
    let rules = load(&desk).await?;
    let version = version_of(&rules);
    Ok(conditions::shown(&asked, &version, rules))
}

/// Gives the client other rules. Who is in already stays in.
#[utoipa::path(
    put, path = "/sign-in-rules", tag = "client", request_body = SignInRulesBody, params(IfMatch),
    responses((status = 200, description = "Changed", body = SignInRulesBody, headers(("ETag" = String))))
)]
pub async fn replace(
    desk: Desk,
    IfMatch(seen): IfMatch,
    body: JsonBody,
) -> Result<Response, WebError> {
    let rules = body.read::<SignInRulesBody>()?.rules();
    let rules = rules.checked().map_err(in_words)?;
    if seen.is_some() && seen != Some(version_of(&load(&desk).await?)) {
        return Err(WebError::Changed);
    }
    let client = &desk.caller.client;
    let now = desk.state.clock.now();
    rules.store(client, desk.actor(), now).await?;
    let rules = load(&desk).await?;
    Ok(conditions::changed(&version_of(&rules), rules))
}

async fn load(desk: &Desk) -> Result<SignInRulesBody, WebError> {
    let rules = SignInRules::load(desk.caller.client.scope().db()).await?;
    Ok(SignInRulesBody::of(rules))
}

fn version_of(rules: &SignInRulesBody) -> Version {
    let text = serde_json::to_string(rules).unwrap_or_default();
    Version::of_pairs([("rules", text.as_str())])
}

fn in_words((field, message, entry): Fault) -> WebError {
    let detail = Words::of(Locale::English).with(message, &[("line", &entry)]);
    WebError::fault(format!("/{field}"), Reason::Shape { detail })
}

impl SignInRulesBody {
    fn of(rules: SignInRules) -> Self {
        let employees = rules.employees.into_iter();
        Self {
            domains: rules.policy.register_domains,
            register_role: rules.policy.register_role,
            employees_on: rules.policy.register_employees,
            employees: employees
                .map(|(email, role)| Employee { email, role })
                .collect(),
            factor: rules.policy.second_factor_roles,
        }
    }

    fn rules(self) -> SignInRules {
        let employees = self.employees.into_iter();
        SignInRules {
            policy: Policy {
                register_domains: self.domains,
                register_employees: self.employees_on,
                register_role: self.register_role,
                second_factor_roles: self.factor,
            },
            employees: employees.map(|one| (one.email, one.role)).collect(),
        }
    }
}
