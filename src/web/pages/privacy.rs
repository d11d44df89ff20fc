//! What a person may ask of us about themselves: everything that is kept, and to be forgotten.

use super::{page, refused};
use crate::domain::UserId;
use crate::domain::audit::{Action, Deed, Subject};
use crate::store::audit;
use crate::store::tenant::{UserRow, users};
use crate::tenancy::erasure::{ErasureError, erase};
use crate::web::door::{self, Refusal};
use crate::web::extract::{Account, Form, Origin, Path, Visit, Visitor};
use crate::web::form::Field;
use crate::web::present::Present;
use crate::web::session::HostCookie;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError, privacy};
use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The page: one's own, or that of somebody an admin looks after.
#[derive(Template)]
#[template(path = "pages/privacy.html")]
pub struct PrivacyPage {
    pub(super) shell: Shell,
    /// Whose data; empty for one's own.
    pub(super) whose: String,
    /// Where the document is.
    pub(super) download: String,
    /// Where the form goes.
    pub(super) action: String,
    pub(super) proof: Field,
    /// Whether the proof is a password.
    pub(super) by_password: bool,
}

/// What proves that it is meant: the password, or the e-mail address for who has none.
#[derive(Debug, Deserialize)]
pub struct Meant {
    proof: SecretString,
}

/// `GET /me/data`
pub async fn show(visit: Visit, account: Account) -> Result<Response, WebError> {
    page(&PrivacyPage::own(
        &visit.visitor,
        &visit.present(),
        &account.user,
        None,
    ))
}

/// `GET /me/data.json`
pub async fn download(
    State(state): State<AppState>,
    account: Account,
) -> Result<Response, WebError> {
    document(&state, &account.client, &account.user).await
}

/// `POST /me/erase`: the account goes, and this browser is signed out.
pub async fn forget(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    jar: CookieJar,
    Form(meant): Form<Meant>,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let again = |fault| {
        let (visitor, present) = (&visit.visitor, visit.present());
        page(&PrivacyPage::own(
            visitor,
            &present,
            &account.user,
            Some(fault),
        ))
    };
    if let Err(refusal) = confirm(&state, &account, &origin, &meant).await? {
        let wrong = PrivacyPage::wrong_proof(&account.user);
        return Ok(refused(refusal, again(refusal.text(wrong, words))?));
    }
    let db = account.client.scope().db();
    match erase(db, account.user.id, &account.actor, state.clock.now()).await {
        Ok(()) => {
            let jar = jar.add(HostCookie::Session.removal(state.config.https));
            Ok((jar, Redirect::to("/sign-in")).into_response())
        }
        Err(ErasureError::LastAdmin) => {
            let answer = again(words.get("privacy-last-admin"))?;
            Ok((StatusCode::CONFLICT, answer).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /admin/people/{id}/data`
pub async fn show_of(visit: Visit, Path(id): Path<UserId>) -> Result<Response, WebError> {
    let row = somebody(&visit, id).await?;
    page(&PrivacyPage::of(
        &visit.visitor,
        &visit.present(),
        &row,
        None,
    ))
}

/// `GET /admin/people/{id}/data.json`: recorded, since it is somebody else's.
pub async fn download_of(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let row = somebody(&visit, id).await?;
    let deed = Deed::new(Action::EXPORTED, Subject::person(row.id, &row.user.email));
    let mut tx = visit.client.scope().db().begin().await?;
    let actor = origin.actor(&visit.identity);
    audit::record(&mut tx, state.clock.now(), &actor, &deed);
    tx.commit().await?;
    document(&state, &visit.client, &row).await
}

/// `POST /admin/people/{id}/erase`: with their e-mail address as proof that it is meant.
pub async fn forget_of(
    State(state): State<AppState>,
    visit: Visit,
    origin: Origin,
    Path(id): Path<UserId>,
    Form(meant): Form<Meant>,
) -> Result<Response, WebError> {
    let row = somebody(&visit, id).await?;
    let words = visit.visitor.words();
    let again = |fault: &str| {
        page(&PrivacyPage::of(
            &visit.visitor,
            &visit.present(),
            &row,
            Some(words.get(fault)),
        ))
    };
    if !is_address(&meant, &row) {
        let answer = again("privacy-address-wrong")?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response());
    }
    let actor = origin.actor(&visit.identity);
    match erase(visit.client.scope().db(), id, &actor, state.clock.now()).await {
        Ok(()) => Ok(Redirect::to("/admin/audit?action=erased").into_response()),
        Err(ErasureError::LastAdmin) => {
            Ok((StatusCode::CONFLICT, again("privacy-last-admin")?).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

async fn somebody(visit: &Visit, id: UserId) -> Result<UserRow, WebError> {
    let row = users::find(visit.client.scope().db(), id).await?;
    row.ok_or(WebError::NotFound)
}

async fn document(
    state: &AppState,
    client: &crate::runtime::Client,
    user: &UserRow,
) -> Result<Response, WebError> {
    let document = privacy::collect(client.scope().db(), user, state.clock.now()).await?;
    let headers = [
        (CONTENT_DISPOSITION, "attachment; filename=\"my-data.json\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Json(document)).into_response())
}

/// Whether the password is theirs; for who has none, the e-mail address.
async fn confirm(
    state: &AppState,
    account: &Account,
    origin: &Origin,
    meant: &Meant,
) -> Result<Result<(), Refusal>, WebError> {
    let (client, user) = (&account.client, &account.user);
    if user.password_hash.is_some() {
        return door::confirm(state, client, user, &meant.proof, origin).await;
    }
    Ok(is_address(meant, user).then_some(()).ok_or(Refusal::Wrong))
}

fn is_address(meant: &Meant, user: &UserRow) -> bool {
    meant
        .proof
        .expose_secret()
        .trim()
        .eq_ignore_ascii_case(&user.user.email)
}

impl From<ErasureError> for WebError {
    fn from(error: ErasureError) -> Self {
        match error {
            ErasureError::Unknown => Self::NotFound,
            ErasureError::LastAdmin => Self::InUse,
            ErasureError::Store(error) => error.into(),
        }
    }
}

impl PrivacyPage {
    /// One's own.
    pub(super) fn own(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
        fault: Option<String>,
    ) -> Self {
        let words = visitor.words();
        let by_password = user.password_hash.is_some();
        let key = if by_password {
            "privacy-password"
        } else {
            "privacy-address"
        };
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            whose: String::new(),
            download: "/me/data.json".to_owned(),
            action: "/me/erase".to_owned(),
            proof: Field::new("proof", key, words).fault(fault),
            by_password,
        }
    }

    /// The message for a proof that is none.
    const fn wrong_proof(user: &UserRow) -> &'static str {
        if user.password_hash.is_some() {
            "me-password-wrong"
        } else {
            "privacy-address-wrong"
        }
    }

    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let words = visitor.words();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            whose: "c.morel@helianthe.example".to_owned(),
            download: "/me/data.json".to_owned(),
            action: "/me/erase".to_owned(),
            proof: Field::new("proof", "privacy-address", words).fault(Some("<no>".to_owned())),
            by_password: false,
        }
    }

    /// That of somebody else.
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
        fault: Option<String>,
    ) -> Self {
        let words = visitor.words();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            whose: user.user.email.clone(),
            download: format!("/admin/people/{}/data.json", user.id),
            action: format!("/admin/people/{}/erase", user.id),
            proof: Field::new("proof", "privacy-address-of", words).fault(fault),
            by_password: false,
        }
    }
}
