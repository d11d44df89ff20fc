//! Registering by oneself, where the client lets its domains or its employees do so. Whether
//! somebody may, or is known already, only their mailbox is told.

use super::forgot::ANSWERED_AFTER;
use super::page;
use super::sign_in::{bare_shell, refused};
use crate::domain::{Role, normal_email, visible};
use crate::identity::Policy;
use crate::identity::links::{self, Addressee, Purpose};
use crate::runtime::Client;
use crate::store::tenant::{employees, users};
use crate::store::{Db, StoreError};
use crate::web::door::{Refusal, try_ask};
use crate::web::extract::{Form, Language, Origin, Portal};
use crate::web::form::Field;
use crate::web::mails::{self, Matter};
use crate::web::people::words_of;
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tokio::time::Instant;

/// The page.
#[derive(Template)]
#[template(path = "pages/register.html")]
pub struct RegisterPage {
    pub(super) shell: Shell,
    pub(super) email: Field,
    pub(super) name: Field,
    pub(super) sent: bool,
}

/// What its form sends.
#[derive(Debug, Deserialize)]
pub struct Given {
    email: String,
    name: String,
}

/// `GET /sign-in/register`; there is no such page where nobody may.
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
) -> Result<Response, WebError> {
    policy(&state, &portal.0).await?;
    page(&RegisterPage::of(&state, &portal, &language))
}

/// `POST /sign-in/register`
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    mails::Origin(base): mails::Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let policy = policy(&state, client).await?;
    let answered_at = Instant::now() + ANSWERED_AFTER;
    let mut answer = RegisterPage::of(&state, &portal, &language);
    let words = answer.shell.words;
    answer.email.value.clone_from(&given.email);
    answer.name.value.clone_from(&given.name);
    let name = given.name.trim();
    if name.is_empty() || visible(name) != name || name.chars().count() > 80 {
        answer.name.fault = Some(words.get("me-name-missing"));
        return Ok(refused(Refusal::Wrong, page(&answer)?));
    }
    let Some(email) = normal_email(given.email.trim()) else {
        answer.email.fault = Some(words.get("email-wrong"));
        return Ok(refused(Refusal::Wrong, page(&answer)?));
    };
    if let Err(refusal) = try_ask(&state, client, &email, &origin).await? {
        answer.email.fault = Some(refusal.text("sign-in-wrong", words));
        return Ok(refused(refusal, page(&answer)?));
    }
    if let Some(role) = role_of(client.scope().db(), &policy, &email).await? {
        send_link(&state, client, &email, name, role, words, &base).await?;
    }
    tokio::time::sleep_until(answered_at).await;
    answer.sent = true;
    page(&answer)
}

/// The client's policy; not found where nobody may register, or no mail can prove an address.
async fn policy(state: &AppState, client: &Client) -> Result<Policy, WebError> {
    let policy = Policy::load(client.scope().db()).await?;
    if state.postman.is_some() && policy.lets_register() {
        Ok(policy)
    } else {
        Err(WebError::NotFound)
    }
}

/// What this address may register as.
async fn role_of(db: &Db, policy: &Policy, email: &str) -> Result<Option<Role>, StoreError> {
    if policy.register_employees
        && let Some(role) = employees::find(db, email).await?
    {
        return Ok(Some(role));
    }
    Ok(policy.allows_domain(email).then_some(policy.register_role))
}

async fn send_link(
    state: &AppState,
    client: &Client,
    email: &str,
    name: &str,
    role: Role,
    words: Words,
    base: &str,
) -> Result<(), WebError> {
    let (db, now) = (client.scope().db(), state.clock.now());
    let known = users::find_by_email(db, email).await?;
    let mut tx = db.begin().await?;
    let letter = if let Some(user) = known {
        let link = format!("{base}/sign-in/forgot");
        mails::letter(
            Matter::Known,
            words_of(&user, words),
            &client.tenant().name,
            email,
            link,
        )?
    } else {
        let to = Addressee {
            user: None,
            email,
            name,
            role: Some(role),
        };
        let token = links::make(&mut tx, Purpose::Register, &to, now).await?;
        let link = format!("{base}/sign-in/welcome?token={token}");
        mails::letter(Matter::Register, words, &client.tenant().name, email, link)?
    };
    mails::post(state, client, &mut tx, &letter, now).await?;
    tx.commit().await?;
    if let Some(postman) = &state.postman {
        postman.nudge();
    }
    Ok(())
}

impl RegisterPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        let words = shell.words;
        let fault = Some(words.get("email-wrong"));
        Self {
            email: Field::new("email", "sign-in-email", words).fault(fault),
            name: Field::new("name", "welcome-name", words),
            sent: false,
            shell,
        }
    }

    fn of(state: &AppState, portal: &Portal, language: &Language) -> Self {
        let shell = bare_shell(state, portal, language, "/");
        Self {
            email: Field::new("email", "sign-in-email", shell.words),
            name: Field::new("name", "welcome-name", shell.words),
            sent: false,
            shell,
        }
    }
}
