//! Signing in and out of the console.

use super::desk::{control, reader};
use crate::domain::audit::{Action, Deed, Subject};
use crate::domain::{TenantId, Timestamp};
use crate::store::audit;
use crate::store::control::{StaffRow, StaffSession, staff, staff_sessions};
use crate::tenancy::credentials::{self, CredentialError, sha256};
use crate::tenancy::support;
use crate::web::extract::{ClientAddress, Form, Language};
use crate::web::format;
use crate::web::pages::page;
use crate::web::session::{HostCookie, secret, user_agent};
use crate::web::shell::Shell;
use crate::web::throttle::{Attempt, Guess};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

/// A day of work: staff signs in anew each morning.
const LIFETIME: i64 = 12 * Timestamp::HOUR;
/// No client has this number: tries at the console are counted apart.
const CONSOLE: TenantId = TenantId(0);

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
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    headers: HeaderMap,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let attempt = Attempt {
        tenant: CONSOLE,
        guess: Guess::Password(given.email.trim().to_lowercase()),
        address,
    };
    let person = match admit(&state, &given, &attempt).await? {
        Ok(person) => person,
        Err(fault) => return again(&state, &language, given, &fault),
    };
    let (cookie, now) = (secret(), state.clock.now());
    let session = StaffSession {
        token_hash: sha256(&cookie).to_vec(),
        staff_id: person.id,
        expires_at: now.plus(LIFETIME),
        address: address.map(|address| address.to_string()),
        user_agent: user_agent(&headers),
    };
    staff_sessions::insert(control(&state), &session, now).await?;
    let actor = support::actor(person.id, &person.staff.name);
    let actor = actor.from_where(address, session.user_agent.as_deref());
    let subject = Subject::new("staff", person.id).named(&person.staff.name);
    let mut tx = control(&state).begin().await?;
    audit::record(&mut tx, now, &actor, &Deed::new(Action::SIGNED_IN, subject));
    tx.commit().await?;
    let cookie = HostCookie::Console.carrying(cookie, LIFETIME, state.config.https);
    Ok((jar.add(cookie), Redirect::to("/")).into_response())
}

/// `POST /sign-out`
pub async fn leave(State(state): State<AppState>, jar: CookieJar) -> Result<Response, WebError> {
    let https = state.config.https;
    if let Some(cookie) = jar.get(HostCookie::Console.name(https)) {
        staff_sessions::revoke(control(&state), &sha256(cookie.value())).await?;
    }
    let jar = jar.add(HostCookie::Console.removal(https));
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

/// Why somebody is not let in.
#[derive(Debug)]
enum Fault {
    Wrong,
    Wait(u64),
}

/// The attempt counts as a failure while it is checked.
async fn admit(
    state: &AppState,
    given: &Given,
    attempt: &Attempt,
) -> Result<Result<StaffRow, Fault>, WebError> {
    let booking = match state.throttle.book(attempt) {
        Ok(booking) => booking,
        Err(seconds) => return Ok(Err(Fault::Wait(seconds))),
    };
    match check(state, given).await {
        Ok(Some(person)) => {
            state.throttle.succeeded(booking);
            Ok(Ok(person))
        }
        Ok(None) => Ok(Err(Fault::Wrong)),
        Err(WebError::TooMany { retry_after_s }) => {
            state.throttle.give_back(booking);
            Ok(Err(Fault::Wait(retry_after_s)))
        }
        Err(error) => {
            state.throttle.give_back(booking);
            Err(error)
        }
    }
}

/// Takes as long for nobody as for somebody.
async fn check(state: &AppState, given: &Given) -> Result<Option<StaffRow>, WebError> {
    let person = staff::find_by_email(control(state), given.email.trim()).await?;
    let person = person.filter(|person| !person.disabled);
    let hash = person.as_ref().map(|person| person.password_hash.as_str());
    let right = credentials::verify(&given.password, hash).await;
    let right = right.map_err(|error| match error {
        CredentialError::Busy => WebError::TooMany { retry_after_s: 1 },
        error => WebError::Internal(error.to_string()),
    })?;
    Ok(person.filter(|_| right))
}

fn again(
    state: &AppState,
    language: &Language,
    given: Given,
    fault: &Fault,
) -> Result<Response, WebError> {
    let words = reader(language, state.clock.now()).words;
    let (status, text) = match fault {
        Fault::Wrong => (StatusCode::UNPROCESSABLE_ENTITY, words.get("sign-in-wrong")),
        Fault::Wait(seconds) => {
            let wait = format::duration(seconds.cast_signed(), words);
            let text = words.with("sign-in-wait", &[("wait", &wait)]);
            (StatusCode::TOO_MANY_REQUESTS, text)
        }
    };
    let body = page(&sign_in_page(state, language, given.email, Some(text)))?;
    Ok((status, body).into_response())
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
