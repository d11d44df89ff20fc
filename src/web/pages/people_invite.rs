//! Inviting somebody: they are added without a password, and a link lets them choose one.

use super::forgot::words_of;
use super::page;
use super::people::{Draft, PeoplePage, note};
use super::sign_in::refused;
use crate::domain::audit::Action;
use crate::domain::{EquipmentTypeId, Grants, Role, SiteId, UserId, normal_email, visible};
use crate::identity::links::{self, Addressee, Purpose};
use crate::store::tenant::{User, UserRow, grants, users};
use crate::store::{StoreError, Tx};
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Path, Visit};
use crate::web::mails::{self, Matter};
use crate::web::model::Model;
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

const LONGEST_NAME: usize = 80;

/// What the form sends.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Given {
    name: String,
    email: String,
    role: Role,
    #[serde(default)]
    site: Vec<SiteId>,
    #[serde(default, rename = "type")]
    kind: Vec<EquipmentTypeId>,
}

/// `POST /admin/people`
pub async fn submit(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    mails::Origin(base): mails::Origin,
    Form(given): Form<Given>,
) -> Result<Response, WebError> {
    let mut draft = given.draft();
    let user = match draft.check(&visit.model) {
        Ok(user) => user,
        Err(fault) => {
            draft.fault = Some(fault);
            return again_with(&visit, &account, draft).await;
        }
    };
    let now = state.clock.now();
    let mut tx = visit.client.scope().db().begin().await?;
    let id = match users::insert(&mut tx, &user, now).await {
        Err(StoreError::Duplicate(_)) => {
            tx.rollback().await?;
            draft.fault = Some(("email", "people-known"));
            return again_with(&visit, &account, draft).await;
        }
        made => made?,
    };
    grants::replace(&mut tx, id, &draft.grants).await?;
    let row = UserRow::fresh(id, user, now);
    note(
        &mut tx,
        &state,
        &account,
        &row,
        Action::INVITED,
        row.user.role.as_str(),
    );
    let link = send_link(&state, &visit, &mut tx, &row, &base).await?;
    tx.commit().await?;
    told(&state, &visit, &account, link).await
}

/// `POST /admin/people/{id}/invite`: another link for somebody who did not come yet.
pub async fn again(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Path(id): Path<UserId>,
    mails::Origin(base): mails::Origin,
) -> Result<Response, WebError> {
    let db = visit.client.scope().db();
    let user = users::find(db, id).await?.ok_or(WebError::NotFound)?;
    if user.password_hash.is_some() || user.disabled {
        return Err(WebError::Forbidden("invite somebody who came already"));
    }
    let mut tx = db.begin().await?;
    let link = send_link(&state, &visit, &mut tx, &user, &base).await?;
    note(&mut tx, &state, &account, &user, Action::INVITED, "again");
    tx.commit().await?;
    told(&state, &visit, &account, link).await
}

/// Mails a link; gives it where no mail is sent.
async fn send_link(
    state: &AppState,
    visit: &Visit,
    tx: &mut Tx,
    user: &UserRow,
    base: &str,
) -> Result<Option<String>, WebError> {
    let (client, now) = (&visit.client, state.clock.now());
    let to = Addressee {
        user: Some(user.id),
        email: &user.user.email,
        name: &user.user.name,
        role: None,
    };
    let token = links::make(tx, Purpose::Invite, &to, now).await?;
    let link = format!("{base}/sign-in/welcome?token={token}");
    let words = words_of(user, visit.visitor.words());
    let name = &client.tenant().name;
    let letter = mails::letter(Matter::Invite, words, name, to.email, link.clone())?;
    let mailed = mails::post(state, client, tx, &letter, now).await?;
    Ok((!mailed).then_some(link))
}

/// Says that the mail is on its way, or shows the link to hand over, once.
async fn told(
    state: &AppState,
    visit: &Visit,
    account: &Account,
    link: Option<String>,
) -> Result<Response, WebError> {
    let Some(link) = link else {
        if let Some(postman) = &state.postman {
            postman.nudge();
        }
        return Ok(Redirect::to("/admin/people?done=invited").into_response());
    };
    let people = users::list(visit.client.scope().db()).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    page(&PeoplePage {
        link: Some(link),
        ..PeoplePage::of(
            visitor,
            &present,
            &people,
            account.user.id,
            Draft::default(),
        )
    })
}

async fn again_with(visit: &Visit, account: &Account, draft: Draft) -> Result<Response, WebError> {
    let people = users::list(visit.client.scope().db()).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    let again = PeoplePage::of(visitor, &present, &people, account.user.id, draft);
    Ok(refused(Refusal::Wrong, page(&again)?))
}

impl Given {
    fn draft(self) -> Draft {
        Draft {
            name: self.name,
            email: self.email,
            role: self.role,
            grants: Grants {
                sites: self.site,
                types: self.kind,
            },
            fault: None,
        }
    }
}

impl Draft {
    /// The user it asks for, or the field that is wrong. What is granted must be there.
    fn check(&self, model: &Model) -> Result<User, (&'static str, &'static str)> {
        let name = self.name.trim();
        if name.is_empty() || visible(name) != name || name.chars().count() > LONGEST_NAME {
            return Err(("name", "me-name-missing"));
        }
        let email = normal_email(self.email.trim()).ok_or(("email", "email-wrong"))?;
        let sites = self.grants.sites.iter().all(|id| model.site(*id).is_some());
        let types = &self.grants.types;
        let types = types
            .iter()
            .all(|id| model.types.iter().any(|row| row.id == *id));
        if !(sites && types) {
            return Err(("role", "me-choice-unknown"));
        }
        Ok(User {
            email,
            name: name.to_owned(),
            role: self.role,
        })
    }
}
