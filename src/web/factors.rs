//! Second factors, as the account and the sign-in set them up: an authenticator app, passkeys.

use super::api::{of_factor, safe};
use super::ceremony::{self, Purpose};
use super::door::{Refusal, Try, try_once};
use super::{AppState, WebError};
use crate::domain::UserId;
use crate::domain::audit::{Action, Origin};
use crate::identity::lockout::Guess;
use crate::identity::passkeys::{HANDLE, PasskeyError, Presented, Relying};
use crate::identity::{journal, totp};
use crate::runtime::Client;
use crate::store::tenant::{PasskeyRow, UserRow, factors, passkeys, users};
use crate::store::{StoreError, Tx, app_codes};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::Cookie;

/// More would be a mistake.
pub const MOST_PASSKEYS: usize = 20;
const LONGEST_NAME: usize = 60;

/// What came of setting up a factor.
pub enum Added {
    /// It is the first one: these recovery codes are shown once.
    First(Vec<String>),
    /// There was one already; the codes that were given then still hold.
    Another,
    /// It was not shown to work.
    No,
}

/// Whether a code of the app or a recovery code is right; both are used up.
pub async fn check_code(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    code: &str,
    origin: &Origin,
) -> Result<Result<(), Refusal>, WebError> {
    let (safe, now) = (safe(state, client), state.clock.now());
    let attempt = attempt(client, user, origin, "a code of the second factor");
    try_once(&*state.clock, attempt, async {
        let right = safe
            .accept(user.id.0, code, true, now)
            .await
            .map_err(of_factor)?
            || safe
                .recover(user.id.0, code, now)
                .await
                .map_err(of_factor)?;
        Ok(right.then_some(()))
    })
    .await
}

/// Lets the app count from now on, if this is its code.
pub async fn confirm_app(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    code: &str,
    origin: &Origin,
) -> Result<Result<Added, Refusal>, WebError> {
    let (safe, now) = (safe(state, client), state.clock.now());
    let guess = attempt(client, user, origin, "a code of a new app");
    let accepted = try_once(&*state.clock, guess, async {
        let right = safe
            .accept(user.id.0, code, false, now)
            .await
            .map_err(of_factor)?;
        Ok(right.then_some(()))
    });
    if let Err(refusal) = accepted.await? {
        return Ok(Err(refusal));
    }
    let first = factors::count(client.scope().db(), user.id).await? == 0;
    let mut tx = client.scope().db().begin().await?;
    if !app_codes::confirm(&mut tx, user.id.0, now).await? {
        return Ok(Ok(Added::No));
    }
    let (by, what) = (journal::actor(user, origin), "authenticator app");
    journal::note(&mut tx, now, &by, user, Action::FACTOR_ADDED, what);
    let added = added(&mut tx, user.id, first).await?;
    tx.commit().await?;
    Ok(Ok(added))
}

/// Begins to register a passkey: what the browser is told, and the cookie that leads back.
pub async fn begin_passkey(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    host: &str,
) -> Result<(String, Cookie<'static>), WebError> {
    let db = client.scope().db();
    let known = passkeys::list_of(db, user.id).await?;
    if known.len() >= MOST_PASSKEYS {
        return Err(WebError::Forbidden("more than twenty passkeys"));
    }
    let handle = handle_of(client, user.id).await?;
    let (email, name) = (&user.user.email, &user.user.name);
    let begun = relying(state, host)?.begin_registration(&handle, email, name, &known);
    let begun = begun.map_err(refused)?;
    let purpose = Purpose::AddPasskey;
    let cookie = ceremony::begin(state, client, purpose, Some(user.id), begun.state).await?;
    Ok((begun.options, cookie))
}

/// Registers the passkey a browser made.
pub async fn add_passkey(
    state: &AppState,
    client: &Client,
    user: &UserRow,
    host: &str,
    (origin, jar): (&Origin, &CookieJar),
    given: (&str, &str),
) -> Result<Added, WebError> {
    let (name, credential) = given;
    let begun = ceremony::take(state, client, jar, Purpose::AddPasskey).await?;
    let Some(begun) = begun.filter(|begun| begun.user_id == Some(user.id)) else {
        return Ok(Added::No);
    };
    let name: String = crate::domain::visible(name.trim())
        .chars()
        .take(LONGEST_NAME)
        .collect();
    let made = relying(state, host)?.finish_registration(&begun.state, credential, name);
    let passkey = match made {
        Ok(passkey) => passkey,
        Err(PasskeyError::Answer(why)) => {
            tracing::info!(user.id = %user.id, why, "passkey not registered");
            return Ok(Added::No);
        }
        Err(error) => return Err(refused(error)),
    };
    let now = state.clock.now();
    let first = factors::count(client.scope().db(), user.id).await? == 0;
    let mut tx = client.scope().db().begin().await?;
    match passkeys::insert(&mut tx, user.id, &passkey, now).await {
        Err(StoreError::Duplicate(_)) => return Ok(Added::No),
        other => other?,
    }
    let by = journal::actor(user, origin);
    journal::note(&mut tx, now, &by, user, Action::FACTOR_ADDED, "passkey");
    let added = added(&mut tx, user.id, first).await?;
    tx.commit().await?;
    Ok(added)
}

/// Begins a sign-in with a passkey.
pub async fn begin_sign_in(
    state: &AppState,
    client: &Client,
    host: &str,
) -> Result<(String, Cookie<'static>), WebError> {
    let begun = relying(state, host)?.begin_sign_in().map_err(refused)?;
    let cookie = ceremony::begin(state, client, Purpose::SignIn, None, begun.state).await?;
    Ok((begun.options, cookie))
}

/// Whose passkey a browser shows, if it is one of this client's people who may sign in.
pub async fn recognise(
    state: &AppState,
    client: &Client,
    host: &str,
    (origin, jar): (&Origin, &CookieJar),
    credential: &str,
) -> Result<Option<UserRow>, WebError> {
    let Some(begun) = ceremony::take(state, client, jar, Purpose::SignIn).await? else {
        return Ok(None);
    };
    let db = client.scope().db();
    let Ok(presented) = Presented::read(credential) else {
        return Ok(None);
    };
    let Some(row) = passkeys::find(db, presented.credential_id()).await? else {
        return Ok(None);
    };
    let Some(user) = users::find(db, row.user_id).await? else {
        return Ok(None);
    };
    let attempt = attempt(client, &user, origin, "a passkey");
    let shown = try_once(&*state.clock, attempt, async {
        let relying = relying(state, host)?;
        verify(state, client, &relying, &begun.state, (&presented, &row)).await
    });
    let is_right = shown.await?.is_ok();
    Ok((is_right && !user.disabled).then_some(user))
}

/// Whether a passkey answers what was asked; its counter moves.
async fn verify(
    state: &AppState,
    client: &Client,
    relying: &Relying,
    asked: &[u8],
    (presented, row): (&Presented, &PasskeyRow),
) -> Result<Option<()>, WebError> {
    let handle = handle_of(client, row.user_id).await?;
    let moving = match relying.finish_sign_in(asked, presented, row, &handle) {
        Ok(moving) => moving,
        Err(PasskeyError::Answer(why)) => {
            tracing::info!(user.id = %row.user_id, why, "passkey refused");
            return Ok(None);
        }
        Err(error) => return Err(refused(error)),
    };
    let mut tx = client.scope().db().begin().await?;
    passkeys::touch(&mut tx, row.id, &moving, state.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(()))
}

/// Takes every factor and recovery code from a user.
pub async fn remove_all(tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
    app_codes::delete(tx, user.0).await?;
    passkeys::delete_all_of(tx, user).await?;
    app_codes::delete_recovery_codes(tx, user.0).await
}

async fn added(tx: &mut Tx, user: UserId, first: bool) -> Result<Added, StoreError> {
    if !first {
        return Ok(Added::Another);
    }
    Ok(Added::First(totp::renew_recovery_codes(tx, user.0).await?))
}

/// The bytes under which passkeys know a user; made with the first.
async fn handle_of(client: &Client, user: UserId) -> Result<[u8; HANDLE], WebError> {
    let db = client.scope().db();
    if passkeys::find_handle(db, user).await?.is_none() {
        let mut tx = db.begin().await?;
        let made: [u8; HANDLE] = std::array::from_fn(|_| rand::random());
        passkeys::set_handle(&mut tx, user, &made).await?;
        tx.commit().await?;
    }
    let handle = passkeys::find_handle(db, user).await?;
    let handle = handle.and_then(|handle| handle.try_into().ok());
    handle.ok_or_else(|| WebError::Internal("a passkey handle cannot be read".to_owned()))
}

fn relying(state: &AppState, host: &str) -> Result<Relying, WebError> {
    Relying::of(host, state.config.https).map_err(refused)
}

fn refused(error: PasskeyError) -> WebError {
    match error {
        PasskeyError::Host(_) | PasskeyError::Answer(_) => {
            WebError::invalid("passkey", error.to_string())
        }
        PasskeyError::Stored(_) => WebError::Internal(error.to_string()),
    }
}

fn attempt<'a>(
    client: &'a Client,
    user: &UserRow,
    origin: &'a Origin,
    what: &'static str,
) -> Try<'a> {
    Try::of_nobody(client, Guess::Factor(user.id), origin, Some(user), what)
}
