//! Inviting somebody: they are added without a password, and a link lets them choose one.

use super::page;
use super::people::{Draft, PeoplePage, desk};
use super::sign_in::refused;
use crate::domain::{EquipmentTypeId, Grants, Role, SiteId, UserId};
use crate::store::tenant::users;
use crate::web::door::Refusal;
use crate::web::extract::{Account, Form, Path, Visit};
use crate::web::mails;
use crate::web::people::{Fault, Invitation};
use crate::web::{AppState, WebError};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

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
    let invitation = given.invitation();
    let user = match invitation.check(&visit.model) {
        Ok(user) => user,
        Err(fault) => return again_with(&visit, &account, invitation, fault).await,
    };
    let words = visit.visitor.words();
    let desk = desk(&state, &account, words, &base);
    match desk.invite(user, &invitation.grants).await? {
        Ok(invited) => told(&visit, &account, invited.link).await,
        Err(fault) => again_with(&visit, &account, invitation, fault).await,
    }
}

/// `POST /admin/people/{id}/invite`: another link for somebody who did not come yet.
pub async fn again(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Path(id): Path<UserId>,
    mails::Origin(base): mails::Origin,
) -> Result<Response, WebError> {
    let words = visit.visitor.words();
    let invited = desk(&state, &account, words, &base)
        .invite_again(id)
        .await?;
    told(&visit, &account, invited.link).await
}

/// Says that the mail is on its way, or shows the link to hand over, once.
async fn told(
    visit: &Visit,
    account: &Account,
    link: Option<String>,
) -> Result<Response, WebError> {
    if link.is_none() {
        return Ok(Redirect::to("/admin/people?done=invited").into_response());
    }
    let people = users::list(visit.client.scope().db()).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    let own = account.user.id;
    page(&PeoplePage {
        link,
        ..PeoplePage::of(visitor, &present, &people, own, Draft::default())
    })
}

async fn again_with(
    visit: &Visit,
    account: &Account,
    invitation: Invitation,
    fault: Fault,
) -> Result<Response, WebError> {
    let draft = Draft {
        invitation,
        fault: Some(fault),
    };
    let people = users::list(visit.client.scope().db()).await?;
    let (visitor, present) = (&visit.visitor, visit.present());
    let again = PeoplePage::of(visitor, &present, &people, account.user.id, draft);
    Ok(refused(Refusal::Wrong, page(&again)?))
}

impl Given {
    fn invitation(self) -> Invitation {
        Invitation {
            name: self.name,
            email: self.email,
            role: self.role,
            grants: Grants {
                sites: self.site,
                types: self.kind,
            },
        }
    }
}
