//! How people of a client come in: who may register, who needs a second factor.

use super::me::Done;
use super::page;
use super::people::role_name;
use super::sign_in::refused;
use crate::domain::{Role, normal_email};
use crate::identity::Policy;
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::sign_in_rules::{Fault, SignInRules};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/sign_in_policy.html")]
pub struct PolicyPage {
    shell: Shell,
    done: Option<String>,
    mails: bool,
    domains: Field,
    register_role: Field,
    employees_on: Field,
    employees: Field,
    factor: Field,
}

/// What its form sends.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Given {
    #[serde(default)]
    domains: String,
    #[serde(default)]
    register_role: Role,
    employees_on: Option<String>,
    #[serde(default)]
    employees: String,
    #[serde(default)]
    factor: Vec<Role>,
}

/// `GET /admin/sign-in`
pub async fn show(
    State(state): State<AppState>,
    visit: Visit,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let rules = SignInRules::load(visit.client.scope().db()).await?;
    let given = Given::of(&rules);
    let done = done.text(&["policy"], visit.visitor.words());
    let mails = state.postman.is_some();
    page(&PolicyPage {
        done,
        ..PolicyPage::of(&visit.visitor, &visit.present(), mails, &given, None)
    })
}

/// `POST /admin/sign-in`
pub async fn submit(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let rules = match given.check() {
        Ok(checked) => checked,
        Err(fault) => {
            let mails = state.postman.is_some();
            let (visitor, present) = (&visit.visitor, visit.present());
            let again = PolicyPage::of(visitor, &present, mails, &given, Some(fault));
            return Ok(refused(Refusal::Wrong, page(&again)?));
        }
    };
    let now = state.clock.now();
    rules.store(&visit.client, &account.actor, now).await?;
    Ok(Redirect::to("/admin/sign-in?done=policy").into_response())
}

impl Given {
    fn of(rules: &SignInRules) -> Self {
        let policy = &rules.policy;
        let employees = rules.employees.iter();
        let employees: Vec<_> = employees
            .map(|(email, role)| format!("{email} {role}"))
            .collect();
        Self {
            domains: policy.register_domains.join("\n"),
            register_role: policy.register_role,
            employees_on: policy.register_employees.then(|| "on".to_owned()),
            employees: employees.join("\n"),
            factor: policy.second_factor_roles.clone(),
        }
    }

    /// What was typed, line by line.
    fn check(&self) -> Result<SignInRules, Fault> {
        let employees: Result<Vec<_>, _> = lines(&self.employees).map(employee).collect();
        let rules = SignInRules {
            policy: Policy {
                register_domains: lines(&self.domains).map(str::to_owned).collect(),
                register_employees: self.employees_on.is_some(),
                register_role: self.register_role,
                second_factor_roles: self.factor.clone(),
            },
            employees: employees.map_err(|line| ("employees", "policy-employee-wrong", line))?,
        };
        rules.checked()
    }
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// `ada@acme.example operator`; without a role a viewer.
fn employee(line: &str) -> Result<(String, Role), String> {
    let mut words = line
        .split([' ', ',', ';', '\t'])
        .filter(|word| !word.is_empty());
    let email = words.next().and_then(normal_email);
    let role = words.next().map_or(Ok(Role::Viewer), str::parse);
    match (email, role, words.next()) {
        (Some(email), Ok(role), None) => Ok((email, role)),
        _ => Err(line.to_owned()),
    }
}

impl PolicyPage {
    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let given = Given {
            domains: "acme".to_owned(),
            ..Given::default()
        };
        let fault = ("domains", "policy-domain-wrong", "acme".to_owned());
        Self::of(visitor, present, true, &given, Some(fault))
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        mails: bool,
        given: &Given,
        fault: Option<Fault>,
    ) -> Self {
        let words = visitor.words();
        let fault_of = |name: &str| {
            let (_, key, line) = fault.as_ref().filter(|(field, ..)| *field == name)?;
            Some(words.with(key, &[("line", line)]))
        };
        let role = |role: Role| (role.to_string(), role_name(role, words));
        let factor: Vec<_> = given.factor.iter().map(ToString::to_string).collect();
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            done: None,
            mails,
            domains: Field::new("domains", "policy-domains", words)
                .hint(words.get("policy-domains-hint"))
                .value(&given.domains)
                .fault(fault_of("domains")),
            register_role: Field::new("register_role", "policy-role", words)
                .value(given.register_role.as_str())
                .choices([Role::Operator, Role::Member, Role::Viewer].map(role)),
            employees_on: Field::new("employees_on", "policy-employees-on", words)
                .check(given.employees_on.is_some()),
            employees: Field::new("employees", "policy-employees", words)
                .hint(words.get("policy-employees-hint"))
                .value(&given.employees)
                .fault(fault_of("employees")),
            factor: Field::new("factor", "policy-factors", words)
                .hint(words.get("policy-factors-hint"))
                .several(Role::ALL.map(role), &factor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_list_is_an_address_and_perhaps_a_role() {
        assert_eq!(
            employee("Ada@acme.example"),
            Ok(("ada@acme.example".to_owned(), Role::Viewer))
        );
        assert_eq!(
            employee("a@b.c; operator"),
            Ok(("a@b.c".to_owned(), Role::Operator))
        );
        for bad in ["ada", "a@b.c king", "a@b.c admin now"] {
            assert_eq!(employee(bad), Err(bad.to_owned()));
        }
    }
}
