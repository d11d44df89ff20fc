//! The step of a sign-in that asks for a second factor, and signing in with a passkey alone.

use super::factor_app::code_field;
use super::page;
use super::sign_in::{bare_shell, refused};
use super::sign_in_step::Unfinished;
use crate::domain::SignInStep;
use crate::identity::steps::Proof;
use crate::store::app_codes;
use crate::store::tenant::{UserRow, passkeys};
#[cfg(test)]
use crate::web::door::Refusal;
use crate::web::entry::Entry;
use crate::web::extract::{Form, Language, Origin, Portal, host_of};
use crate::web::factors as setup;
use crate::web::form::Field;
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/second_factor.html")]
pub struct SecondFactorPage {
    pub(super) shell: Shell,
    pub(super) next: String,
    pub(super) code: Field,
    pub(super) has_app: bool,
    pub(super) has_passkey: bool,
}

/// What its form sends.
#[derive(Deserialize)]
pub struct Given {
    code: String,
    #[serde(default)]
    next: String,
}

/// What a browser sends that holds a passkey.
#[derive(Deserialize)]
pub struct Shown {
    #[serde(default)]
    credential: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in/second-factor`
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::SecondFactor)?;
    let shown = SecondFactorPage::of(&state, &portal, &language, user, &unfinished.next);
    page(&shown.await?)
}

/// `POST /sign-in/second-factor`: a code of the app, or a recovery code.
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::SecondFactor)?;
    let Portal(client) = &portal;
    if let Err(refusal) = setup::check_code(&state, client, user, &given.code, &origin).await? {
        let again = SecondFactorPage::of(&state, &portal, &language, user, &given.next).await?;
        let code = code_field(Some(refusal), again.shell.words);
        return Ok(refused(refusal, page(&SecondFactorPage { code, ..again })?));
    }
    let entry = Entry {
        state: &state,
        client,
        origin,
        jar,
        next: &given.next,
    };
    entry.lead(user, Proof::PasswordAndFactor).await
}

/// `POST /sign-in/passkey/start`: what the browser is to ask the authenticator for.
pub async fn begin_passkey(
    State(state): State<AppState>,
    Portal(client): Portal,
    jar: CookieJar,
    parts: Parts,
) -> Result<Response, WebError> {
    let host = host_of(&parts).unwrap_or_default();
    let (options, cookie) = setup::begin_sign_in(&state, &client, host).await?;
    Ok((
        jar.add(cookie),
        [(header::CONTENT_TYPE, "application/json")],
        options,
    )
        .into_response())
}

/// `POST /sign-in/passkey`: signs in whoever holds it, after a password or without one.
pub async fn submit_passkey(
    State(state): State<AppState>,
    portal: Portal,
    origin: Origin,
    jar: CookieJar,
    parts: Parts,
    Form(shown): Form<Shown>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let host = host_of(&parts).unwrap_or_default();
    let found = setup::recognise(&state, client, host, (&origin, &jar), &shown.credential).await?;
    let Some(user) = found else {
        return Ok(Redirect::to("/sign-in?done=no-passkey").into_response());
    };
    let entry = Entry {
        state: &state,
        client,
        origin,
        jar,
        next: &shown.next,
    };
    entry.lead(&user, Proof::Passkey).await
}

impl SecondFactorPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            next: "/".to_owned(),
            code: code_field(Some(Refusal::Wrong), shell.words),
            has_app: true,
            has_passkey: true,
            shell,
        }
    }

    async fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        user: &UserRow,
        next: &str,
    ) -> Result<Self, WebError> {
        let db = portal.0.scope().db();
        let shell = bare_shell(state, portal, language, "/");
        let app = app_codes::find(db, user.id.0).await?;
        Ok(Self {
            next: next.to_owned(),
            code: code_field(None, shell.words),
            has_app: app.is_some_and(|row| row.confirmed_at.is_some()),
            has_passkey: !passkeys::list_of(db, user.id).await?.is_empty(),
            shell,
        })
    }
}
