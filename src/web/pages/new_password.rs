//! The step of a sign-in that replaces the password, and the rules both pages for it share.

use super::page;
use super::sign_in::bare_shell;
use super::sign_in_step::Unfinished;
use crate::domain::audit::{Action, Actor};
use crate::domain::{PasswordFault, SHORTEST_PASSWORD, SignInStep, Timestamp, check_password};
use crate::identity::journal;
use crate::identity::steps::Proof;
use crate::runtime::Client;
use crate::store::tenant::{UserRow, sessions, tokens, users};
use crate::store::{StoreError, Tx};
use crate::tenancy::credentials;
use crate::web::entry::Entry;
use crate::web::extract::{Form, Language, Origin, Portal};
use crate::web::form::Field;
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// The page of the step.
#[derive(Template)]
#[template(path = "pages/new_password.html")]
pub struct NewPasswordPage {
    pub(super) shell: Shell,
    pub(super) next: String,
    pub(super) email: String,
    pub(super) fields: NewPasswordFields,
}

/// What its form sends.
#[derive(Debug, Deserialize)]
pub struct Given {
    password: SecretString,
    again: SecretString,
    #[serde(default)]
    next: String,
}

/// The two fields of every form that sets a password.
#[derive(Debug, Clone)]
pub struct NewPasswordFields {
    pub(super) password: Field,
    pub(super) again: Field,
}

/// `GET /sign-in/new-password`
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::NewPassword)?;
    page(&NewPasswordPage::of(
        &state,
        &portal,
        &language,
        user,
        &unfinished.next,
        None,
    ))
}

/// `POST /sign-in/new-password`: the password is replaced, all other sessions end.
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    unfinished: Unfinished,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let user = unfinished.at(SignInStep::NewPassword)?;
    let Portal(client) = &portal;
    let email = &user.user.email;
    if let Some(fault) = fault_of(&given.password, &given.again, email, user).await? {
        let again = NewPasswordPage::of(&state, &portal, &language, user, &given.next, Some(fault));
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let by = journal::actor(user, &origin);
    replace(&state, client, (user, &by), &given.password, None).await?;
    let proof = if unfinished.session().second_factor {
        Proof::PasswordAndFactor
    } else {
        Proof::Password
    };
    let changed = UserRow {
        must_change_password: false,
        ..user.clone()
    };
    let entry = Entry {
        state: &state,
        client,
        origin,
        jar,
        next: &given.next,
    };
    entry.lead(&changed, proof).await
}

/// Why a new password is refused.
#[derive(Debug, Clone, Copy)]
pub(super) enum NewPasswordFault {
    Rule(PasswordFault),
    NotRepeated,
    Same,
}

/// What is wrong with a new password, if anything.
pub(super) async fn fault_of(
    password: &SecretString,
    again: &SecretString,
    email: &str,
    user: &UserRow,
) -> Result<Option<NewPasswordFault>, WebError> {
    if let Some(fault) = fault_of_choice(password, again, email) {
        return Ok(Some(fault));
    }
    let Some(former) = &user.password_hash else {
        return Ok(None);
    };
    let same = credentials::verify(password, Some(former)).await;
    let same = same.map_err(|_| WebError::TooMany { retry_after_s: 1 })?;
    Ok(same.then_some(NewPasswordFault::Same))
}

/// What is wrong with a first password, if anything.
pub(super) fn fault_of_choice(
    password: &SecretString,
    again: &SecretString,
    email: &str,
) -> Option<NewPasswordFault> {
    if let Err(fault) = check_password(password.expose_secret(), email) {
        return Some(NewPasswordFault::Rule(fault));
    }
    let repeated = password.expose_secret() == again.expose_secret();
    (!repeated).then_some(NewPasswordFault::NotRepeated)
}

/// Replaces the password; every session but `kept` and every token of the user ends.
pub(super) async fn replace(
    state: &AppState,
    client: &Client,
    (user, by): (&UserRow, &Actor),
    password: &SecretString,
    kept: Option<&[u8]>,
) -> Result<(), WebError> {
    let hash = hash(password).await?;
    let mut tx = client.scope().db().begin().await?;
    set(&mut tx, (user, by), &hash, kept, state.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// The hash of a new password; made before a transaction begins, for it takes a while.
pub(super) async fn hash(password: &SecretString) -> Result<String, WebError> {
    let hash = credentials::hash_chosen(password).await;
    hash.map_err(|error| WebError::Internal(error.to_string()))
}

/// Sets the password; every session but `kept` and every token of the user ends.
pub(super) async fn set(
    tx: &mut Tx,
    (user, by): (&UserRow, &Actor),
    hash: &str,
    kept: Option<&[u8]>,
    now: Timestamp,
) -> Result<(), StoreError> {
    users::set_password(tx, user.id, hash, false).await?;
    sessions::revoke_others_of(tx, user.id, kept.unwrap_or_default()).await?;
    tokens::revoke_all_of(tx, user.id).await?;
    let detail = "another password; signed out elsewhere";
    journal::note(tx, now, by, user, Action::CHANGED, detail);
    Ok(())
}

impl NewPasswordFields {
    /// Empty, with the fault at the field it belongs to.
    pub(super) fn of(fault: Option<NewPasswordFault>, words: Words) -> Self {
        let shortest = SHORTEST_PASSWORD.to_string();
        let hint = words.with("new-password-hint", &[("n", &shortest)]);
        let (of_first, of_second) = match fault {
            Some(NewPasswordFault::NotRepeated) => (None, Some(words.get("new-password-differs"))),
            Some(NewPasswordFault::Same) => (Some(words.get("new-password-same")), None),
            Some(NewPasswordFault::Rule(rule)) => (Some(words.get(rule_key(rule))), None),
            None => (None, None),
        };
        Self {
            password: Field::new("password", "new-password", words)
                .hint(hint)
                .fault(of_first),
            again: Field::new("again", "new-password-again", words).fault(of_second),
        }
    }
}

const fn rule_key(fault: PasswordFault) -> &'static str {
    match fault {
        PasswordFault::TooShort => "new-password-short",
        PasswordFault::TooLong => "new-password-long",
        PasswordFault::Guessable => "new-password-guessable",
    }
}

impl NewPasswordPage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        Self {
            next: "/".to_owned(),
            email: "c.morel@helianthe.example".to_owned(),
            fields: NewPasswordFields::of(Some(NewPasswordFault::Same), shell.words),
            shell,
        }
    }

    fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        user: &UserRow,
        next: &str,
        fault: Option<NewPasswordFault>,
    ) -> Self {
        let shell = bare_shell(state, portal, language, "/");
        Self {
            next: next.to_owned(),
            email: user.user.email.clone(),
            fields: NewPasswordFields::of(fault, shell.words),
            shell,
        }
    }
}
