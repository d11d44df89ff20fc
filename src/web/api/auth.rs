//! Programs that sign in as a person: access tokens, and refresh tokens that follow each other.

use super::json_body::JsonBody;
use crate::domain::audit::{Action, Origin};
use crate::domain::{Timestamp, UserId};
use crate::identity::access_token::{self, AccessTokens};
use crate::identity::keyring::KeyringError;
use crate::identity::refresh::{self, Exchange, Refreshed};
use crate::identity::totp::{FactorError, Safe};
use crate::identity::{Policy, journal};
use crate::runtime::Client;
use crate::store::tenant::{UserRow, factors, users};
use crate::web::door::{self, Refusal};
use crate::web::extract::Portal;
use crate::web::factors::check_code;
use crate::web::{AppState, WebError};
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// With what a program asks for tokens.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "grant_type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Grant {
    /// With the address and the password of a person.
    Password {
        email: String,
        #[schema(value_type = String)]
        password: SecretString,
        /// Of the authenticator app, or a recovery code, where there is a second factor.
        code: Option<String>,
    },
    /// With a refresh token.
    RefreshToken {
        #[schema(value_type = String)]
        refresh_token: SecretString,
    },
}

/// A refresh token alone.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    #[schema(value_type = String)]
    refresh_token: SecretString,
}

/// What a program is given (RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    refresh_expires_in: i64,
}

/// Signs a program in as a person.
#[utoipa::path(
    post, path = "/auth/token", tag = "auth", request_body = Grant,
    responses((status = 200, description = "Tokens", body = Tokens))
)]
pub async fn token(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Response, WebError> {
    match read(body)? {
        Grant::RefreshToken { refresh_token } => {
            exchange(&state, &client, &refresh_token, &origin).await
        }
        Grant::Password {
            email,
            password,
            code,
        } => {
            let found = door::admit(&state, &client, &email, &password, &origin).await?;
            let user = found.map_err(refused)?;
            second_factor(&state, &client, &user, code.as_deref(), &origin).await?;
            begin(&state, &client, &user, &origin).await
        }
    }
}

/// Exchanges a refresh token for the next one; one that comes twice ends its whole sign-in.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "auth", request_body = Refresh,
    responses((status = 200, description = "Tokens", body = Tokens))
)]
pub async fn refresh(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<Response, WebError> {
    let token = read::<Refresh>(body)?.refresh_token;
    exchange(&state, &client, &token, &origin).await
}

/// Ends the sign-in a refresh token is of; no error when it had ended (RFC 7009, 2.2).
#[utoipa::path(
    post, path = "/auth/revoke", tag = "auth", request_body = Refresh,
    responses((status = 204, description = "It has ended"))
)]
pub async fn revoke(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    JsonBody(body): JsonBody,
) -> Result<StatusCode, WebError> {
    let (db, now) = (client.scope().db(), state.clock.now());
    let token = read::<Refresh>(body)?.refresh_token;
    if let Some(user) = refresh::revoke(db, token.expose_secret(), now).await? {
        record(
            &client,
            user,
            &origin,
            (Action::SIGNED_OUT, "a program"),
            now,
        )
        .await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: DeserializeOwned>(body: Value) -> Result<T, WebError> {
    serde_json::from_value(body).map_err(|error| WebError::invalid("body", error.to_string()))
}

fn refused(refusal: Refusal) -> WebError {
    match refusal {
        Refusal::Wrong => WebError::WrongCredentials("unknown address, password or code"),
        Refusal::Wait(retry_after_s) => WebError::TooMany { retry_after_s },
    }
}

/// Whatever would be a step in the browser must be done there, but for the code of an app.
async fn second_factor(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    code: Option<&str>,
    origin: &Origin,
) -> Result<(), WebError> {
    if user.must_change_password {
        return Err(WebError::Forbidden(
            "sign in to the portal first: the password is to be replaced",
        ));
    }
    let db = client.scope().db();
    if factors::count(db, user.id).await? == 0 {
        let demanded = Policy::load(db).await?.demands_factor(user.user.role);
        let why = "sign in to the portal first: a second factor is to be set up";
        return if demanded {
            Err(WebError::Forbidden(why))
        } else {
            Ok(())
        };
    }
    let Some(code) = code else {
        return Err(WebError::WrongCredentials(
            "a second factor is wanted: send its `code`",
        ));
    };
    let checked = check_code(state, client, user, code, origin).await?;
    checked.map_err(refused)
}

async fn begin(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    origin: &Origin,
) -> Result<Response, WebError> {
    let now = state.clock.now();
    let mut tx = client.scope().db().begin().await?;
    let started = refresh::start(&mut tx, user.id, origin, now).await?;
    let actor = journal::actor(user, origin);
    journal::note(&mut tx, now, &actor, user, Action::SIGNED_IN, "a program");
    tx.commit().await?;
    answer(state, client, started, now).await
}

async fn exchange(
    state: &AppState,
    client: &Client,
    token: &SecretString,
    origin: &Origin,
) -> Result<Response, WebError> {
    let now = state.clock.now();
    match refresh::exchange(client.scope().db(), token.expose_secret(), now).await? {
        Exchange::Next(next) => answer(state, client, next, now).await,
        Exchange::Unknown => Err(WebError::WrongCredentials("this refresh token has ended")),
        Exchange::Reused(user) => {
            let note = "a refresh token came twice: that sign-in was ended";
            record(client, user, origin, (Action::REVOKED, note), now).await?;
            tracing::warn!(tenant.slug = client.tenant().slug, user.id = %user, "refresh token reused");
            Err(WebError::WrongCredentials(
                "this refresh token was used before; sign in again",
            ))
        }
    }
}

async fn answer(
    state: &AppState,
    client: &Client,
    refreshed: Refreshed,
    now: Timestamp,
) -> Result<Response, WebError> {
    let tokens = tokens_of(state, client);
    let access_token = tokens.issue(refreshed.user, refreshed.family, now).await;
    let tokens = Tokens {
        access_token: access_token.map_err(of_keyring)?,
        token_type: "Bearer",
        expires_in: access_token::LIFETIME_S,
        refresh_token: refreshed.token,
        refresh_expires_in: refresh::LIFETIME / Timestamp::SECOND,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(tokens)).into_response())
}

async fn record(
    client: &Client,
    user: UserId,
    origin: &Origin,
    (action, note): (Action, &str),
    now: Timestamp,
) -> Result<(), WebError> {
    let db = client.scope().db();
    let Some(user) = users::find(db, user).await? else {
        return Ok(());
    };
    let mut tx = db.begin().await?;
    let actor = journal::actor(&user, origin);
    journal::note(&mut tx, now, &actor, &user, action, note);
    Ok(tx.commit().await?)
}

/// Makes and checks the access tokens of a client.
pub fn tokens_of<'a>(state: &'a AppState, client: &Client) -> AccessTokens<'a> {
    AccessTokens {
        keyring: &state.keyring,
        issuer: &state.config.base_domain,
        tenant: client.tenant().id,
    }
}

/// Where the second factors of a client's people are.
pub fn safe<'a>(state: &'a AppState, client: &'a Client) -> Safe<'a> {
    Safe {
        db: client.scope().db(),
        vault: state.platform.directory().vault(),
        tenant: client.tenant().id,
    }
}

/// A defect, or a database that is away.
pub fn of_keyring(error: KeyringError) -> WebError {
    match error {
        KeyringError::Store(error) => error.into(),
        other => WebError::Internal(other.to_string()),
    }
}

/// A defect, or a database that is away.
pub fn of_factor(error: FactorError) -> WebError {
    match error {
        FactorError::Store(error) => error.into(),
        other => WebError::Internal(other.to_string()),
    }
}
