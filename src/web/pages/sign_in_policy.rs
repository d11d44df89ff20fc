//! How people of a client come in: who may register, who needs a second factor.

use super::me::Done;
use super::page;
use super::people::role_name;
use super::sign_in::refused;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::domain::{Role, Timestamp, normal_email};
use crate::identity::Policy;
use crate::store::tenant::employees;
use crate::store::{StoreError, Tx, audit};
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// More would be a mistake of whoever pasted them.
const MOST_DOMAINS: usize = 50;
const MOST_EMPLOYEES: usize = 2_000;

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
    let db = visit.client.scope().db();
    let given = Given::of(&Policy::load(db).await?, &employees::list(db).await?);
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
    let (policy, listed) = match given.check() {
        Ok(checked) => checked,
        Err(fault) => {
            let mails = state.postman.is_some();
            let (visitor, present) = (&visit.visitor, visit.present());
            let again = PolicyPage::of(visitor, &present, mails, &given, Some(fault));
            return Ok(refused(Refusal::Wrong, page(&again)?));
        }
    };
    let now = state.clock.now();
    let former = Policy::load(visit.client.scope().db()).await?;
    let mut tx = visit.client.scope().db().begin().await?;
    policy.store(&mut tx).await?;
    put_employees(&mut tx, &listed, now).await?;
    let client = visit.client.tenant();
    let subject = Subject::new("client", &client.slug).named(&client.name);
    let deed = Deed::new(Action::CHANGED, subject)
        .before(Fields::of(&former))
        .after(Fields::of(&policy));
    audit::record(&mut tx, now, &account.actor, &deed);
    tx.commit().await?;
    Ok(Redirect::to("/admin/sign-in?done=policy").into_response())
}

async fn put_employees(
    tx: &mut Tx,
    listed: &[(String, Role)],
    now: Timestamp,
) -> Result<(), StoreError> {
    employees::clear(tx).await?;
    for (email, role) in listed {
        employees::put(tx, email, *role, now).await?;
    }
    Ok(())
}

/// A field that is wrong, the message that says so, and the line it is about.
type Fault = (&'static str, &'static str, String);

impl Given {
    fn of(policy: &Policy, listed: &[(String, Role)]) -> Self {
        let lines: Vec<_> = listed
            .iter()
            .map(|(email, role)| format!("{email} {role}"))
            .collect();
        Self {
            domains: policy.register_domains.join("\n"),
            register_role: policy.register_role,
            employees_on: policy.register_employees.then(|| "on".to_owned()),
            employees: lines.join("\n"),
            factor: policy.second_factor_roles.clone(),
        }
    }

    fn check(&self) -> Result<(Policy, Vec<(String, Role)>), Fault> {
        let domains: Result<Vec<_>, _> = lines(&self.domains).map(domain).collect();
        let domains = domains.map_err(|line| ("domains", "policy-domain-wrong", line))?;
        if domains.len() > MOST_DOMAINS {
            return Err(("domains", "policy-too-many", domains.len().to_string()));
        }
        let listed: Result<Vec<_>, _> = lines(&self.employees).map(employee).collect();
        let listed = listed.map_err(|line| ("employees", "policy-employee-wrong", line))?;
        if listed.len() > MOST_EMPLOYEES {
            return Err(("employees", "policy-too-many", listed.len().to_string()));
        }
        let policy = Policy {
            register_domains: domains,
            register_employees: self.employees_on.is_some(),
            register_role: self.register_role,
            second_factor_roles: self.factor.clone(),
        };
        Ok((policy, listed))
    }
}

pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// A domain with a dot, in lower case.
pub(super) fn domain(line: &str) -> Result<String, String> {
    let domain = line.trim_start_matches('@').to_lowercase();
    let plain = domain
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let shaped = domain.contains('.') && !domain.starts_with('.') && !domain.ends_with('.');
    if plain && shaped {
        Ok(domain)
    } else {
        Err(line.to_owned())
    }
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

    #[test]
    fn a_domain_is_a_whole_name() {
        assert_eq!(domain("@Acme.Example"), Ok("acme.example".to_owned()));
        for bad in [
            "acme",
            ".example",
            "a b.c",
            "*.acme.example",
            "acme.example.",
        ] {
            assert_eq!(domain(bad), Err(bad.to_owned()));
        }
    }
}
