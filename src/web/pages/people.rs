//! The people of a client: who they are, how they come in, who was invited.

use super::me::Done;
use super::page;
use crate::domain::{Role, UserId};
use crate::store::tenant::{EquipmentTypeRow, SiteRow, UserRow, users};
use crate::web::extract::{Account, Path, Query, Visit, Visitor};
use crate::web::form::Field;
use crate::web::format;
use crate::web::people::{Fault, Invitation, PeopleDesk};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::label;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// The page.
#[derive(Template)]
#[template(path = "pages/people.html")]
pub struct PeoplePage {
    pub(super) shell: Shell,
    pub(super) done: Option<String>,
    /// A link to hand over, where no mail is sent.
    pub(super) link: Option<String>,
    pub(super) lines: Vec<Line>,
    pub(super) name: Field,
    pub(super) email: Field,
    pub(super) role: Field,
    pub(super) sites: Field,
    pub(super) types: Field,
}

/// One person.
pub struct Line {
    id: UserId,
    name: String,
    email: String,
    role: String,
    state: String,
    since: String,
    is_self: bool,
    waits: bool,
    disabled: bool,
}

/// What was typed into the form of an invitation.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    pub(super) invitation: Invitation,
    pub(super) fault: Option<Fault>,
}

/// What the address may carry: what was just done, whom somebody just changed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    #[serde(flatten)]
    done: Done,
    saved: String,
}

impl Asked {
    fn told(&self, words: Words) -> Option<String> {
        if !self.saved.is_empty() {
            return Some(words.with("settings-saved", &[("name", &self.saved)]));
        }
        let known = [
            "invited",
            "disabled",
            "enabled",
            "factors-removed",
            "removed",
        ];
        self.done.text(&known, words)
    }
}

/// `GET /admin/people`
pub async fn show(
    visit: Visit,
    account: Account,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let done = asked.told(visit.visitor.words());
    let people = users::list(visit.client.scope().db()).await?;
    page(&PeoplePage {
        done,
        ..PeoplePage::of(
            &visit.visitor,
            &visit.present(),
            &people,
            account.user.id,
            Draft::default(),
        )
    })
}

/// `POST /admin/people/{id}/disable`: sign-in is refused, all sessions end.
pub async fn disable(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let desk = desk(&state, &account, visit.visitor.words(), "");
    desk.set_disabled(id, true).await?;
    Ok(Redirect::to("/admin/people?done=disabled").into_response())
}

/// `POST /admin/people/{id}/enable`
pub async fn enable(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let desk = desk(&state, &account, visit.visitor.words(), "");
    desk.set_disabled(id, false).await?;
    Ok(Redirect::to("/admin/people?done=enabled").into_response())
}

/// `POST /admin/people/{id}/factors`: for somebody who lost theirs; all their sessions end.
pub async fn remove_factors(
    State(state): State<AppState>,
    visit: Visit,
    account: Account,
    Path(id): Path<UserId>,
) -> Result<Response, WebError> {
    let desk = desk(&state, &account, visit.visitor.words(), "");
    desk.remove_factors(id).await?;
    Ok(Redirect::to("/admin/people?done=factors-removed").into_response())
}

/// Where the signed-in administrator looks after people.
pub(super) fn desk<'a>(
    state: &'a AppState,
    account: &'a Account,
    words: Words,
    base: &'a str,
) -> PeopleDesk<'a> {
    PeopleDesk {
        state,
        client: &account.client,
        actor: &account.actor,
        words,
        base,
    }
}

impl PeoplePage {
    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let one = super::sample_people::person();
        let invited = UserRow {
            id: UserId(2),
            password_hash: None,
            ..one.clone()
        };
        let draft = Draft {
            invitation: Invitation {
                email: "ada".to_owned(),
                ..Invitation::default()
            },
            fault: Some(("email", "email-wrong")),
        };
        Self {
            link: Some("http://acme.localhost/sign-in/welcome?token=x".to_owned()),
            ..Self::of(visitor, present, &[one, invited], UserId(1), draft)
        }
    }

    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        people: &[UserRow],
        own: UserId,
        draft: Draft,
    ) -> Self {
        let words = visitor.words();
        let fault_of = |name: &str| {
            let (_, key) = draft.fault.filter(|(field, _)| *field == name)?;
            Some(words.get(key))
        };
        let model = &present.model;
        let given = &draft.invitation;
        let (sites, types) = (&given.grants.sites, &given.grants.types);
        let sites: Vec<_> = sites.iter().map(ToString::to_string).collect();
        let types: Vec<_> = types.iter().map(ToString::to_string).collect();
        let site = |row: &SiteRow| (row.id.to_string(), model.site_label(row));
        let kind = |row: &EquipmentTypeRow| {
            let kind = &row.equipment_type;
            let name = label(&kind.name, kind.name_fr.as_deref(), visitor.locale());
            (row.id.to_string(), name)
        };
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            done: None,
            link: None,
            lines: people
                .iter()
                .map(|row| Line::of(row, own, visitor))
                .collect(),
            name: Field::new("name", "name", words)
                .value(&given.name)
                .fault(fault_of("name")),
            email: Field::new("email", "sign-in-email", words)
                .value(&given.email)
                .fault(fault_of("email")),
            role: Field::new("role", "role", words)
                .value(given.role.as_str())
                .fault(fault_of("role"))
                .choices(Role::ALL.map(|role| (role.to_string(), role_name(role, words)))),
            sites: Field::new("site", "people-sites", words)
                .hint(words.get("people-grants-hint"))
                .several(model.sites.iter().map(site), &sites),
            types: Field::new("type", "people-types", words)
                .several(model.types.iter().map(kind), &types),
        }
    }
}

/// What a role is called.
pub(super) fn role_name(role: Role, words: Words) -> String {
    words.get(&format!("role-{role}"))
}

/// Whether somebody was invited and did not come yet.
fn waits(row: &UserRow) -> bool {
    row.password_hash.is_none() && row.email_verified_at.is_none()
}

/// Whether somebody may come in, and whether they did.
pub(super) fn state_of(row: &UserRow, words: Words) -> String {
    words.get(match (row.disabled, waits(row), row.email_verified_at) {
        (true, ..) => "people-disabled",
        (_, true, _) => "people-waits",
        (_, _, Some(_)) => "people-verified",
        _ => "people-active",
    })
}

impl Line {
    fn of(row: &UserRow, own: UserId, visitor: &Visitor) -> Self {
        let (words, reader) = (visitor.words(), &visitor.reader);
        Self {
            id: row.id,
            name: row.user.name.clone(),
            email: row.user.email.clone(),
            role: role_name(row.user.role, words),
            state: state_of(row, words),
            since: format::moment(row.created_at, reader.now, &reader.zone, words),
            is_self: row.id == own,
            waits: waits(row),
            disabled: row.disabled,
        }
    }
}
