//! `/api/v1/me/sessions`: where a person is signed in, and how that ends.

use crate::domain::TokenFamilyId;
use crate::store::tenant::{Session, TokenFamilyRow, sessions, tokens};
use crate::web::extract::{Account, Path};
use crate::web::{AppState, WebError, own};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

/// A browser or a program that is signed in as the person.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionOut {
    id: String,
    /// From where.
    address: Option<String>,
    /// With what.
    agent: Option<String>,
    since: String,
    last_used_at: String,
    expires_at: String,
}

/// Where the person is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsOut {
    browsers: Vec<SessionOut>,
    programs: Vec<SessionOut>,
}

/// Browsers and programs that are signed in as the person who asks.
#[utoipa::path(
    get, path = "/me/sessions", tag = "me",
    responses((status = 200, description = "All of them", body = SessionsOut))
)]
pub async fn list(
    State(state): State<AppState>,
    account: Account,
) -> Result<Json<SessionsOut>, WebError> {
    let (db, user, now) = (
        account.client.scope().db(),
        account.user.id,
        state.clock.now(),
    );
    let browsers = sessions::list_of(db, user, now).await?;
    let programs = tokens::list_of(db, user, now).await?;
    Ok(Json(SessionsOut {
        browsers: browsers.into_iter().map(SessionOut::of_browser).collect(),
        programs: programs.into_iter().map(SessionOut::of_program).collect(),
    }))
}

/// Signs a browser out.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", tag = "me", params(("id" = String, Path)),
    responses((status = 204, description = "It is signed out"))
)]
pub async fn end_session(
    State(state): State<AppState>,
    account: Account,
    Path(id): Path<String>,
) -> Result<StatusCode, WebError> {
    ended(own::end_browser(&state, &account, &id).await?)
}

/// Signs a program out.
#[utoipa::path(
    delete, path = "/me/programs/{id}", tag = "me", params(("id" = i64, Path)),
    responses((status = 204, description = "It is signed out"))
)]
pub async fn end_program(
    State(state): State<AppState>,
    account: Account,
    Path(id): Path<TokenFamilyId>,
) -> Result<StatusCode, WebError> {
    ended(own::end_program(&state, &account, id).await?)
}

fn ended(is_theirs: bool) -> Result<StatusCode, WebError> {
    is_theirs
        .then_some(StatusCode::NO_CONTENT)
        .ok_or(WebError::NotFound)
}

impl SessionOut {
    fn of_browser(session: Session) -> Self {
        Self {
            id: hex::encode(&session.token_hash),
            address: session.address,
            agent: session.user_agent,
            since: session.signed_in_at.to_string(),
            last_used_at: session.last_seen_at.to_string(),
            expires_at: session.expires_at.to_string(),
        }
    }

    fn of_program(family: TokenFamilyRow) -> Self {
        Self {
            id: family.id.to_string(),
            address: family.address,
            agent: family.user_agent,
            since: family.created_at.to_string(),
            last_used_at: family.last_used_at.to_string(),
            expires_at: family.expires_at.to_string(),
        }
    }
}
