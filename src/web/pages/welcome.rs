//! Coming in for the first time, by an invitation or after registering: a name and a password.

use super::link::{Token, over, unreferred};
use super::new_password::{NewPasswordFault, NewPasswordFields, fault_of_choice, hash, set};
use super::page;
use super::sign_in::bare_shell;
use crate::domain::audit::Action;
use crate::domain::{Role, Timestamp, visible};
use crate::identity::journal;
use crate::identity::links::{self, Purpose};
use crate::identity::steps::Proof;
use crate::runtime::Client;
use crate::store::tenant::{LinkRow, Profile, User, UserRow, users};
use crate::store::{StoreError, Tx};
use crate::web::entry::Entry;
use crate::web::extract::{Form, Language, Origin, Portal, Query};
use crate::web::form::Field;
use crate::web::people::keep_user_quota;
use crate::web::shell::Shell;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use secrecy::SecretString;
use serde::Deserialize;

const LONGEST_NAME: usize = 80;

/// The page.
#[derive(Template)]
#[template(path = "pages/welcome.html")]
pub struct WelcomePage {
    pub(super) shell: Shell,
    pub(super) token: String,
    pub(super) email: String,
    pub(super) name: Field,
    pub(super) fields: NewPasswordFields,
}

/// What its form sends.
#[derive(Deserialize)]
pub struct Given {
    token: String,
    name: String,
    password: SecretString,
    again: SecretString,
}

/// A link that lets somebody in for the first time.
struct Invitation {
    link: LinkRow,
    /// Who was invited; none for somebody who registers.
    user: Option<UserRow>,
}

/// `GET /sign-in/welcome`: the form; nothing is used up.
pub async fn show(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    Query(Token { token }): Query<Token>,
) -> Result<Response, WebError> {
    let Some(invitation) = Invitation::find(&state, &portal.0, &token).await? else {
        return over(&state, &portal, &language);
    };
    let form = WelcomePage::of(&state, &portal, &language, token, &invitation);
    Ok(unreferred(page(&form)?))
}

/// `POST /sign-in/welcome`: the user has a password and is in.
pub async fn submit(
    State(state): State<AppState>,
    portal: Portal,
    language: Language,
    origin: Origin,
    jar: CookieJar,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let Portal(client) = &portal;
    let Some(invitation) = Invitation::find(&state, client, &given.token).await? else {
        return over(&state, &portal, &language);
    };
    let email = &invitation.link.spec.email;
    let fault = fault_of_choice(&given.password, &given.again, email);
    let name = given.name.trim();
    let bad_name = name.is_empty() || visible(name) != name || name.chars().count() > LONGEST_NAME;
    if fault.is_some() || bad_name {
        let again = WelcomePage::of(&state, &portal, &language, given.token, &invitation)
            .with_faults(given.name, bad_name, fault);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&again)?).into_response());
    }
    let hash = hash(&given.password).await?;
    let now = state.clock.now();
    let mut tx = client.scope().db().begin().await?;
    if !links::use_up(&mut tx, &given.token).await? {
        return over(&state, &portal, &language);
    }
    let Some(user) = invitation.accept(&mut tx, name, &origin, now).await? else {
        return over(&state, &portal, &language);
    };
    if invitation.user.is_none() {
        keep_user_quota(&mut tx, client).await?;
    }
    let by = journal::actor(&user, &origin);
    set(&mut tx, (&user, &by), &hash, None, now).await?;
    tx.commit().await?;
    let entry = Entry {
        state: &state,
        client,
        origin,
        jar,
        next: "/",
    };
    entry.lead(&user, Proof::Password).await
}

impl Invitation {
    /// The invitation behind a token, unless it ended or its user was disabled or has another address by now.
    async fn find(
        state: &AppState,
        client: &Client,
        token: &str,
    ) -> Result<Option<Self>, WebError> {
        let db = client.scope().db();
        let purposes = [Purpose::Invite, Purpose::Register];
        let found = links::find(db, &purposes, token, state.clock.now()).await?;
        let Some(link) = found else { return Ok(None) };
        let user = links::owner(db, &link).await?;
        let registers = link.spec.user_id.is_none();
        Ok((registers || user.is_some()).then_some(Self { link, user }))
    }

    /// The user as they are from now on; none when somebody else took the address meanwhile.
    async fn accept(
        &self,
        tx: &mut Tx,
        name: &str,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<UserRow>, StoreError> {
        let user = match &self.user {
            Some(user) => user.clone(),
            None => match self.register(tx, origin, now).await? {
                Some(user) => user,
                None => return Ok(None),
            },
        };
        let profile = Profile {
            name: name.to_owned(),
            locale: user.locale.clone(),
            theme: user.theme.clone(),
            time_zone: user.time_zone.clone(),
            number_format: user.number_format.clone(),
            date_format: user.date_format.clone(),
        };
        users::set_profile(tx, user.id, &profile).await?;
        users::set_verified(tx, user.id, now).await?;
        Ok(Some(UserRow {
            must_change_password: false,
            ..user
        }))
    }

    async fn register(
        &self,
        tx: &mut Tx,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<Option<UserRow>, StoreError> {
        let user = User {
            email: self.link.spec.email.clone(),
            name: self.link.spec.name.clone(),
            role: self.link.spec.role.unwrap_or(Role::Viewer),
        };
        match users::insert(tx, &user, now).await {
            Ok(id) => {
                let made = UserRow::fresh(id, user, now);
                let (by, role) = (journal::actor(&made, origin), made.user.role.as_str());
                journal::note(tx, now, &by, &made, Action::REGISTERED, role);
                Ok(Some(made))
            }
            Err(StoreError::Duplicate(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl WelcomePage {
    #[cfg(test)]
    pub(super) fn sample(shell: Shell) -> Self {
        let words = shell.words;
        Self {
            token: "x".to_owned(),
            email: "c.morel@helianthe.example".to_owned(),
            name: Field::new("name", "welcome-name", words).value("C. Morel"),
            fields: NewPasswordFields::of(Some(NewPasswordFault::NotRepeated), words),
            shell,
        }
    }

    fn of(
        state: &AppState,
        portal: &Portal,
        language: &Language,
        token: String,
        invitation: &Invitation,
    ) -> Self {
        let shell = bare_shell(state, portal, language, "/");
        let spec = &invitation.link.spec;
        let name = invitation.user.as_ref().map(|user| user.user.name.as_str());
        Self {
            token,
            email: spec.email.clone(),
            name: Field::new("name", "welcome-name", shell.words).value(name.unwrap_or(&spec.name)),
            fields: NewPasswordFields::of(None, shell.words),
            shell,
        }
    }

    fn with_faults(self, name: String, bad_name: bool, fault: Option<NewPasswordFault>) -> Self {
        let words = self.shell.words;
        let of_name = bad_name.then(|| words.get("me-name-missing"));
        Self {
            name: self.name.value(name).fault(of_name),
            fields: NewPasswordFields::of(fault, words),
            ..self
        }
    }
}
