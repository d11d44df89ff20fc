//! One's second factors: an authenticator app, passkeys, recovery codes.

use super::{Done, Part, Tab, tabs};
use crate::domain::PasskeyId;
use crate::domain::audit::Action;
use crate::identity::{journal, totp};
use crate::store::app_codes;
use crate::store::tenant::{PasskeyRow, UserRow, passkeys, sessions};
use crate::web::api::{of_factor, safe};
use crate::web::door::{self, Refusal};
use crate::web::extract::{Account, Form, Origin, Query, Visit, Visitor, host_of};
use crate::web::factors::{self as setup, Added};
use crate::web::pages::factor_app::{AppForm, CodesPage};
use crate::web::pages::page;
use crate::web::pages::sign_in::refused;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError, format};
use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/me_factors.html")]
pub struct FactorsPage {
    shell: Shell,
    tabs: Vec<Tab>,
    done: Option<String>,
    /// Why what was asked was not done.
    fault: Option<String>,
    /// Whether a password is asked for before anything changes.
    has_password: bool,
    app: bool,
    passkeys: Vec<Line>,
    recovery: String,
    any: bool,
}

/// The page on which an app is set up.
#[derive(Template)]
#[template(path = "pages/me_app.html")]
pub struct AppPage {
    shell: Shell,
    tabs: Vec<Tab>,
    done: Option<String>,
    form: AppForm,
}

/// One passkey.
pub struct Line {
    id: PasskeyId,
    name: String,
    since: String,
    used: String,
}

/// What is there of a user.
pub struct Have {
    app: bool,
    passkeys: Vec<PasskeyRow>,
    recovery: i64,
}

/// What forms of the page send.
#[derive(Deserialize)]
pub struct Given {
    #[serde(default)]
    current: SecretString,
    #[serde(default)]
    name: String,
    #[serde(default)]
    credential: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    id: String,
}

/// `GET /me/factors`
pub async fn show(
    visit: Visit,
    account: Account,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let have = Have::of(&account).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    let known = ["passkey", "factor-gone"];
    page(&FactorsPage {
        done: done.text(&known, visitor.words()),
        ..FactorsPage::of(visitor, &present, &account.user, &have, None)
    })
}

/// `POST /me/factors/app`: shows the code to scan.
pub async fn begin_app(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if let Err(refusal) = knows(&state, &account, &given, &origin).await? {
        return again(&visit, &account, refusal, "me-password-wrong").await;
    }
    app_page(&state, &visit, &account, None).await
}

/// `POST /me/factors/app/confirm`
pub async fn confirm_app(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (client, user) = (&account.client, &account.user);
    match setup::confirm_app(&state, client, user, &given.code, &origin).await? {
        Err(refusal) => {
            let shown = app_page(&state, &visit, &account, Some(refusal)).await?;
            Ok(refused(refusal, shown))
        }
        Ok(added) => after(&visit, &account, added).await,
    }
}

/// `POST /me/factors/passkey/start`: what the browser is to ask the authenticator for.
pub async fn begin_passkey(
    State(state): State<AppState>,
    account: Account,
    origin: Origin,
    jar: CookieJar,
    parts: Parts,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if knows(&state, &account, &given, &origin).await?.is_err() {
        return Err(WebError::Forbidden("not the present password"));
    }
    let host = host_of(&parts).unwrap_or_default();
    let (client, user) = (&account.client, &account.user);
    let (options, cookie) = setup::begin_passkey(&state, client, user, host).await?;
    Ok((
        jar.add(cookie),
        [(header::CONTENT_TYPE, "application/json")],
        options,
    )
        .into_response())
}

/// `POST /me/factors/passkey`
pub async fn add_passkey(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    jar: CookieJar,
    parts: Parts,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if given.credential.is_empty() {
        // Without script, or because the first half was refused: say why.
        let refusal = knows(&state, &account, &given, &origin).await?.err();
        let key = refusal.map_or("passkey-failed", |_| "me-password-wrong");
        return again(&visit, &account, refusal.unwrap_or(Refusal::Wrong), key).await;
    }
    let host = host_of(&parts).unwrap_or_default();
    let (client, user) = (&account.client, &account.user);
    let given = (given.name.as_str(), given.credential.as_str());
    let added = setup::add_passkey(&state, client, user, host, (&origin, &jar), given).await?;
    after(&visit, &account, added).await
}

/// `POST /me/factors/remove`: the app (`id=app`) or a passkey.
pub async fn remove(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if let Err(refusal) = knows(&state, &account, &given, &origin).await? {
        return again(&visit, &account, refusal, "me-password-wrong").await;
    }
    let user = &account.user;
    let mut tx = account.client.scope().db().begin().await?;
    let (gone, what) = if given.id == "app" {
        (
            app_codes::delete(&mut tx, user.id.0).await?,
            "authenticator app",
        )
    } else {
        let id = given.id.parse().map_err(|_| WebError::NotFound)?;
        (passkeys::delete(&mut tx, user.id, id).await?, "passkey")
    };
    if gone {
        let (by, now) = (&account.actor, state.clock.now());
        journal::note(&mut tx, now, by, user, Action::FACTOR_REMOVED, what);
    }
    tx.commit().await?;
    Ok(Redirect::to("/me/factors?done=factor-gone").into_response())
}

/// `POST /me/factors/codes`: ten new recovery codes; the former ones end.
pub async fn renew_codes(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if let Err(refusal) = knows(&state, &account, &given, &origin).await? {
        return again(&visit, &account, refusal, "me-password-wrong").await;
    }
    let user = &account.user;
    let mut tx = account.client.scope().db().begin().await?;
    let codes = totp::renew_recovery_codes(&mut tx, user.id.0).await?;
    let (by, now) = (&account.actor, state.clock.now());
    journal::note(
        &mut tx,
        now,
        by,
        user,
        Action::FACTOR_ADDED,
        "recovery codes",
    );
    tx.commit().await?;
    after(&visit, &account, Added::First(codes)).await
}

/// Whether whoever asks knows the password; who has none came through another provider.
async fn knows(
    state: &AppState,
    account: &Account,
    given: &Given,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    if account.user.password_hash.is_none() {
        return Ok(Ok(()));
    }
    let (client, user) = (&account.client, &account.user);
    door::confirm(state, client, user, &given.current, origin).await
}

async fn again(
    visit: &Visit,
    account: &Account,
    refusal: Refusal,
    key: &str,
) -> Result<Response, WebError> {
    let have = Have::of(account).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    let fault = Some(refusal.text(key, visitor.words()));
    let again = FactorsPage::of(visitor, &present, &account.user, &have, fault);
    Ok(refused(refusal, page(&again)?))
}

async fn app_page(
    state: &AppState,
    visit: &Visit,
    account: &Account,
    refusal: Option<Refusal>,
) -> Result<Response, WebError> {
    let (client, user) = (&account.client, &account.user);
    let (email, now) = (&user.user.email, state.clock.now());
    let begun = safe(state, client)
        .enrol(user.id.0, email, &client.tenant().name, now)
        .await;
    let Some(begun) = begun.map_err(of_factor)? else {
        return Ok(Redirect::to("/me/factors").into_response());
    };
    let words = visit.visitor.words();
    page(&AppPage {
        shell: Shell::of(&visit.visitor, Section::Elsewhere, &visit.present()),
        tabs: tabs(Part::Factors, words),
        done: None,
        form: AppForm::of(
            begun.secret.expose_secret(),
            begun.url.expose_secret(),
            refusal,
            words,
        )?,
    })
}

/// This session has shown the factor; the others are asked for it when they sign in again.
async fn after(visit: &Visit, account: &Account, added: Added) -> Result<Response, WebError> {
    if let Some(session) = account.session {
        let mut tx = account.client.scope().db().begin().await?;
        sessions::prove(&mut tx, &session).await?;
        tx.commit().await?;
    }
    match added {
        Added::First(codes) => page(&CodesPage {
            shell: Shell::of(&visit.visitor, Section::Elsewhere, &visit.present()),
            codes,
            next: "/me/factors".to_owned(),
        }),
        Added::Another => Ok(Redirect::to("/me/factors?done=passkey").into_response()),
        Added::No => again(visit, account, Refusal::Wrong, "passkey-failed").await,
    }
}

impl Have {
    async fn of(account: &Account) -> Result<Self, WebError> {
        let (db, user) = (account.client.scope().db(), account.user.id);
        let app = app_codes::find(db, user.0).await?;
        Ok(Self {
            app: app.is_some_and(|row| row.confirmed_at.is_some()),
            passkeys: passkeys::list_of(db, user).await?,
            recovery: app_codes::count_recovery_codes(db, user.0).await?,
        })
    }
}

impl FactorsPage {
    #[cfg(test)]
    pub(in crate::web::pages) fn sample(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
    ) -> Self {
        use crate::store::tenant::Passkey;
        let row = PasskeyRow {
            id: PasskeyId(1),
            user_id: user.id,
            passkey: Passkey {
                credential_id: Vec::new(),
                name: "<Nantes>".to_owned(),
                transports: 0,
                static_state: Vec::new(),
                dynamic_state: Vec::new(),
            },
            created_at: visitor.reader.now,
            last_used_at: None,
        };
        let have = Have {
            app: true,
            passkeys: vec![row],
            recovery: 8,
        };
        let fault = Some(visitor.words().get("passkey-failed"));
        Self::of(visitor, present, user, &have, fault)
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
        have: &Have,
        fault: Option<String>,
    ) -> Self {
        let (words, reader) = (visitor.words(), &visitor.reader);
        let moment = |at| format::moment(at, reader.now, &reader.zone, words);
        let line = |row: &PasskeyRow| Line {
            id: row.id,
            name: row.passkey.name.clone(),
            since: moment(row.created_at),
            used: row
                .last_used_at
                .map_or_else(|| format::NONE.to_owned(), moment),
        };
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            tabs: tabs(Part::Factors, words),
            done: None,
            fault,
            has_password: user.password_hash.is_some(),
            app: have.app,
            recovery: words.count(
                "factors-codes-left",
                usize::try_from(have.recovery).unwrap_or(0),
            ),
            any: have.app || !have.passkeys.is_empty(),
            passkeys: have.passkeys.iter().map(line).collect(),
        }
    }
}
