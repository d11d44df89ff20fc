//! One client: suspend, resume, and let support in for a reason.

use super::Desk;
use super::clients::{Figures, standing};
use crate::domain::{StaffRole, SupportGrantId, TenantStatus, visible};
use crate::store::control::{TenantRow, tenants};
use crate::store::tenant::{SupportGrantRow, support_grants};
use crate::tenancy::{TenancyError, TenantScope, credentials, support};
use crate::web::condition::Mark;
use crate::web::extract::{Form, Path, host_of};
use crate::web::format;
use crate::web::pages::{Link, page};
use crate::web::shell::Shell;
use crate::web::support_line::GrantLine;
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

const GRANTS_SHOWN: i64 = 50;

/// One client, for staff.
#[derive(Template)]
#[template(path = "pages/console_client.html")]
pub struct ClientPage {
    pub(super) shell: Shell,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) facts: Vec<(String, String)>,
    pub(super) can_suspend: bool,
    pub(super) can_resume: bool,
    pub(super) can_enter: bool,
    pub(super) reason: String,
    pub(super) hours: Vec<(i64, String)>,
    pub(super) fault: Option<String>,
    /// The link to enter by, shown once.
    pub(super) entrance: Option<Link>,
    pub(super) grants: Vec<GrantLine>,
    /// Where the button that ends one leads: `<ends>/<id>/<end_verb>`.
    pub(super) ends: String,
    pub(super) end_verb: &'static str,
}

/// Why and how long somebody wants to look.
#[derive(Debug, Default, Deserialize)]
pub struct Wish {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    hours: i64,
}

/// What a page is made of.
pub(super) struct Seen {
    pub(super) row: TenantRow,
    pub(super) figures: Figures,
    pub(super) grants: Vec<SupportGrantRow>,
}

/// `GET /clients/{slug}`
pub async fn show(
    State(state): State<AppState>,
    desk: Desk,
    Path(slug): Path<String>,
) -> Result<Response, WebError> {
    let seen = look(&state, &slug).await?;
    page(&ClientPage::of(&desk, &seen, "", None, None))
}

/// `POST /clients/{slug}/suspend`
pub async fn suspend(
    State(state): State<AppState>,
    desk: Desk,
    Path(slug): Path<String>,
) -> Result<Response, WebError> {
    change(&state, &desk, &slug, TenantStatus::Suspended).await
}

/// `POST /clients/{slug}/resume`
pub async fn resume(
    State(state): State<AppState>,
    desk: Desk,
    Path(slug): Path<String>,
) -> Result<Response, WebError> {
    change(&state, &desk, &slug, TenantStatus::Active).await
}

/// `POST /clients/{slug}/support`: makes a grant and shows its link.
pub async fn support(
    State(state): State<AppState>,
    desk: Desk,
    Path(slug): Path<String>,
    parts: Parts,
    Form(wish): Form<Wish>,
) -> Result<Response, WebError> {
    let scope = scope_of(&state, &slug)?;
    let reason = wish.reason.trim();
    if let Some(fault) = fault_of(reason, &wish) {
        let seen = look(&state, &slug).await?;
        let text = desk.reader.words.get(fault);
        let body = page(&ClientPage::of(&desk, &seen, reason, Some(text), None))?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, body).into_response());
    }
    let (secret, now) = (credentials::token(), state.clock.now());
    let (directory, wanted) = (state.platform.directory(), (reason, wish.hours));
    support::grant(
        directory,
        &scope,
        (&desk.staff, &desk.actor()),
        wanted,
        &secret,
        now,
    )
    .await
    .map_err(failed)?;
    let label = desk
        .reader
        .words
        .with("support-enter", &[("client", &scope.tenant().name)]);
    let entrance = Link::new(address(&state, &parts, &slug, &secret), label);
    let seen = look(&state, &slug).await?;
    page(&ClientPage::of(&desk, &seen, "", None, Some(entrance)))
}

/// `POST /clients/{slug}/support/{id}/end`
pub async fn end_support(
    State(state): State<AppState>,
    desk: Desk,
    Path((slug, id)): Path<(String, SupportGrantId)>,
) -> Result<Response, WebError> {
    let scope = scope_of(&state, &slug)?;
    support::revoke(&scope, id, &desk.actor(), state.clock.now()).await?;
    Ok(Redirect::to(&format!("/clients/{slug}")).into_response())
}

fn fault_of(reason: &str, wish: &Wish) -> Option<&'static str> {
    let readable = visible(reason) == reason && support::REASON.contains(&reason.chars().count());
    match () {
        () if !readable => Some("support-reason-wrong"),
        () if !support::HOURS.contains(&wish.hours) => Some("support-hours-wrong"),
        () => None,
    }
}

/// Where the portal of a client is, seen from the console.
fn address(state: &AppState, parts: &Parts, slug: &str, secret: &str) -> String {
    let scheme = if state.config.https { "https" } else { "http" };
    let host = host_of(parts).unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    let colon = if port.is_empty() { "" } else { ":" };
    let base = &state.config.base_domain;
    format!("{scheme}://{slug}.{base}{colon}{port}/support/{secret}")
}

async fn change(
    state: &AppState,
    desk: &Desk,
    slug: &str,
    status: TenantStatus,
) -> Result<Response, WebError> {
    let directory = state.platform.directory();
    directory
        .set_status(slug, status, &desk.actor())
        .await
        .map_err(failed)?;
    state.platform.reconcile().await.map_err(failed)?;
    Ok(Redirect::to(&format!("/clients/{slug}")).into_response())
}

async fn look(state: &AppState, slug: &str) -> Result<Seen, WebError> {
    let control = state.platform.directory().control();
    let row = tenants::find_by_slug(control, slug).await?;
    let grants = match state.platform.directory().by_slug(slug) {
        Some(scope) => support_grants::list(scope.db(), GRANTS_SHOWN).await?,
        None => Vec::new(),
    };
    Ok(Seen {
        row: row.ok_or(WebError::NotFound)?,
        figures: Figures::of(state, slug).await,
        grants,
    })
}

fn scope_of(state: &AppState, slug: &str) -> Result<TenantScope, WebError> {
    let scope = state.platform.directory().by_slug(slug);
    scope.ok_or(WebError::NotFound)
}

fn failed(error: TenancyError) -> WebError {
    match error {
        TenancyError::Unknown(_) => WebError::NotFound,
        other => WebError::Unavailable(other.to_string()),
    }
}

impl ClientPage {
    pub(super) fn of(
        desk: &Desk,
        seen: &Seen,
        reason: &str,
        fault: Option<String>,
        entrance: Option<Link>,
    ) -> Self {
        let (words, spec, status) = (desk.reader.words, &seen.row.spec, seen.row.status);
        let (condition, state) = standing(status, &seen.figures);
        let may_change = desk.staff.staff.role == StaffRole::Admin;
        Self {
            shell: desk.shell(),
            name: spec.name.clone(),
            slug: spec.slug.clone(),
            mark: condition.mark(),
            state: words.get(state),
            facts: facts(seen, &desk.reader),
            can_suspend: may_change && status == TenantStatus::Active,
            can_resume: may_change && status == TenantStatus::Suspended,
            can_enter: seen.figures.is_served,
            reason: reason.to_owned(),
            hours: support::HOURS
                .map(|hour| (hour, hours(hour, words)))
                .collect(),
            fault,
            entrance,
            grants: seen
                .grants
                .iter()
                .map(|row| GrantLine::of(row, &desk.reader))
                .collect(),
            ends: format!("/clients/{}/support", spec.slug),
            end_verb: "end",
        }
    }
}

fn hours(n: i64, words: Words) -> String {
    words.count("support-hours-n", usize::try_from(n).unwrap_or_default())
}

fn facts(seen: &Seen, reader: &Reader) -> Vec<(String, String)> {
    let words = reader.words;
    let count = |n: Option<i64>| n.map(|n| format::number(n as f64, 0, words));
    let rate = seen.figures.per_second;
    [
        ("console-users", count(seen.figures.users)),
        ("points", count(seen.figures.points)),
        (
            "console-rate",
            rate.map(|rate| format::number(rate, 1, words)),
        ),
        ("last-error", seen.figures.error.clone()),
        ("time-zone", Some(seen.row.spec.time_zone.clone())),
    ]
    .into_iter()
    .filter_map(|(term, text)| Some((words.get(term), text?)))
    .collect()
}
