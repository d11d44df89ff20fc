//! Signing in and out.

use super::{Link, page};
use crate::identity::Policy;
use crate::identity::steps::Proof;
use crate::store::tenant::{Provider, providers};
use crate::web::door::{self, Refusal};
use crate::web::entry::{Entry, page_of};
use crate::web::extract::{Form, Language, Origin, Portal, Query};
use crate::web::form::Field;
use crate::web::session::{self, HostCookie};
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError, sign_in_log};
use askama::Template;
use axum::extract::State;
use axum::http::header;
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
    pub(super) email: Field,
    pub(super) password: Field,
    /// What was just done, when something led here.
    pub(super) done: Option<String>,
    /// Whether somebody may register here.
    pub(super) registers: bool,
    /// Other places to sign in.
    pub(super) providers: Vec<Link>,
}

/// What the address of the page may carry.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    pub(super) next: String,
    #[serde(default)]
    pub(super) done: String,
}

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    email: String,
    password: SecretString,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`: leads on to the step that is left, if the password was given already.
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    jar: CookieJar,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let (now, https) = (state.clock.now(), state.config.https);
    let unfinished = session::find_unfinished(portal.0.scope(), &jar, now, https).await?;
    if let Some(step) = unfinished.and_then(|found| found.session.step) {
        let next = super::encode(next_page(&wanted.next));
        return Ok(Redirect::to(&format!("{}?next={next}", page_of(step))).into_response());
    }
    page(&SignInPage::of(&state, &portal, &language, wanted).await?)
}

/// `POST /sign-in`: opens a session and goes where one wanted to go.
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Credentials>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let (email, password) = (&given.email, &given.password);
    match door::admit(&state, client, email, password, &origin).await? {
        Ok(user) => {
            let entry = Entry {
                state: &state,
                client,
                origin,
                jar,
                next: &given.next,
            };
            entry.lead(&user, Proof::Password).await
        }
        Err(refusal) => SignInPage::again(&state, &portal, &language, given, refusal).await,
    }
}

/// `POST /sign-out`: ends the session.
pub async fn leave(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    jar: CookieJar,
) -> Result<Response, WebError> {
    let (now, https) = (state.clock.now(), state.config.https);
    let found = session::find(client.scope(), &jar, now, https).await?;
    session::close(client.scope(), &jar, https).await?;
    if let Some(found) = found {
        sign_in_log::left(&client, &found.user, &origin, now).await?;
    }
    let jar = jar.add(HostCookie::Session.removal(https));
    Ok((jar, Redirect::to("/sign-in")).into_response())
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

/// The way to another provider, and back to where one wanted to go.
fn with_provider(provider: &Provider, next: &str, words: Words) -> Link {
    let next = super::encode(next_page(next));
    let href = format!("/sign-in/with/{}?next={next}", provider.key);
    Link::new(
        href,
        words.with("sign-in-with", &[("name", &provider.name)]),
    )
}

/// What led here, in words.
fn done_text(done: &str, words: Words) -> Option<String> {
    let key = match done {
        "password" => "sign-in-done-password",
        "no-passkey" => "passkey-failed",
        "no-provider" => "provider-failed",
        "not-admitted" => "provider-not-admitted",
        _ => return None,
    };
    Some(words.get(key))
}

/// A page of somebody who is not signed in yet, in their language.
pub(super) fn bare_shell(
    state: &AppState,
    Portal(client): &Portal,
    language: &Language,
    here: &str,
) -> Shell {
    let tenant = client.tenant();
    let words = Words::of(language.resolve(None, &tenant.locale));
    let now = state.clock.now();
    Shell::bare(words, language.theme, &tenant.name, here, now)
}

/// A page that says why somebody was not let in, with its status.
pub fn refused(refusal: Refusal, page: Response) -> Response {
    let mut response = (refusal.status(), page).into_response();
    if let Some(seconds) = refusal.wait_s() {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

impl SignInPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        let words = shell.words;
        let fault = Some(Refusal::Wait(30).text("sign-in-wrong", words));
        Self {
            next: "/equipment".to_owned(),
            email: Field::new("email", "sign-in-email", words).value("c.morel@helianthe.example"),
            password: Field::new("password", "sign-in-password", words).fault(fault),
            done: Some(words.get("sign-in-done-password")),
            registers: true,
            providers: vec![Link::new(
                "/sign-in/with/corp",
                words.with("sign-in-with", &[("name", "Corp")]),
            )],
            shell,
        }
    }

    async fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        wanted: Wanted,
    ) -> Result<Self, WebError> {
        let here = format!("/sign-in?next={}", next_page(&wanted.next));
        let shell = bare_shell(state, portal, language, &here);
        let words = shell.words;
        let db = portal.0.scope().db();
        let policy = Policy::load(db).await?;
        let offered = providers::list(db).await?;
        Ok(Self {
            providers: offered
                .into_iter()
                .filter(|row| row.provider.enabled)
                .map(|row| with_provider(&row.provider, &wanted.next, words))
                .collect(),
            registers: state.postman.is_some() && policy.lets_register(),
            done: done_text(&wanted.done, words),
            next: wanted.next,
            email: Field::new("email", "sign-in-email", words),
            password: Field::new("password", "sign-in-password", words),
            shell,
        })
    }

    async fn again(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        given: Credentials,
        refusal: Refusal,
    ) -> Result<Response, WebError> {
        let wanted = Wanted {
            next: given.next,
            ..Wanted::default()
        };
        let mut again = Self::of(state, portal, language, wanted).await?;
        let fault = refusal.text("sign-in-wrong", again.shell.words);
        again.email.value = given.email;
        again.password.fault = Some(fault);
        Ok(refused(refusal, page(&again)?))
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
