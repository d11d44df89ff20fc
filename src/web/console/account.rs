//! One's own second factor on the console: an authenticator app, recovery codes.

use super::Desk;
use super::desk::control;
use super::sign_in::subject;
use crate::domain::audit::{Action, Deed, Origin};
use crate::domain::{TenantId, UserId};
use crate::identity::lockout::Guess;
use crate::identity::totp::{self, Safe};
use crate::store::control::StaffRow;
use crate::store::{Tx, app_codes, audit};
use crate::web::api::of_factor;
use crate::web::door::{Refusal, Try, is_right, try_once};
use crate::web::extract::Form;
use crate::web::form::Field;
use crate::web::pages::{AppForm, page, refused};
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// What the vault knows secrets of the platform itself by; no client has this number.
const PLATFORM: TenantId = TenantId(0);
/// Who issues the codes, as an app shows it.
const ISSUER: &str = "Vigie console";

/// The page.
#[derive(Template)]
#[template(path = "pages/console_account.html")]
pub struct AccountPage {
    pub(super) shell: Shell,
    /// Whether an app is asked for when one signs in.
    pub(super) app: bool,
    /// How many recovery codes are left, in words.
    pub(super) recovery: String,
    /// The present password, without which nothing changes.
    pub(super) current: Field,
    /// The app that is being set up.
    pub(super) form: Option<AppForm>,
    /// New recovery codes: shown once.
    pub(super) codes: Vec<String>,
}

/// What forms of the page send.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Given {
    current: SecretString,
    code: String,
}

/// `GET /account`
pub async fn show(State(state): State<AppState>, desk: Desk) -> Result<Response, WebError> {
    page(&AccountPage::of(&state, &desk, None).await?)
}

/// `POST /account/app`: shows the code to scan.
pub async fn begin(
    State(state): State<AppState>,
    desk: Desk,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if let Err(refusal) = knows(&state, &desk.staff, &given, &origin).await? {
        return again(&state, &desk, refusal).await;
    }
    scan(&state, &desk, None).await
}

/// `POST /account/app/confirm`: from now on the app is asked for.
pub async fn confirm(
    State(state): State<AppState>,
    desk: Desk,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (safe, now, id) = (safe(&state), state.clock.now(), desk.staff.id.0);
    let attempt = attempt(&state, &desk.staff, &origin, "a code of a new app");
    let shown = try_once(&*state.clock, attempt, async {
        let right = safe.accept(id, &given.code, false, now).await;
        Ok(right.map_err(of_factor)?.then_some(()))
    });
    if let Err(refusal) = shown.await? {
        return Ok(refused(refusal, scan(&state, &desk, Some(refusal)).await?));
    }
    let mut tx = control(&state).begin().await?;
    if !app_codes::confirm(&mut tx, id, now).await? {
        return Ok(Redirect::to("/account").into_response());
    }
    let codes = totp::renew_recovery_codes(&mut tx, id).await?;
    note(&mut tx, &state, &desk, Action::FACTOR_ADDED);
    tx.commit().await?;
    page(&AccountPage {
        codes,
        ..AccountPage::of(&state, &desk, None).await?
    })
}

/// `POST /account/app/remove`: with the password.
pub async fn remove(
    State(state): State<AppState>,
    desk: Desk,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    if let Err(refusal) = knows(&state, &desk.staff, &given, &origin).await? {
        return again(&state, &desk, refusal).await;
    }
    let mut tx = control(&state).begin().await?;
    if app_codes::delete(&mut tx, desk.staff.id.0).await? {
        app_codes::delete_recovery_codes(&mut tx, desk.staff.id.0).await?;
        note(&mut tx, &state, &desk, Action::FACTOR_REMOVED);
    }
    tx.commit().await?;
    Ok(Redirect::to("/account").into_response())
}

/// Where the second factors of the staff are.
pub(super) fn safe(state: &AppState) -> Safe<'_> {
    Safe {
        db: control(state),
        vault: state.platform.directory().vault(),
        tenant: PLATFORM,
    }
}

/// A try to show the second factor of a member of the staff.
pub(super) fn attempt<'a>(
    state: &'a AppState,
    person: &StaffRow,
    origin: &'a Origin,
    what: &'static str,
) -> Try<'a> {
    Try::of_staff(
        control(state),
        Guess::Factor(UserId(person.id.0)),
        origin,
        subject(person),
        what,
    )
}

/// Whether whoever sits here knows the password.
async fn knows(
    state: &AppState,
    person: &StaffRow,
    given: &Given,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    let attempt = Try {
        guess: Guess::Password(person.staff.email.clone()),
        ..attempt(state, person, origin, "the password, asked for again")
    };
    try_once(&*state.clock, attempt, async {
        let right = is_right(&given.current, Some(&person.password_hash)).await?;
        Ok(right.then_some(()))
    })
    .await
}

fn note(tx: &mut Tx, state: &AppState, desk: &Desk, action: Action) {
    let deed = Deed::new(action, subject(&desk.staff)).note("authenticator app");
    audit::record(tx, state.clock.now(), &desk.actor(), &deed);
}

async fn again(state: &AppState, desk: &Desk, refusal: Refusal) -> Result<Response, WebError> {
    let again = AccountPage::of(state, desk, Some(refusal)).await?;
    Ok(refused(refusal, page(&again)?))
}

/// The page with the code to scan; without it once an app is confirmed.
async fn scan(
    state: &AppState,
    desk: &Desk,
    refusal: Option<Refusal>,
) -> Result<Response, WebError> {
    let (person, now) = (&desk.staff, state.clock.now());
    let begun = safe(state)
        .enrol(person.id.0, &person.staff.email, ISSUER, now)
        .await;
    let Some(begun) = begun.map_err(of_factor)? else {
        return Ok(Redirect::to("/account").into_response());
    };
    let (secret, url) = (begun.secret.expose_secret(), begun.url.expose_secret());
    page(&AccountPage {
        form: Some(AppForm::of(secret, url, refusal, desk.reader.words)?),
        ..AccountPage::of(state, desk, None).await?
    })
}

impl AccountPage {
    async fn of(state: &AppState, desk: &Desk, refusal: Option<Refusal>) -> Result<Self, WebError> {
        let (db, id) = (control(state), desk.staff.id.0);
        let app = app_codes::find(db, id).await?;
        let left = app_codes::count_recovery_codes(db, id).await?;
        Ok(Self::with(
            desk,
            app.is_some_and(|row| row.confirmed_at.is_some()),
            left,
            refusal,
        ))
    }

    pub(super) fn with(desk: &Desk, app: bool, left: i64, refusal: Option<Refusal>) -> Self {
        let words = desk.reader.words;
        let wrong = refusal.map(|refusal| refusal.text("me-password-wrong", words));
        Self {
            shell: desk.shell(),
            app,
            recovery: words.count("factors-codes-left", usize::try_from(left).unwrap_or(0)),
            current: Field::new("current", "me-password-current", words).fault(wrong),
            form: None,
            codes: Vec::new(),
        }
    }
}
