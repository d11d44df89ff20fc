//! Who did what: the audit log of the client.

use super::audit_lines::AuditLine;
use super::page;
use crate::domain::audit::{Action, Deed, Fields, Subject};
use crate::store::audit::{self, Entry};
use crate::web::audit::{Asked, Format, export};
use crate::web::deeds;
use crate::web::extract::{Origin, Query, Visit, Visitor};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::words::Words;
use crate::web::{AppState, WebError};
use askama::Template;
use axum::extract::State;
use axum::response::Response;

/// Entries of a page.
const SHOWN: usize = 50;
const PATH: &str = "/admin/audit";
/// What the log speaks about.
const NOUNS: [&str; 12] = [
    "account",
    "client",
    "site",
    "type",
    "equipment",
    "connection",
    "device",
    "user",
    "api-key",
    "dashboard",
    "maintenance",
    "audit",
];

/// The page of the log.
#[derive(Template)]
#[template(path = "pages/audit.html")]
pub struct AuditPage {
    pub(super) shell: Shell,
    pub(super) asked: Asked,
    pub(super) days: [Day; 2],
    pub(super) actions: Vec<Choice>,
    pub(super) nouns: Vec<Choice>,
    pub(super) count: String,
    pub(super) lines: Vec<AuditLine>,
    pub(super) older: Option<String>,
    pub(super) newest: Option<String>,
    pub(super) csv: String,
    pub(super) json_lines: String,
}

/// One of several values of a filter.
pub struct Choice {
    pub(super) value: &'static str,
    pub(super) label: String,
    pub(super) current: bool,
}

/// A field that takes a day.
pub struct Day {
    pub(super) name: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) fault: Option<String>,
}

/// `GET /admin/audit`
pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let present = visit.present();
    let (entries, fault) = match asked.filter(&visit.visitor.reader.zone) {
        Ok(filter) => {
            let db = visit.client.scope().db();
            (audit::list(db, &filter, SHOWN as i64 + 1).await?, None)
        }
        Err(field) => (Vec::new(), Some(field)),
    };
    page(&AuditPage::of(
        &visit.visitor,
        &present,
        asked,
        entries,
        fault,
    ))
}

/// `GET /admin/audit.csv`
pub async fn csv(
    state: State<AppState>,
    visit: Visit,
    origin: Origin,
    asked: Query<Asked>,
) -> Result<Response, WebError> {
    file(&state, &visit, &origin, &asked.0, Format::Csv).await
}

/// `GET /admin/audit.jsonl`
pub async fn json_lines(
    state: State<AppState>,
    visit: Visit,
    origin: Origin,
    asked: Query<Asked>,
) -> Result<Response, WebError> {
    file(&state, &visit, &origin, &asked.0, Format::JsonLines).await
}

async fn file(
    state: &AppState,
    visit: &Visit,
    origin: &Origin,
    asked: &Asked,
    format: Format,
) -> Result<Response, WebError> {
    let filter = asked.filter(&visit.visitor.reader.zone);
    let filter =
        filter.map_err(|field| WebError::invalid(field, "must be a date such as 2026-11-20"))?;
    let db = visit.client.scope().db();
    let fields = Fields::new().with("asked", asked.address("", None));
    let deed = Deed::new(Action::EXPORTED, Subject::new("audit", "log")).after(fields);
    let mut tx = db.begin().await?;
    audit::record(
        &mut tx,
        state.clock.now(),
        &origin.actor(&visit.identity),
        &deed,
    );
    tx.commit().await?;
    Ok(export(db.clone(), filter, format))
}

impl AuditPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        asked: Asked,
        mut entries: Vec<Entry>,
        fault: Option<&'static str>,
    ) -> Self {
        let words = visitor.words();
        let more = entries.len() > SHOWN;
        entries.truncate(SHOWN);
        let last = entries.last().map(|entry| entry.id);
        Self {
            shell: Shell::of(visitor, Section::Settings, present),
            days: ["from", "until"].map(|name| Day {
                name,
                label: words.get(&format!("audit-{name}")),
                value: if name == "from" {
                    &asked.from
                } else {
                    &asked.until
                }
                .clone(),
                fault: (fault == Some(name)).then(|| words.get("audit-date-fault")),
            }),
            actions: actions(&asked, words),
            nouns: nouns(&asked, words),
            count: words.count("audit-count", entries.len()),
            lines: entries
                .iter()
                .map(|entry| AuditLine::of(entry, &present.model, &visitor.reader))
                .collect(),
            older: last
                .filter(|_| more)
                .map(|last| asked.address(PATH, Some(last))),
            newest: asked.before.map(|_| asked.address(PATH, None)),
            csv: asked.address("/admin/audit.csv", None),
            json_lines: asked.address("/admin/audit.jsonl", None),
            asked,
        }
    }
}

fn actions(asked: &Asked, words: Words) -> Vec<Choice> {
    let choice = |action: &Action| Choice {
        value: action.as_str(),
        label: deeds::verb(action.as_str(), words),
        current: asked.action == action.as_str(),
    };
    Action::ALL.iter().map(choice).collect()
}

fn nouns(asked: &Asked, words: Words) -> Vec<Choice> {
    let choice = |noun| Choice {
        value: noun,
        label: deeds::noun(noun, words),
        current: asked.noun == noun,
    };
    NOUNS.map(choice).into()
}
