//! Signing in and out of the console.

use super::desk::{control, reader};
use crate::domain::audit::{Action, Deed, Origin, Subject};
use crate::domain::{SignInStep, Timestamp};
use crate::identity::lockout::Guess;
use crate::store::control::{StaffRow, StaffSession, staff, staff_sessions};
use crate::store::{app_codes, audit};
use crate::tenancy::credentials::{self, sha256};
use crate::tenancy::support;
use crate::web::door::{Refusal, Try, is_right, try_once};
use crate::web::extract::{Form, Language};
use crate::web::pages::{page, refused};
use crate::web::session::HostCookie;
use crate::web::shell::Shell;
use crate::web::sign_in_log::unknown;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::cookie::{Cookie, CookieJar};
use secrecy::SecretString;
use serde::Deserialize;

/// A day of work: staff signs in anew each morning.
const LIFETIME: i64 = 12 * Timestamp::HOUR;
/// A sign-in with a step left ends after this long.
const UNFINISHED_LIFETIME: i64 = 15 * 60 * Timestamp::SECOND;

/// The sign-in page of the console.
#[derive(Template)]
#[template(path = "pages/console_sign_in.html")]
pub struct ConsoleSignInPage {
    pub(super) shell: Shell,
    pub(super) email: String,
    pub(super) fault: Option<String>,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Given {
    email: String,
    password: SecretString,
}

/// `GET /sign-in`
pub async fn show(State(state): State<AppState>, language: Language) -> Result<Response, WebError> {
    page(&sign_in_page(&state, &language, String::new(), None))
}

/// `POST /sign-in`
pub async fn submit(
    State(state): State<AppState>,
    language: Language,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let person = match admit(&state, &given, &origin).await? {
        Ok(person) => person,
        Err(refusal) => return again(&state, &language, given, refusal),
    };
    let app = app_codes::find(control(&state), person.id.0).await?;
    let step = app
        .and_then(|row| row.confirmed_at)
        .map(|_| SignInStep::SecondFactor);
    let cookie = let_in(&state, &person, &origin, step).await?;
    if step.is_some() {
        return Ok((jar.add(cookie), Redirect::to("/sign-in/second-factor")).into_response());
    }
    record(
        &state,
        &person,
        &origin,
        (Action::SIGNED_IN, "with the password"),
    )
    .await?;
    Ok((jar.add(cookie), Redirect::to("/")).into_response())
}

/// Opens a session, which opens nothing while a step is left; the cookie that carries it.
pub(super) async fn let_in(
    state: &AppState,
    person: &StaffRow,
    origin: &Origin,
    step: Option<SignInStep>,
) -> Result<Cookie<'static>, WebError> {
    let (token, now) = (credentials::token(), state.clock.now());
    let lifetime = step.map_or(LIFETIME, |_| UNFINISHED_LIFETIME);
    let session = StaffSession {
        token_hash: sha256(&token).to_vec(),
        staff_id: person.id,
        expires_at: now.plus(lifetime),
        address: origin.address.map(|address| address.to_string()),
        user_agent: origin.agent.clone(),
        step,
    };
    staff_sessions::insert(control(state), &session, now).await?;
    Ok(HostCookie::Console.carrying(token, lifetime, state.config.https))
}

/// `POST /sign-out`
pub async fn leave(
    State(state): State<AppState>,
    origin: Origin,
    jar: CookieJar,
) -> Result<Response, WebError> {
    let https = state.config.https;
    if let Some(cookie) = jar.get(HostCookie::Console.name(https)) {
        let (hash, now) = (sha256(cookie.value()), state.clock.now());
        let person = staff_sessions::find_staff(control(&state), &hash, now).await?;
        staff_sessions::revoke(control(&state), &hash).await?;
        if let Some(person) = person {
            record(&state, &person, &origin, (Action::SIGNED_OUT, "")).await?;
        }
    }
    let jar = jar.add(HostCookie::Console.removal(https));
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

/// What somebody did about themselves, in the platform's own log.
pub(super) async fn record(
    state: &AppState,
    person: &StaffRow,
    origin: &Origin,
    (action, note): (Action, &str),
) -> Result<(), WebError> {
    let actor = support::actor(person.id, &person.staff.name).from_where(origin);
    let mut tx = control(state).begin().await?;
    let deed = Deed::new(action, subject(person)).note(note);
    audit::record(&mut tx, state.clock.now(), &actor, &deed);
    Ok(tx.commit().await?)
}

/// As the log names them.
pub(super) fn subject(person: &StaffRow) -> Subject {
    Subject::new("staff", person.id).named(&person.staff.name)
}

/// Takes as long for nobody as for somebody.
async fn admit(
    state: &AppState,
    given: &Given,
    origin: &Origin,
) -> Result<Result<StaffRow, Refusal>, WebError> {
    let person = staff::find_by_email(control(state), given.email.trim()).await?;
    let guess = Guess::Password(given.email.clone());
    let who = person.as_ref().map_or_else(unknown, subject);
    let attempt = Try::of_staff(control(state), guess, origin, who, "the password");
    let person = person.filter(|person| !person.disabled);
    try_once(&*state.clock, attempt, async {
        let hash = person.as_ref().map(|person| person.password_hash.as_str());
        let right = is_right(&given.password, hash).await?;
        Ok(person.filter(|_| right))
    })
    .await
}

fn again(
    state: &AppState,
    language: &Language,
    given: Given,
    refusal: Refusal,
) -> Result<Response, WebError> {
    let words = reader(language, state.clock.now()).words;
    let text = refusal.text("sign-in-wrong", words);
    let again = sign_in_page(state, language, given.email, Some(text));
    Ok(refused(refusal, page(&again)?))
}

fn sign_in_page(
    state: &AppState,
    language: &Language,
    email: String,
    fault: Option<String>,
) -> ConsoleSignInPage {
    let now = state.clock.now();
    let words = reader(language, now).words;
    ConsoleSignInPage {
        shell: Shell::bare(words, language.theme, "", "/sign-in", now),
        email,
        fault,
    }
}
