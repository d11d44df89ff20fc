//! The step of a sign-in on the console that asks for a second factor.

use super::account::{attempt, safe};
use super::desk::{control, reader};
use super::sign_in::{let_in, record};
use crate::domain::audit::{Action, Origin};
use crate::store::control::{StaffRow, staff_sessions};
use crate::tenancy::credentials::sha256;
use crate::web::api::of_factor;
use crate::web::door::{Refusal, try_once};
use crate::web::extract::{Form, Language};
use crate::web::form::Field;
use crate::web::pages::{code_field, page, refused};
use crate::web::session::HostCookie;
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/console_second_factor.html")]
pub struct ConsoleFactorPage {
    pub(super) shell: Shell,
    pub(super) code: Field,
}

/// What its form sends.
#[derive(Deserialize)]
pub struct Given {
    code: String,
}

/// `GET /sign-in/second-factor`
pub async fn show(
    State(state): State<AppState>,
    language: Language,
    jar: CookieJar,
) -> Result<Response, WebError> {
    unfinished(&state, &jar).await?;
    page(&ConsoleFactorPage::of(&state, &language, None))
}

/// `POST /sign-in/second-factor`: a code of the app, or a recovery code.
pub async fn submit(
    State(state): State<AppState>,
    language: Language,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (person, hash) = unfinished(&state, &jar).await?;
    if let Err(refusal) = check(&state, &person, &given.code, &origin).await? {
        let again = ConsoleFactorPage::of(&state, &language, Some(refusal));
        return Ok(refused(refusal, page(&again)?));
    }
    staff_sessions::revoke(control(&state), &hash).await?;
    let cookie = let_in(&state, &person, &origin, None).await?;
    record(
        &state,
        &person,
        &origin,
        (Action::SIGNED_IN, "with the password and a second factor"),
    )
    .await?;
    Ok((jar.add(cookie), Redirect::to("/")).into_response())
}

/// Who gave the right password, and the SHA-256 of their cookie; nobody else gets further.
async fn unfinished(state: &AppState, jar: &CookieJar) -> Result<(StaffRow, [u8; 32]), WebError> {
    let cookie = jar.get(HostCookie::Console.name(state.config.https));
    let hash = sha256(cookie.ok_or(WebError::SignedOut)?.value());
    let now = state.clock.now();
    let person = staff_sessions::find_unfinished(control(state), &hash, now).await?;
    Ok((person.ok_or(WebError::SignedOut)?, hash))
}

async fn check(
    state: &AppState,
    person: &StaffRow,
    code: &str,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    let (safe, now) = (safe(state), state.clock.now());
    let attempt = attempt(state, person, origin, "a code of the second factor");
    try_once(&*state.clock, attempt, async {
        let right = safe
            .accept(person.id.0, code, true, now)
            .await
            .map_err(of_factor)?
            || safe
                .recover(person.id.0, code, now)
                .await
                .map_err(of_factor)?;
        Ok(right.then_some(()))
    })
    .await
}

impl ConsoleFactorPage {
    fn of(state: &AppState, language: &Language, refusal: Option<Refusal>) -> Self {
        let now = state.clock.now();
        let words = reader(language, now).words;
        Self {
            shell: Shell::bare(words, language.theme, "", "/sign-in", now),
            code: code_field(refusal, words),
        }
    }
}
