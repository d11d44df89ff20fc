//! What administrators decide about people beside what is kept of them: invited, let in without their
//! second factors, forgotten.

use super::desk::Desk;
use super::json_body::JsonBody;
use crate::domain::{EquipmentTypeId, Grants, Role, SiteId, UserId};
use crate::tenancy::Reason;
use crate::web::extract::Path;
use crate::web::format::Locale;
use crate::web::people::{Invitation, Invited, PeopleDesk};
use crate::web::words::Words;
use crate::web::{WebError, mails};
use axum::Json;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody who is to come in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationWish {
    /// 1 to 80 characters.
    #[schema(min_length = 1, max_length = 80)]
    name: String,
    /// Where the link goes.
    #[schema(format = "email", example = "ada@acme.example")]
    email: String,
    /// `admin`, `operator`, `member` or `viewer`; a key invites no `admin`.
    #[serde(default)]
    #[schema(value_type = String)]
    role: Role,
    /// Sites they see, with all inside them; none means that sites do not narrow.
    #[serde(default)]
    #[schema(value_type = Vec<i64>)]
    sites: Vec<SiteId>,
    /// Types of equipment they see; none means that types do not narrow.
    #[serde(default)]
    #[schema(value_type = Vec<i64>)]
    types: Vec<EquipmentTypeId>,
}

/// Who was invited.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitedOut {
    /// The user, who has no password yet.
    #[schema(value_type = i64)]
    id: UserId,
    /// The link to hand over, once; absent where it was mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// Invites somebody: a user without a password, and a link that lets them choose one.
#[utoipa::path(
    post, path = "/invitations", tag = "users", request_body = InvitationWish,
    responses((status = 201, description = "Invited", body = InvitedOut, headers(("Location" = String))))
)]
pub async fn invite(
    desk: Desk,
    mails::Origin(base): mails::Origin,
    body: JsonBody,
) -> Result<impl IntoResponse, WebError> {
    let wish: InvitationWish = body.read()?;
    let invitation = Invitation {
        name: wish.name,
        email: wish.email,
        role: wish.role,
        grants: Grants {
            sites: wish.sites,
            types: wish.types,
        },
    };
    let user = invitation.check(&desk.model).map_err(in_words)?;
    let people = people(&desk, &base);
    let made = people.invite(user, &invitation.grants).await?;
    let made = made.map_err(in_words)?;
    let at = format!("/api/v1/users/{}", made.id);
    Ok((StatusCode::CREATED, [(LOCATION, at)], InvitedOut::of(made)))
}

/// Another link for somebody who did not come yet.
#[utoipa::path(
    post, path = "/users/{id}/invitation", tag = "users", params(("id" = i64, Path)),
    responses((status = 200, description = "Invited again", body = InvitedOut))
)]
pub async fn invite_again(
    desk: Desk,
    mails::Origin(base): mails::Origin,
    Path(id): Path<UserId>,
) -> Result<Json<InvitedOut>, WebError> {
    let made = people(&desk, &base).invite_again(id).await?;
    Ok(InvitedOut::of(made))
}

/// Takes all second factors of somebody who lost theirs; all their sessions end.
#[utoipa::path(
    delete, path = "/users/{id}/factors", tag = "users", params(("id" = i64, Path)),
    responses((status = 204, description = "Gone; where their role needs one, they set one up at the next sign-in"))
)]
pub async fn remove_factors(desk: Desk, Path(id): Path<UserId>) -> Result<StatusCode, WebError> {
    people(&desk, "").remove_factors(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Forgets somebody for good: the account, and everything the log tells of them.
#[utoipa::path(
    delete, path = "/users/{id}/data", tag = "users", params(("id" = i64, Path)),
    responses((status = 204, description = "Forgotten"))
)]
pub async fn forget(desk: Desk, Path(id): Path<UserId>) -> Result<StatusCode, WebError> {
    people(&desk, "").forget(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn people<'a>(desk: &'a Desk, base: &'a str) -> PeopleDesk<'a> {
    let client = &desk.caller.client;
    let locale = Locale::of_tag(&client.tenant().locale);
    PeopleDesk {
        state: &desk.state,
        client,
        actor: desk.actor(),
        words: Words::of(locale.unwrap_or(Locale::English)),
        base,
    }
}

/// A message of a form, for a program.
pub(super) fn in_words((field, message): (&'static str, &'static str)) -> WebError {
    let detail = Words::of(Locale::English).get(message);
    WebError::fault(format!("/{field}"), Reason::Shape { detail })
}

impl InvitedOut {
    fn of(made: Invited) -> Json<Self> {
        Json(Self {
            id: made.id,
            link: made.link,
        })
    }
}
