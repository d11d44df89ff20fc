//! Changing one's own password: the present one is asked for, all other sessions end.

use super::{Done, Part, Tab, tabs};
use crate::store::tenant::UserRow;
use crate::web::door::{self, Refusal};
use crate::web::extract::{Account, Form, Origin, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::pages::new_password::{NewPasswordFault, NewPasswordFields, fault_of, replace};
use crate::web::pages::page;
use crate::web::pages::sign_in::refused;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::SecretString;
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/me_password.html")]
pub struct PasswordPage {
    shell: Shell,
    tabs: Vec<Tab>,
    done: Option<String>,
    /// None for somebody who has no password yet: they come through another provider.
    current: Option<Field>,
    fields: NewPasswordFields,
}

/// What its form sends.
#[derive(Debug, Deserialize)]
pub struct Given {
    #[serde(default)]
    current: SecretString,
    password: SecretString,
    again: SecretString,
}

/// `GET /me/password`
pub async fn show(
    visit: Visit,
    account: Account,
    Query(done): Query<Done>,
) -> Result<Response, WebError> {
    let done = done.text(&["password"], visit.visitor.words());
    page(&PasswordPage {
        done,
        ..PasswordPage::of(&visit.visitor, &visit.present(), &account.user, None, None)
    })
}

/// `POST /me/password`
pub async fn submit(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    origin: Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let (client, user) = (&account.client, &account.user);
    if user.password_hash.is_some() {
        let confirmed = door::confirm(&state, client, user, &given.current, &origin).await?;
        if let Err(refusal) = confirmed {
            let again = PasswordPage::of(
                &visit.visitor,
                &visit.present(),
                &account.user,
                Some(refusal),
                None,
            );
            return Ok(refused(refusal, page(&again)?));
        }
    }
    let email = &user.user.email;
    if let Some(fault) = fault_of(&given.password, &given.again, email, user).await? {
        let again = PasswordPage::of(
            &visit.visitor,
            &visit.present(),
            &account.user,
            None,
            Some(fault),
        );
        return Ok(refused(Refusal::Wrong, page(&again)?));
    }
    let own = account.session.as_ref().map(<[u8; 32]>::as_slice);
    replace(&state, client, (user, &account.actor), &given.password, own).await?;
    Ok(Redirect::to("/me/password?done=password").into_response())
}

impl PasswordPage {
    #[cfg(test)]
    pub(in crate::web::pages) fn sample(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
    ) -> Self {
        Self::of(
            visitor,
            present,
            user,
            Some(Refusal::Wrong),
            Some(NewPasswordFault::NotRepeated),
        )
    }

    fn of(
        visitor: &Visitor,
        present: &Present,
        user: &UserRow,
        refusal: Option<Refusal>,
        fault: Option<NewPasswordFault>,
    ) -> Self {
        let words = visitor.words();
        let wrong = refusal.map(|refusal| refusal.text("me-password-wrong", words));
        let current = Field::new("current", "me-password-current", words).fault(wrong);
        let has_one = user.password_hash.is_some();
        Self {
            shell: Shell::of(visitor, Section::Elsewhere, present),
            tabs: tabs(Part::Password, words),
            done: None,
            current: has_one.then_some(current),
            fields: NewPasswordFields::of(fault, words),
        }
    }
}
