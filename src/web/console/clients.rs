//! All clients of the platform: how each stands, how large it is, how fast it goes.

use super::Desk;
use crate::domain::TenantStatus;
use crate::runtime::{Client, Portal};
use crate::store::control::TenantRow;
use crate::store::tenant::{points, users};
use crate::store::{Db, StoreError};
use crate::web::condition::{Condition, Mark};
use crate::web::format;
use crate::web::pages::page;
use crate::web::shell::Shell;
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

/// The list of clients.
#[derive(Template)]
#[template(path = "pages/console_clients.html")]
pub struct ClientsPage {
    pub(super) shell: Shell,
    pub(super) situation: String,
    pub(super) clients: Vec<ClientLine>,
}

/// One client.
pub struct ClientLine {
    pub(super) href: String,
    pub(super) name: String,
    pub(super) slug: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) abnormal: bool,
    pub(super) users: String,
    pub(super) points: String,
    pub(super) rate: String,
    pub(super) last_error: String,
}

/// What is known of a client without looking at what it measures.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) users: Option<i64>,
    pub(super) points: Option<i64>,
    pub(super) per_second: Option<f64>,
    pub(super) error: Option<String>,
    pub(super) is_served: bool,
}

/// `GET /`
pub async fn show(State(state): State<AppState>, desk: Desk) -> Result<Response, WebError> {
    let rows = state.platform.directory().list().await;
    let rows = rows.map_err(|error| WebError::Unavailable(error.to_string()))?;
    let mut clients = Vec::with_capacity(rows.len());
    for row in &rows {
        let figures = Figures::of(&state, &row.spec.slug).await;
        clients.push(ClientLine::of(row, &figures, desk.reader.words));
    }
    page(&ClientsPage::of(&desk, clients))
}

impl ClientsPage {
    pub(super) fn of(desk: &Desk, clients: Vec<ClientLine>) -> Self {
        let down = clients.iter().filter(|line| line.abnormal).count();
        let words = desk.reader.words;
        let all = format::number(clients.len() as f64, 0, words);
        Self {
            shell: desk.shell(),
            situation: match down {
                0 => words.count("console-all-well", clients.len()),
                n => words.count_with("console-to-look-at", n, &[("all", &all)]),
            },
            clients,
        }
    }
}

impl ClientLine {
    pub(super) fn of(row: &TenantRow, figures: &Figures, words: Words) -> Self {
        let (condition, state) = standing(row.status, figures);
        let count = |n: Option<i64>| {
            n.map_or_else(
                || format::NONE.to_owned(),
                |n| format::number(n as f64, 0, words),
            )
        };
        let rate = figures
            .per_second
            .map(|rate| format::number(rate, 1, words));
        Self {
            href: format!("/clients/{}", row.spec.slug),
            name: row.spec.name.clone(),
            slug: row.spec.slug.clone(),
            mark: condition.mark(),
            state: words.get(state),
            abnormal: condition.is_abnormal(),
            users: count(figures.users),
            points: count(figures.points),
            rate: rate.unwrap_or_else(|| format::NONE.to_owned()),
            last_error: figures
                .error
                .clone()
                .unwrap_or_else(|| words.get("no-error")),
        }
    }
}

/// How a client stands, as a state of the look and as a word.
pub(super) const fn standing(status: TenantStatus, figures: &Figures) -> (Condition, &'static str) {
    match status {
        TenantStatus::Active if figures.is_served => (Condition::Normal, "client-active"),
        TenantStatus::Active => (Condition::Offline, "client-unserved"),
        TenantStatus::Suspended => (Condition::Waiting, "client-suspended"),
        TenantStatus::Provisioning => (Condition::Waiting, "client-provisioning"),
        TenantStatus::Removing => (Condition::Waiting, "client-removing"),
    }
}

impl Figures {
    /// Of a client that is served; of another, why it is not.
    pub(super) async fn of(state: &AppState, slug: &str) -> Self {
        let Portal::Open(client) = state.platform.by_slug(slug) else {
            let unserved = state.platform.unserved().into_iter();
            return Self {
                error: unserved
                    .filter(|client| client.slug == slug)
                    .map(|client| client.reason)
                    .next(),
                ..Self::default()
            };
        };
        let (users, points, failure) = match counts(client.scope().db()).await {
            Ok((users, points)) => (Some(users), Some(points), None),
            Err(error) => (None, None, Some(error.to_string())),
        };
        Self {
            users,
            points,
            per_second: Some(client.samples_per_second()),
            error: failure.or_else(|| last_error(&client)),
            is_served: true,
        }
    }
}

async fn counts(db: &Db) -> Result<(i64, i64), StoreError> {
    Ok((users::total(db).await?, points::total(db).await?))
}

/// What a connection of the client said last; its name tells which.
fn last_error(client: &Client) -> Option<String> {
    client.connections().into_iter().find_map(|view| {
        let error = view.status.last_error?;
        Some(format!("{}: {error}", view.connection.key))
    })
}
