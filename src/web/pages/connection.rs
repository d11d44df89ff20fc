//! One connection: how it is, what it refused, its newest messages, and what may be done with it.

use super::connection_words::{StateWords, address, protocol};
use super::connections::{RejectCountLine, RejectLine};
use super::page;
use crate::domain::{ConnectionId, Permission, Timestamp};
use crate::ingest::{self, ConnectionView, Direction, TraceLine};
use crate::store::tenant::{ConnectionRow, RejectCountRow, RejectRow, connections, rejects};
use crate::tenancy::change::{Thing, Wish};
use crate::tenancy::manifest::reveal;
use crate::web::api::Desk;
use crate::web::condition::Mark;
use crate::web::extract::{Form, Path, Visit, Visitor};
use crate::web::masked::masked;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Reader;
use crate::web::words::Words;
use crate::web::{AppState, WebError, format};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// Raw examples that are shown.
const EXAMPLES: usize = 20;
/// Messages are kept for who looks so long after they looked.
const LOOKING: Duration = Duration::from_secs(15);
/// The most lines of the trace: what one screen holds.
const TRACE: usize = 20;

/// The page of one connection.
#[derive(Template)]
#[template(path = "pages/connection.html")]
pub struct ConnectionPage {
    pub(super) shell: Shell,
    pub(super) id: ConnectionId,
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) facts: Vec<(String, String)>,
    pub(super) last_error: String,
    pub(super) enabled: bool,
    pub(super) may_configure: bool,
    /// Whether it can tell what is behind its peer.
    pub(super) explores: bool,
    /// What a trial came to, if one was made now.
    pub(super) trial: Option<Trial>,
    pub(super) reject_counts: Vec<RejectCountLine>,
    pub(super) rejects: Vec<RejectLine>,
    pub(super) trace: Trace,
}

/// What a trial came to.
pub struct Trial {
    /// Whether the peer answered and let us in.
    pub(super) works: bool,
    /// The same in words.
    pub(super) sentence: String,
}

/// The newest messages alone: a part of the page that is renewed every second.
#[derive(Template)]
#[template(path = "partials/trace.html")]
struct TracePart {
    t: Words,
    trace: Trace,
}

/// The newest messages of a connection.
pub struct Trace {
    pub(super) id: ConnectionId,
    pub(super) lines: Vec<TracedMessage>,
    /// Whether it runs in this process, where its messages are.
    pub(super) runs: bool,
}

/// One message.
#[derive(Debug)]
pub struct TracedMessage {
    /// Its number in its session, by which the page knows it again.
    number: u64,
    when: String,
    /// Message of the word for its way.
    way: &'static str,
    source: String,
    raw: String,
    decoded: String,
}

/// What the button of starting and stopping sends.
#[derive(Debug, Deserialize)]
pub struct Run {
    enabled: bool,
}

/// `GET /connections/{id}`
pub async fn show(visit: Visit, Path(id): Path<ConnectionId>) -> Result<Response, WebError> {
    let row = find(&visit, id).await?;
    page(&read(&visit, &row, None).await?)
}

/// `GET /connections/{id}/trace`
pub async fn trace(visit: Visit, Path(id): Path<ConnectionId>) -> Result<Response, WebError> {
    let row = find(&visit, id).await?;
    page(&TracePart {
        t: visit.visitor.words(),
        trace: Trace::of(&visit, &row),
    })
}

/// `POST /connections/{id}/test`: connects once beside the session that runs.
pub async fn test(
    State(state): State<AppState>,
    visit: Visit,
    Path(id): Path<ConnectionId>,
) -> Result<Response, WebError> {
    let (row, scope) = (find(&visit, id).await?, visit.client.scope());
    let vault = state.platform.directory().vault();
    let config = reveal(scope.db(), vault, scope.tenant().id, &row).await;
    let config = config.map_err(|error| WebError::Internal(error.to_string()))?;
    let words = visit.visitor.words();
    let trial = match ingest::try_connection(
        &row.connection.protocol,
        config,
        state.platform.reach(),
    )
    .await
    {
        Ok(()) => Trial {
            works: true,
            sentence: words.get("connection-works"),
        },
        Err(sentence) => Trial {
            works: false,
            sentence,
        },
    };
    page(&read(&visit, &row, Some(trial)).await?)
}

/// `POST /connections/{id}/run`: starts or stops it, as a change like any other.
pub async fn run(
    visit: Visit,
    desk: Desk,
    Path(id): Path<ConnectionId>,
    Form(run): Form<Run>,
) -> Result<Response, WebError> {
    let row = find(&visit, id).await?;
    let with = json!({ "enabled": run.enabled });
    desk.make_one(Wish::patch(Thing::Connection, row.id.0, with, None))
        .await?;
    Ok(Redirect::to(&format!("/connections/{id}")).into_response())
}

pub(super) async fn find(visit: &Visit, id: ConnectionId) -> Result<ConnectionRow, WebError> {
    let row = connections::find(visit.client.scope().db(), id).await?;
    row.ok_or(WebError::NotFound)
}

async fn read(
    visit: &Visit,
    row: &ConnectionRow,
    trial: Option<Trial>,
) -> Result<ConnectionPage, WebError> {
    let db = visit.client.scope().db();
    let key = &row.connection.key;
    let counts = rejects::counts(db).await?.into_iter();
    let examples = rejects::list(db, rejects::KEPT).await?.into_iter();
    let found = Found {
        view: visit
            .client
            .connections()
            .into_iter()
            .find(|view| view.connection.key == *key),
        counts: counts
            .filter(|count| count.connection_key == *key)
            .collect(),
        examples: examples
            .filter(|example| example.reject.connection_key == *key)
            .take(EXAMPLES)
            .collect(),
        trial,
        trace: Trace::of(visit, row),
    };
    Ok(ConnectionPage::of(
        &visit.visitor,
        &visit.present(),
        row,
        found,
    ))
}

/// What is known of a connection beside its row.
pub(super) struct Found {
    pub(super) view: Option<ConnectionView>,
    pub(super) counts: Vec<RejectCountRow>,
    pub(super) examples: Vec<RejectRow>,
    pub(super) trial: Option<Trial>,
    pub(super) trace: Trace,
}

impl ConnectionPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        row: &ConnectionRow,
        found: Found,
    ) -> Self {
        let reader = &visitor.reader;
        let state = StateWords::of(row.connection.enabled, found.view.as_ref(), reader);
        let status = found.view.as_ref().map(|view| &view.status);
        let error = status.and_then(|status| status.last_error.clone());
        Self {
            shell: Shell::of(visitor, Section::Connections, present),
            id: row.id,
            name: row.connection.name.clone(),
            mark: state.mark,
            state: state.word,
            facts: facts(row, found.view.as_ref(), reader),
            last_error: error.unwrap_or_default(),
            enabled: row.connection.enabled,
            may_configure: visitor.may(Permission::ConfigureConnections),
            explores: ingest::explores(&row.connection.protocol),
            trial: found.trial,
            reject_counts: found
                .counts
                .iter()
                .map(|row| RejectCountLine::of(row, reader))
                .collect(),
            rejects: found
                .examples
                .iter()
                .map(|row| RejectLine::of(row, reader))
                .collect(),
            trace: found.trace,
        }
    }
}

/// Term and text of what is known.
fn facts(
    row: &ConnectionRow,
    view: Option<&ConnectionView>,
    reader: &Reader,
) -> Vec<(String, String)> {
    let words = reader.words;
    let mut facts = vec![
        ("field-key", row.connection.key.clone()),
        ("protocol", protocol(&row.connection.protocol, words)),
    ];
    if let Some(address) = address(&row.connection.config) {
        facts.push(("connection-address", address));
    }
    if let Some(view) = view {
        let status = &view.status;
        let number = |n: f64, decimals| format::number(n, decimals, words);
        let seconds = |after: Duration| {
            format::duration(i64::try_from(after.as_secs()).unwrap_or(i64::MAX), words)
        };
        if let Some(since) = status.since {
            facts.push(("connection-since", seconds(since.elapsed())));
        }
        if let Some(next) = status.next_attempt {
            let wait = next.saturating_duration_since(tokio::time::Instant::now());
            facts.push(("connection-next", seconds(wait)));
        }
        if status.attempts > 0 {
            facts.push(("connection-attempts", number(status.attempts.into(), 0)));
        }
        facts.push(("connection-rate", rate(view, words)));
        facts.push(("messages", number(status.messages as f64, 0)));
        facts.push(("refused", number(status.refused as f64, 0)));
        if let Some(latency) = status.latency {
            let ms = number(latency.as_secs_f64() * 1_000.0, 0);
            facts.push(("connection-latency", format!("{ms}\u{202f}ms")));
        }
    }
    facts
        .into_iter()
        .map(|(term, text)| (words.get(term), text))
        .collect()
}

/// Messages and bytes a second.
pub(super) fn rate(view: &ConnectionView, words: Words) -> String {
    let number = |n: f64| format::number(n, usize::from(n < 10.0), words);
    let (messages, bytes) = (
        number(view.messages_per_second),
        number(view.bytes_per_second),
    );
    words.with(
        "connection-per-second",
        &[("messages", &messages), ("bytes", &bytes)],
    )
}

impl Trace {
    fn of(visit: &Visit, row: &ConnectionRow) -> Self {
        let lines = visit.client.trace(&row.connection.key, 0, LOOKING);
        Self::shown(row.id, lines, &visit.visitor.reader)
    }

    pub(super) fn shown(id: ConnectionId, lines: Option<Vec<TraceLine>>, reader: &Reader) -> Self {
        let runs = lines.is_some();
        let newest_first = lines.unwrap_or_default().into_iter().rev().take(TRACE);
        Self {
            id,
            lines: newest_first
                .map(|line| TracedMessage::of(&line, reader))
                .collect(),
            runs,
        }
    }
}

impl TracedMessage {
    fn of(line: &TraceLine, reader: &Reader) -> Self {
        let at = Timestamp(line.at_us);
        Self {
            number: line.number,
            when: format::moment_seconds(at, reader.now, &reader.zone, reader.words),
            way: match line.direction {
                Direction::In => "trace-in",
                Direction::Out => "trace-out",
            },
            source: masked(line.source.as_bytes()),
            raw: masked(&line.excerpt),
            decoded: masked(line.decoded.as_bytes()),
        }
    }
}

#[cfg(test)]
impl ConnectionPage {
    /// A connection that fails, with a message that holds what nobody should see.
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        let (row, view) = super::connections::sample_of_one(visitor.reader.now);
        let line = TraceLine {
            number: 1,
            at_us: visitor.reader.now.0,
            direction: Direction::In,
            source: "pack/<1>".to_owned(),
            excerpt: br#"{"password":"hidden"}"#.to_vec(),
            decoded: "pack-1/voltage = 52".to_owned(),
        };
        let found = Found {
            view: Some(view),
            counts: Vec::new(),
            examples: Vec::new(),
            trial: Some(Trial {
                works: false,
                sentence: "no answer within 10 seconds".to_owned(),
            }),
            trace: Trace::shown(row.id, Some(vec![line]), &visitor.reader),
        };
        Self::of(visitor, present, &row, found)
    }
}
