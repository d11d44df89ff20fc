//! Setting another password with a mailed link: all sessions end, the address counts as read.

use super::link::{Token, over, unreferred};
use super::new_password::{NewPasswordFault, NewPasswordFields, fault_of, hash, set};
use super::page;
use super::sign_in::bare_shell;
use crate::identity::journal;
use crate::identity::links::{self, Purpose};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, users};
use crate::web::extract::{Form, Language, Origin, Portal, Query};
use crate::web::mails::{self, Matter};
use crate::web::people::words_of;
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/reset.html")]
pub struct ResetPage {
    pub(super) shell: Shell,
    pub(super) token: String,
    pub(super) email: String,
    pub(super) fields: NewPasswordFields,
}

/// What its form sends.
#[derive(Deserialize)]
pub struct Given {
    token: String,
    password: SecretString,
    again: SecretString,
}

/// `GET /sign-in/reset`: the form; nothing is used up.
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    Query(Token { token }): Query<Token>,
) -> Result<Response, WebError> {
    let Some(user) = user_of(&state, &portal.0, &token).await? else {
        return over(&state, &portal, &language);
    };
    let form = ResetPage::of(&state, &portal, &language, token, &user, None);
    Ok(unreferred(page(&form)?))
}

/// `POST /sign-in/reset`
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    mails::Origin(base): mails::Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let Some(user) = user_of(&state, client, &given.token).await? else {
        return over(&state, &portal, &language);
    };
    let email = &user.user.email;
    if let Some(fault) = fault_of(&given.password, &given.again, email, &user).await? {
        let again = ResetPage::of(&state, &portal, &language, given.token, &user, Some(fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let hash = hash(&given.password).await?;
    let now = state.clock.now();
    let mut tx = client.scope().db().begin().await?;
    if !links::use_up(&mut tx, &given.token).await? {
        return over(&state, &portal, &language);
    }
    let by = journal::actor(&user, &origin);
    set(&mut tx, (&user, &by), &hash, None, now).await?;
    users::set_verified(&mut tx, user.id, now).await?;
    let words = words_of(&user, bare_shell(&state, &portal, &language, "/").words);
    let link = format!("{base}/sign-in/forgot");
    let letter = mails::letter(Matter::Changed, words, &client.tenant().name, email, link)?;
    mails::post(&state, client, &mut tx, &letter, now).await?;
    tx.commit().await?;
    Ok(Redirect::to("/sign-in?done=password").into_response())
}

async fn user_of(
    state: &AppState,
    client: &Client,
    token: &str,
) -> Result<Option<UserRow>, WebError> {
    let db = client.scope().db();
    let link = links::find(db, &[Purpose::Reset], token, state.clock.now()).await?;
    match link {
        Some(link) => Ok(links::owner(db, &link).await?),
        None => Ok(None),
    }
}

impl ResetPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            token: "x".to_owned(),
            email: "c.morel@helianthe.example".to_owned(),
            fields: NewPasswordFields::of(None, shell.words),
            shell,
        }
    }

    fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        token: String,
        user: &UserRow,
        fault: Option<NewPasswordFault>,
    ) -> Self {
        let shell = bare_shell(state, portal, language, "/");
        Self {
            token,
            email: user.user.email.clone(),
            fields: NewPasswordFields::of(fault, shell.words),
            shell,
        }
    }
}
