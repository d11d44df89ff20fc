//! Support that looks at this client: the link they enter by, and the list by which the
//! client sees and ends it.

use super::page;
use crate::domain::{SupportGrantId, Timestamp};
use crate::store::tenant::{SupportGrantRow, support_grants};
use crate::tenancy::credentials::{self, sha256};
use crate::tenancy::support;
use crate::web::arrival::Arrival;
use crate::web::extract::{Language, Origin, Path, Portal, Visit, Visitor, zone};
use crate::web::format;
use crate::web::present::Present;
use crate::web::session::HostCookie;
use crate::web::shell::{Section, Shell};
use crate::web::support_line::GrantLine;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;

const SHOWN: i64 = 100;

/// The door for support: what they are about to enter, and a button. A link that is only
/// looked at, by a mail program for one, is not used up.
#[derive(Template)]
#[template(path = "pages/support_enter.html")]
pub struct SupportEnterPage {
    pub(super) shell: Shell,
    pub(super) token: String,
    pub(super) text: String,
    pub(super) reason: String,
}

/// Who may look, who could, and the way to end it.
#[derive(Template)]
#[template(path = "pages/support.html")]
pub struct SupportPage {
    pub(super) shell: Shell,
    pub(super) grants: Vec<GrantLine>,
    /// Where the button that ends one leads: `<ends>/<id>/<end_verb>`.
    pub(super) ends: String,
    pub(super) end_verb: &'static str,
}

/// `GET /support/{token}`
pub async fn show(
    State(state): State<AppState>,
    Portal(client): Portal,
    language: Language,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let now = state.clock.now();
    let found = support_grants::find_unused(client.scope().db(), &sha256(&token), now).await?;
    let row = found.ok_or(WebError::NotFound)?;
    let tenant = client.tenant();
    let words = Words::of(language.resolve(None, &tenant.locale));
    let shell = Shell::bare(words, language.theme, &tenant.name, "/", now);
    page(&SupportEnterPage::of(
        shell,
        token,
        &row,
        &tenant.time_zone,
        now,
    ))
}

/// `POST /support/{token}`: uses the link; a cookie stands for the grant from now on.
pub async fn enter(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    jar: CookieJar,
    Path(token): Path<String>,
) -> Result<Response, WebError> {
    let (cookie, now) = (credentials::token(), state.clock.now());
    let entered = support::enter(client.scope(), &token, &cookie, &origin, now).await?;
    let row = entered.ok_or(WebError::NotFound)?;
    let (lifetime, https) = (row.grant.expires_at.since(now), state.config.https);
    let cookie = HostCookie::Support.carrying(cookie, lifetime, https);
    Ok((jar.add(cookie), Redirect::to("/")).into_response())
}

/// `POST /support/leave`: support ends its own visit.
pub async fn leave(
    State(state): State<AppState>,
    Portal(client): Portal,
    origin: Origin,
    jar: CookieJar,
) -> Result<Response, WebError> {
    let (https, now) = (state.config.https, state.clock.now());
    if let Some(cookie) = jar.get(HostCookie::Support.name(https)) {
        let hash = sha256(cookie.value());
        let found = support_grants::find_entered(client.scope().db(), &hash, now).await?;
        if let Some(row) = found {
            let actor =
                support::actor(row.grant.staff_id, &row.grant.staff_name).from_where(&origin);
            support::revoke(client.scope(), row.id, &actor, now).await?;
        }
    }
    let jar = jar.add(HostCookie::Support.removal(https));
    Ok((jar, Redirect::to("/sign-in")).into_response())
}

/// `GET /admin/support`
pub async fn list(visit: Visit) -> Result<Response, WebError> {
    let rows = support_grants::list(visit.client.scope().db(), SHOWN).await?;
    page(&SupportPage::of(&visit.visitor, &visit.present(), &rows))
}

/// `POST /admin/support/{id}/revoke`: sends support away.
pub async fn revoke(
    State(state): State<AppState>,
    arrival: Arrival,
    origin: Origin,
    Path(id): Path<SupportGrantId>,
) -> Result<Response, WebError> {
    let actor = origin.actor(&arrival.identity);
    let known = support::revoke(arrival.client.scope(), id, &actor, state.clock.now()).await?;
    if !known {
        return Err(WebError::NotFound);
    }
    Ok(Redirect::to("/admin/support").into_response())
}

impl SupportEnterPage {
    pub(super) fn of(
        shell: Shell,
        token: String,
        row: &SupportGrantRow,
        zone_name: &str,
        now: Timestamp,
    ) -> Self {
        let until = format::moment(row.grant.expires_at, now, &zone(zone_name), shell.words);
        let facts = [("name", row.grant.staff_name.as_str()), ("until", &until)];
        Self {
            text: shell.words.with("support-enter-text", &facts),
            reason: row.grant.reason.clone(),
            token,
            shell,
        }
    }
}

impl SupportPage {
    pub(super) fn of(visitor: &Visitor, present: &Present, rows: &[SupportGrantRow]) -> Self {
        let line = |row| GrantLine::of(row, &visitor.reader);
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            grants: rows.iter().map(line).collect(),
            ends: "/admin/support".to_owned(),
            end_verb: "revoke",
        }
    }
}

#[cfg(test)]
mod samples {
    use super::*;
    use crate::domain::StaffId;
    use crate::store::tenant::SupportGrant;

    impl SupportPage {
        /// Somebody looks right now.
        pub(in crate::web::pages) fn sample(visitor: &Visitor, present: &Present) -> Self {
            Self::of(visitor, present, &[sample_grant(visitor.reader.now)])
        }
    }

    impl SupportEnterPage {
        /// Somebody is about to enter.
        pub(in crate::web::pages) fn sample(shell: Shell) -> Self {
            let now = Timestamp::from_seconds(1_795_181_520);
            let row = sample_grant(now);
            Self::of(shell, "token".to_owned(), &row, "Europe/Paris", now)
        }
    }

    fn sample_grant(now: Timestamp) -> SupportGrantRow {
        SupportGrantRow {
            id: SupportGrantId(1),
            grant: SupportGrant {
                staff_id: StaffId(1),
                staff_name: "S. Platform".to_owned(),
                staff_email: "s@platform.example".to_owned(),
                reason: "Values of <Nantes> are late".to_owned(),
                expires_at: now.plus(Timestamp::HOUR),
            },
            created_at: now,
            entered_at: Some(now),
            revoked_at: None,
            revoked_by: None,
        }
    }
}
