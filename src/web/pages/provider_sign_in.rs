//! Signing in through another provider: away with the first request, back with the second.

use super::sign_in::Wanted;
use crate::domain::audit::Action;
use crate::domain::{Timestamp, visible};
use crate::identity::journal;
use crate::identity::oidc::{self, Admission, Claims, OidcError, Registration, Remembered};
use crate::identity::steps::Proof;
use crate::runtime::Client;
use crate::store::StoreError;
use crate::store::tenant::{ProviderRow, User, UserRow, providers, users};
use crate::web::ceremony::{self, Purpose};
use crate::web::entry::Entry;
use crate::web::extract::{Origin, Path, Portal, Query};
use crate::web::mails;
use crate::web::people::keep_user_quota;
use crate::web::providers::secret_of;
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

/// What a provider sends back.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

/// Where somebody is led whom a provider could not sign in.
const FAILED: &str = "/sign-in?done=no-provider";
const REFUSED: &str = "/sign-in?done=not-admitted";

/// `GET /sign-in/with/{key}`: sends the browser to the provider.
pub async fn away(
    State(state): State<AppState>,
    Portal(client): Portal,
    Path(key): Path<String>,
    mails::Origin(base): mails::Origin,
    jar: CookieJar,
    Query(wanted): Query<Wanted>,
) -> Result<Response, WebError> {
    let row = offered(&client, &key).await?;
    let us = registration(&state, &client, &row, &base)?;
    let begun = match state.relay.begin(&us, &key, &wanted.next).await {
        Ok(begun) => begun,
        Err(error) => return Ok(failed(&client, &key, &error)),
    };
    let remembered = serde_json::to_vec(&begun.remembered);
    let remembered = remembered.map_err(|error| WebError::Internal(error.to_string()))?;
    let cookie = ceremony::begin(&state, &client, Purpose::Provider, None, remembered).await?;
    Ok((jar.add(cookie), Redirect::to(&begun.url)).into_response())
}

/// `GET /sign-in/back`: what the provider says of somebody decides whether they come in.
pub async fn back(
    State(state): State<AppState>,
    Portal(client): Portal,
    mails::Origin(base): mails::Origin,
    origin: Origin,
    jar: CookieJar,
    Query(answer): Query<Answer>,
) -> Result<Response, WebError> {
    let begun = ceremony::take(&state, &client, &jar, Purpose::Provider).await?;
    let remembered = begun.and_then(|row| serde_json::from_slice::<Remembered>(&row.state).ok());
    let Some(remembered) = remembered.filter(|_| !answer.code.is_empty()) else {
        return Ok(Redirect::to(FAILED).into_response());
    };
    let (key, next) = (remembered.key.clone(), remembered.next.clone());
    let row = offered(&client, &key).await?;
    let us = registration(&state, &client, &row, &base)?;
    let claims = state
        .relay
        .finish(&us, remembered, &answer.state, answer.code)
        .await;
    let claims = match claims {
        Ok(claims) => claims,
        Err(error) => return Ok(failed(&client, &key, &error)),
    };
    let Some(user) = admitted(&client, &row, &claims, &origin, state.clock.now()).await? else {
        return Ok(Redirect::to(REFUSED).into_response());
    };
    let entry = Entry {
        state: &state,
        client: &client,
        origin,
        jar,
        next: &next,
    };
    entry.lead(&user, Proof::Provider).await
}

async fn offered(client: &Client, key: &str) -> Result<ProviderRow, WebError> {
    let row = providers::find(client.scope().db(), key).await?;
    row.filter(|row| row.provider.enabled)
        .ok_or(WebError::NotFound)
}

fn registration(
    state: &AppState,
    client: &Client,
    row: &ProviderRow,
    base: &str,
) -> Result<Registration, WebError> {
    Ok(Registration {
        issuer: row.provider.issuer.clone(),
        client_id: row.provider.client_id.clone(),
        secret: secret_of(state, client, row)?,
        back: format!("{base}/sign-in/back"),
    })
}

fn failed(client: &Client, key: &str, error: &OidcError) -> Response {
    tracing::warn!(tenant.slug = client.tenant().slug, provider = key, %error, "sign-in failed");
    Redirect::to(FAILED).into_response()
}

/// Who somebody of a provider is here: known by their number there, else by their address,
/// else new. Their role follows the claim, if it says one.
async fn admitted(
    client: &Client,
    row: &ProviderRow,
    claims: &Claims,
    origin: &Origin,
    now: Timestamp,
) -> Result<Option<UserRow>, WebError> {
    let Some(admission) = oidc::admit(&row.provider, claims) else {
        return Ok(None);
    };
    let db = client.scope().db();
    let known = match providers::find_user(db, row.id, &claims.subject).await? {
        Some(id) => users::find(db, id).await?,
        None => users::find_by_email(db, &admission.email).await?,
    };
    let mut tx = db.begin().await?;
    let user = match known {
        Some(user) if user.disabled => return Ok(None),
        Some(user) => user,
        None => {
            let Some(role) = admission.role else {
                return Ok(None);
            };
            let user = User {
                name: name_of(claims, &admission),
                email: admission.email.clone(),
                role,
            };
            let id = users::insert(&mut tx, &user, now).await?;
            keep_user_quota(&mut tx, client).await?;
            let made = UserRow::fresh(id, user, now);
            users::set_verified(&mut tx, id, now).await?;
            let (by, how) = (journal::actor(&made, origin), "through another provider");
            journal::note(&mut tx, now, &by, &made, Action::REGISTERED, how);
            made
        }
    };
    let user = follow(&mut tx, user, &admission, origin, now).await?;
    providers::link(&mut tx, row.id, &claims.subject, user.id, now).await?;
    tx.commit().await?;
    Ok(Some(user))
}

/// The role a claim says is theirs from now on; but the last administrator stays one.
async fn follow(
    tx: &mut crate::store::Tx,
    mut user: UserRow,
    admission: &Admission,
    origin: &Origin,
    now: Timestamp,
) -> Result<UserRow, StoreError> {
    let claimed = admission.role.filter(|_| admission.by_claim);
    let Some(role) = claimed.filter(|role| *role != user.user.role) else {
        return Ok(user);
    };
    if users::hold_admins(tx).await? == [user.id] {
        tracing::warn!(user.id = %user.id, %role, "the last administrator keeps their role");
        return Ok(user);
    }
    user.user.role = role;
    users::update(tx, user.id, &user.user).await?;
    let note = format!("role {role}, as the provider says");
    let by = journal::actor(&user, origin);
    journal::note(tx, now, &by, &user, Action::CHANGED, &note);
    Ok(user)
}

fn name_of(claims: &Claims, admission: &Admission) -> String {
    let given = claims.name.as_deref().map(visible);
    let name = given
        .as_deref()
        .map(str::trim)
        .filter(|name| !name.is_empty());
    name.unwrap_or(&admission.email).chars().take(80).collect()
}
