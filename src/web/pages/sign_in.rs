//! Signing in and out.

use super::page;
use crate::store::tenant::{UserRow, users};
use crate::tenancy::credentials::{self, CredentialError};
use crate::web::extract::{ClientAddress, Form, Language, Portal, Query};
use crate::web::format;
use crate::web::session::{self, HostCookie};
use crate::web::shell::Shell;
use crate::web::throttle::Attempt;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

/// The sign-in page.
#[derive(Template)]
#[template(path = "pages/sign_in.html")]
pub struct SignInPage {
    pub(super) shell: Shell,
    pub(super) next: String,
    pub(super) email: String,
    pub(super) fault: Option<String>,
}

/// What the address of the page may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    next: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    page(&SignInPage::of(
        &state,
        &portal,
        &language,
        wanted.next,
        String::new(),
        None,
    ))
}

/// `POST /sign-in`: opens a session and goes where one wanted to go.
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    ClientAddress(address): ClientAddress,
    jar: CookieJar,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let attempt = Attempt {
        tenant: client.tenant().id,
        email: given.email.trim().to_owned(),
        address,
    };
    let user = match admit(&state, &portal, &given, &attempt).await? {
        Ok(user) => user,
        Err(fault) => return SignInPage::again(&state, &portal, &language, given, fault),
    };
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let from = (address, agent.map(str::to_owned));
    let cookie = session::open(
        client.scope(),
        user.id,
        from,
        state.clock.now(),
        state.config.https,
    )
    .await?;
    Ok((jar.add(cookie), Redirect::to(next_page(&given.next))).into_response())
}

/// `POST /sign-out`: ends the session.
pub async fn leave(
    State(state): State<AppState>,
    Portal(client): Portal,
    jar: CookieJar,
) -> Result<Response, WebError> {
    session::close(client.scope(), &jar, state.config.https).await?;
    let jar = jar.add(HostCookie::Session.removal(state.config.https));
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

/// Who signs in, or what they are told. The attempt counts as a failure while it is checked.
async fn admit(
    state: &AppState,
    portal: &Portal,
    given: &Credentials,
    attempt: &Attempt,
) -> Result<Result<UserRow, Fault>, WebError> {
    let booking = match state.throttle.book(attempt) {
        Ok(booking) => booking,
        Err(seconds) => return Ok(Err(Fault::Wait(seconds))),
    };
    match check(portal, given).await {
        Ok(Some(user)) => {
            state.throttle.succeeded(booking);
            Ok(Ok(user))
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

/// The user these credentials belong to; takes as long for nobody as for somebody.
async fn check(Portal(client): &Portal, given: &Credentials) -> Result<Option<UserRow>, WebError> {
    let user = users::find_by_email(client.scope().db(), given.email.trim()).await?;
    let user = user.filter(|user| !user.disabled);
    let hash = user.as_ref().and_then(|user| user.password_hash.as_deref());
    let right = credentials::verify(&given.password, hash).await;
    let right = right.map_err(|error| match error {
        CredentialError::Busy => WebError::TooMany { retry_after_s: 1 },
        error => WebError::Internal(error.to_string()),
    })?;
    Ok(user.filter(|_| right))
}

/// Where to go after signing in: only ever a path of this very host.
pub fn next_page(wanted: &str) -> &str {
    let mut letters = wanted.chars();
    let local = letters.next() == Some('/') && !matches!(letters.next(), Some('/' | '\\'));
    let clean = wanted.bytes().all(|byte| (0x21..0x7f).contains(&byte));
    let elsewhere = !wanted.starts_with("/sign-") && !wanted.starts_with("/preferences");
    if local && clean && elsewhere {
        wanted
    } else {
        "/"
    }
}

enum Fault {
    Wrong,
    Wait(u64),
}

impl Fault {
    fn text(&self, words: Words) -> String {
        match self {
            Self::Wrong => words.get("sign-in-wrong"),
            Self::Wait(seconds) => {
                let wait = format::duration(seconds.cast_signed(), words);
                words.with("sign-in-wait", &[("wait", &wait)])
            }
        }
    }

    const fn status(&self) -> StatusCode {
        match self {
            Self::Wrong => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }
}

impl SignInPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            fault: Some(Fault::Wait(30).text(shell.words)),
            next: "/equipment".to_owned(),
            email: "c.morel@helianthe.example".to_owned(),
            shell,
        }
    }

    fn of(
        state: &AppState,
        Portal(client): &Portal,
        language: &Language,
        next: String,
        email: String,
        fault: Option<&Fault>,
    ) -> Self {
        let tenant = client.tenant();
        let words = Words(language.resolve(None, &tenant.locale));
        let here = format!("/sign-in?next={}", next_page(&next));
        Self {
            shell: Shell::bare(
                words,
                language.theme,
                &tenant.name,
                &here,
                state.clock.now(),
            ),
            next,
            email,
            fault: fault.map(|fault| fault.text(words)),
        }
    }

    fn again(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        given: Credentials,
        fault: Fault,
    ) -> Result<Response, WebError> {
        let again = Self::of(
            state,
            portal,
            language,
            given.next,
            given.email,
            Some(&fault),
        );
        let mut response = (fault.status(), page(&again)?).into_response();
        if let Fault::Wait(seconds) = fault {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, seconds.into());
        }
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use super::next_page;

    #[test]
    fn after_signing_in_one_stays_on_this_host() {
        assert_eq!(next_page("/equipment?q=pack%201"), "/equipment?q=pack%201");
        for evil in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "/a\r\nb",
            "/sign-out",
            "/\t/x",
        ] {
            assert_eq!(next_page(evil), "/", "{evil:?}");
        }
    }
}
