//! The step of a sign-in that sets up a second factor, where the client demands one of the role.

use super::factor_app::{AppForm, CodesPage};
use super::page;
use super::sign_in::{bare_shell, next_page, refused};
use super::sign_in_step::Unfinished;
use crate::domain::SignInStep;
use crate::identity::steps::Proof;
use crate::store::tenant::UserRow;
use crate::web::api::{of_factor, safe};
use crate::web::door::Refusal;
use crate::web::entry::Entry;
use crate::web::extract::{Form, Language, Origin, Portal, host_of};
use crate::web::factors::{self as setup, Added};
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use secrecy::ExposeSecret;
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/enrol.html")]
pub struct EnrolPage {
    pub(super) shell: Shell,
    pub(super) next: String,
    pub(super) form: AppForm,
    pub(super) fault: Option<String>,
}

/// What its forms send.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    code: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    credential: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in/enrol`
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::Enrol)?;
    let shown = EnrolPage::of(&state, &portal, &language, user, &unfinished.next, None);
    page(&shown.await?)
}

/// `POST /sign-in/enrol`: the first code of the app.
pub async fn submit_app(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::Enrol)?;
    match setup::confirm_app(&state, &portal.0, user, &given.code, &origin).await? {
        Ok(Added::First(codes)) => {
            lead(
                &state,
                &portal,
                &language,
                user,
                (origin, jar),
                (codes, &given.next),
            )
            .await
        }
        other => {
            let refusal = other.err().unwrap_or(Refusal::Wrong);
            let (next, fault) = (&given.next, Some(refusal));
            let again = EnrolPage::of(&state, &portal, &language, user, next, fault).await?;
            Ok(refused(refusal, page(&again)?))
        }
    }
}

/// `POST /sign-in/enrol/passkey/start`
pub async fn begin_passkey(
    State(state): State<AppState>,
    portal: Portal,
    unfinished: Unfinished,
    jar: CookieJar,
    parts: Parts,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::Enrol)?;
    let host = host_of(&parts).unwrap_or_default();
    let (options, cookie) = setup::begin_passkey(&state, &portal.0, user, host).await?;
    Ok((
        jar.add(cookie),
        [(header::CONTENT_TYPE, "application/json")],
        options,
    )
        .into_response())
}

/// `POST /sign-in/enrol/passkey`
#[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
pub async fn submit_passkey(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
    origin: Origin,
    jar: CookieJar,
    parts: Parts,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::Enrol)?;
    let host = host_of(&parts).unwrap_or_default();
    let made = (given.name.as_str(), given.credential.as_str());
    let added = setup::add_passkey(&state, &portal.0, user, host, (&origin, &jar), made).await?;
    if let Added::First(codes) = added {
        return lead(
            &state,
            &portal,
            &language,
            user,
            (origin, jar),
            (codes, &given.next),
        )
        .await;
    }
    let again = EnrolPage::of(&state, &portal, &language, user, &given.next, None).await?;
    let fault = Some(again.shell.words.get("passkey-failed"));
    Ok(refused(
        Refusal::Wrong,
        page(&EnrolPage { fault, ..again })?,
    ))
}

/// Opens the session, and shows the recovery codes on the way.
async fn lead(
    state: &AppState,
    portal: &Portal,
    language: &Language,
    user: &UserRow,
    (origin, jar): (Origin, CookieJar),
    (codes, next): (Vec<String>, &str),
) -> Result<Response, WebError> {
    let entry = Entry {
        state,
        client: &portal.0,
        origin,
        jar,
        next: next_page(next),
    };
    let (jar, next) = entry.admit(user, Proof::PasswordAndFactor).await?;
    let shell = bare_shell(state, portal, language, "/");
    let shown = page(&CodesPage { shell, codes, next })?;
    Ok((jar, shown).into_response())
}

impl EnrolPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        let url = "otpauth://totp/Acme:ada?secret=JBSWY3DPEHPK3PXP";
        let form = AppForm::of("JBSWY3DPEHPK3PXP", url, Some(Refusal::Wrong), shell.words);
        Self {
            next: "/".to_owned(),
            form: form.unwrap(),
            fault: None,
            shell,
        }
    }

    async fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        user: &UserRow,
        next: &str,
        refusal: Option<Refusal>,
    ) -> Result<Self, WebError> {
        let Portal(client) = portal;
        let shell = bare_shell(state, portal, language, "/");
        let (email, now) = (&user.user.email, state.clock.now());
        let begun = safe(state, client)
            .enrol(user.id.0, email, &client.tenant().name, now)
            .await;
        // Confirmed meanwhile, in another window: this sign-in begins again.
        let begun = begun.map_err(of_factor)?.ok_or(WebError::SignedOut)?;
        let (secret, url) = (begun.secret.expose_secret(), begun.url.expose_secret());
        Ok(Self {
            next: next.to_owned(),
            form: AppForm::of(secret, url, refusal, shell.words)?,
            fault: None,
            shell,
        })
    }
}
