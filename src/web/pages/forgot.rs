//! Asking for another password: the answer is the same, and takes as long, whether or not there is an account.

use super::page;
use super::sign_in::{bare_shell, refused};
use crate::domain::normal_email;
use crate::identity::links::{self, Addressee, Purpose};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, users};
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
use std::time::Duration;
use tokio::time::Instant;

/// Longer than the work for an account takes, so that the answer does not tell whether there is one.
pub(super) const ANSWERED_AFTER: Duration = Duration::from_millis(400);

/// The page.
#[derive(Template)]
#[template(path = "pages/forgot.html")]
pub struct ForgotPage {
    pub(super) shell: Shell,
    pub(super) email: Field,
    /// Whether mail can be sent at all.
    pub(super) mails: bool,
    pub(super) sent: bool,
}

/// What its form sends.
#[derive(Debug, Deserialize)]
pub struct Given {
    email: String,
}

/// `GET /sign-in/forgot`
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
) -> Result<Response, WebError> {
    page(&ForgotPage::of(&state, &portal, &language))
}

/// `POST /sign-in/forgot`
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    mails::Origin(base): mails::Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let answered_at = Instant::now() + ANSWERED_AFTER;
    let mut answer = ForgotPage::of(&state, &portal, &language);
    let words = answer.shell.words;
    answer.email.value.clone_from(&given.email);
    let Some(email) = normal_email(given.email.trim()) else {
        answer.email.fault = Some(words.get("email-wrong"));
        return Ok(refused(Refusal::Wrong, page(&answer)?));
    };
    let Portal(client) = &portal;
    if let Err(refusal) = try_ask(&state, client, &email, &origin).await? {
        answer.email.fault = Some(refusal.text("sign-in-wrong", words));
        return Ok(refused(refusal, page(&answer)?));
    }
    let user = users::find_by_email(client.scope().db(), &email).await?;
    if let Some(user) = user.filter(|user| !user.disabled) {
        send_link(&state, client, &user, words, &base).await?;
    }
    tokio::time::sleep_until(answered_at).await;
    answer.sent = true;
    page(&answer)
}

async fn send_link(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    words: Words,
    base: &str,
) -> Result<(), WebError> {
    let Some(postman) = &state.postman else {
        return Ok(());
    };
    let now = state.clock.now();
    let to = Addressee {
        user: Some(user.id),
        email: &user.user.email,
        name: "",
        role: None,
    };
    let mut tx = client.scope().db().begin().await?;
    let token = links::make(&mut tx, Purpose::Reset, &to, now).await?;
    let link = format!("{base}/sign-in/reset?token={token}");
    let words = words_of(user, words);
    let letter = mails::letter(Matter::Reset, words, &client.tenant().name, to.email, link)?;
    mails::post(state, client, &mut tx, &letter, now).await?;
    tx.commit().await?;
    postman.nudge();
    Ok(())
}

impl ForgotPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        let fault = Some(shell.words.get("email-wrong"));
        Self {
            email: Field::new("email", "sign-in-email", shell.words).fault(fault),
            mails: true,
            sent: false,
            shell,
        }
    }

    fn of(state: &AppState, portal: &Portal, language: &Language) -> Self {
        let shell = bare_shell(state, portal, language, "/");
        Self {
            email: Field::new("email", "sign-in-email", shell.words),
            mails: state.postman.is_some(),
            sent: false,
            shell,
        }
    }
}
