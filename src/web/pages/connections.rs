//! Connections of the client: their state, what was refused and what spoke unasked.

use super::connection::rate;
use super::connection_words::{StateWords, address, protocol};
use super::page;
use crate::ingest::ConnectionView;
use crate::store::tenant::{
    ConnectionRow, DiscoveredRow, RejectCountRow, RejectRow, connections, discovered, rejects,
};
use crate::web::WebError;
use crate::web::condition::Mark;
use crate::web::extract::{Visit, Visitor};
use crate::web::format;
use crate::web::masked::masked;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Reader;
use crate::web::words::Words;
use askama::Template;
use axum::response::Response;

const EXAMPLES: i64 = 20;
const EXCERPT_SHOWN: usize = 80;

/// The page of connections.
#[derive(Template)]
#[template(path = "pages/connections.html")]
pub struct ConnectionsPage {
    pub(super) shell: Shell,
    pub(super) situation: String,
    pub(super) connections: Vec<ConnectionLine>,
    pub(super) rejects_note: String,
    pub(super) reject_counts: Vec<RejectCountLine>,
    pub(super) rejects: Vec<RejectLine>,
    pub(super) discovered: Vec<DiscoveredLine>,
}

/// One connection.
pub struct ConnectionLine {
    pub(super) href: String,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) abnormal: bool,
    /// Whether it is meant to run.
    pub(super) enabled: bool,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) protocol: String,
    pub(super) since: String,
    pub(super) rate: String,
    pub(super) refused: String,
    pub(super) last_error: String,
}

/// How often one reason came up.
pub struct RejectCountLine {
    pub(super) reason: String,
    pub(super) connection: String,
    pub(super) count: String,
    pub(super) when: String,
}

/// One refused reading.
pub struct RejectLine {
    pub(super) when: String,
    pub(super) detail: String,
    pub(super) source: String,
    pub(super) excerpt: String,
}

/// A device the model does not name.
pub struct DiscoveredLine {
    pub(super) key: String,
    pub(super) connection: String,
    pub(super) points: String,
    pub(super) count: String,
    pub(super) when: String,
}

/// `GET /connections`
pub async fn show(visit: Visit) -> Result<Response, WebError> {
    let db = visit.client.scope().db();
    let found = Found {
        running: visit.client.connections(),
        connections: connections::list(db).await?,
        counts: rejects::counts(db).await?,
        examples: rejects::list(db, EXAMPLES).await?,
        discovered: discovered::list(db).await?,
    };
    page(&ConnectionsPage::of(
        &visit.visitor,
        &visit.present(),
        &found,
    ))
}

struct Found {
    running: Vec<ConnectionView>,
    connections: Vec<ConnectionRow>,
    counts: Vec<RejectCountRow>,
    examples: Vec<RejectRow>,
    discovered: Vec<DiscoveredRow>,
}

impl ConnectionsPage {
    fn of(visitor: &Visitor, present: &Present, found: &Found) -> Self {
        let (reader, words) = (&visitor.reader, visitor.words());
        let line = |row: &ConnectionRow| ConnectionLine::of(row, found, reader);
        let connections: Vec<_> = found.connections.iter().map(line).collect();
        let examples = found.examples.iter();
        Self {
            shell: Shell::of(visitor, Section::Connections, present),
            situation: situation(&connections, words),
            connections,
            rejects_note: words.get("rejects-since"),
            reject_counts: found
                .counts
                .iter()
                .map(|row| RejectCountLine::of(row, reader))
                .collect(),
            rejects: examples.map(|row| RejectLine::of(row, reader)).collect(),
            discovered: found
                .discovered
                .iter()
                .map(|row| DiscoveredLine::of(row, reader))
                .collect(),
        }
    }

    #[cfg(test)]
    pub(super) fn sample(visitor: &Visitor, present: &Present) -> Self {
        Self::of(visitor, present, &Found::sample(visitor.reader.now))
    }
}

/// How all of them are: what is down, then what somebody switched off.
fn situation(lines: &[ConnectionLine], words: Words) -> String {
    let all = format::number(lines.len() as f64, 0, words);
    let told = |key, n| words.count_with(key, n, &[("all", &all)]);
    let down = lines.iter().filter(|line| line.abnormal).count();
    let off = lines.iter().filter(|line| !line.enabled).count();
    let sentences = match (down, off) {
        _ if lines.is_empty() => Vec::new(),
        (0, 0) => vec![words.get("connections-normal")],
        (0, off) => vec![told("connections-off", off)],
        (down, 0) => vec![told("connections-down", down)],
        (down, off) => vec![told("connections-down", down), told("connections-off", off)],
    };
    sentences.join(" ")
}

impl ConnectionLine {
    fn of(row: &ConnectionRow, found: &Found, reader: &Reader) -> Self {
        let connection = &row.connection;
        let of_this = found
            .counts
            .iter()
            .filter(|count| count.connection_key == connection.key);
        let refused: i64 = of_this.map(|count| count.n).sum();
        let view = found
            .running
            .iter()
            .find(|view| view.connection.key == connection.key);
        let status = view.map(|view| &view.status);
        let state = StateWords::of(connection.enabled, view, reader);
        let number = |n: f64| format::number(n, 0, reader.words);
        let since = status.and_then(|status| status.since);
        let since = since.map(|since| i64::try_from(since.elapsed().as_secs()).unwrap_or(i64::MAX));
        let error = status.and_then(|status| status.last_error.clone());
        Self {
            href: format!("/connections/{}", row.id),
            mark: state.mark,
            state: state.word,
            abnormal: state.abnormal,
            enabled: connection.enabled,
            name: connection.name.clone(),
            address: address(&connection.config).unwrap_or_else(|| connection.key.clone()),
            protocol: protocol(&connection.protocol, reader.words),
            since: since.map_or_else(String::new, |s| format::duration(s, reader.words)),
            rate: view.map_or_else(|| format::NONE.to_owned(), |view| rate(view, reader.words)),
            refused: number(refused as f64),
            last_error: error.unwrap_or_else(|| reader.words.get("no-error")),
        }
    }
}

impl RejectCountLine {
    pub(super) fn of(row: &RejectCountRow, reader: &Reader) -> Self {
        Self {
            reason: reason(&row.reason, reader.words),
            connection: row.connection_key.clone(),
            count: format::number(row.n as f64, 0, reader.words),
            when: format::age(row.last_at, reader.now, &reader.zone, reader.words),
        }
    }
}

/// Why readings are refused; a reason this portal has no words for as it is counted.
fn reason(word: &str, words: Words) -> String {
    let key = format!("reject-{}", word.replace('_', "-"));
    words.find(&key).unwrap_or_else(|| word.replace('_', " "))
}

impl RejectLine {
    pub(super) fn of(row: &RejectRow, reader: &Reader) -> Self {
        let reject = &row.reject;
        Self {
            when: format::moment_seconds(reject.at, reader.now, &reader.zone, reader.words),
            detail: reject.detail.clone(),
            source: format!("{} · {}", reject.connection_key, reject.source),
            excerpt: masked(&reject.excerpt)
                .chars()
                .take(EXCERPT_SHOWN)
                .collect(),
        }
    }
}

impl DiscoveredLine {
    fn of(row: &DiscoveredRow, reader: &Reader) -> Self {
        let points: Vec<String> = serde_json::from_str(&row.point_keys).unwrap_or_default();
        Self {
            key: row.equipment_key.clone(),
            connection: row.connection_key.clone(),
            points: points.join(", "),
            count: format::number(row.n as f64, 0, reader.words),
            when: format::age(row.last_seen_at, reader.now, &reader.zone, reader.words),
        }
    }
}

#[cfg(test)]
pub(super) fn sample_of_one(now: crate::domain::Timestamp) -> (ConnectionRow, ConnectionView) {
    let mut found = Found::sample(now);
    (found.connections.remove(0), found.running.remove(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ConnectionId, Timestamp};
    use crate::ingest::{ConnectorStatus, Health};
    use crate::store::tenant::{Connection, Reject};
    use crate::web::format::Locale;

    impl Found {
        /// One connection that runs, one refusal, one stranger.
        pub(super) fn sample(now: Timestamp) -> Self {
            let connection = Connection {
                key: "field".to_owned(),
                name: "Field".to_owned(),
                protocol: "mqtt".to_owned(),
                enabled: true,
                config: r#"{"url":"mqtts://broker.example"}"#.to_owned(),
            };
            let reject = Reject {
                at: now,
                connection_key: "field".to_owned(),
                reason: "bad_json".to_owned(),
                source: "pack/1".to_owned(),
                detail: "expected a value".to_owned(),
                excerpt: b"{\x00<b>".to_vec(),
            };
            Self {
                running: vec![ConnectionView {
                    connection: connection.clone(),
                    status: ConnectorStatus::default(),
                    messages_per_second: 1.5,
                    bytes_per_second: 100.0,
                }],
                connections: vec![ConnectionRow {
                    id: ConnectionId(1),
                    connection,
                    created_at: now,
                }],
                counts: vec![RejectCountRow {
                    connection_key: "field".to_owned(),
                    reason: "bad_json".to_owned(),
                    n: 3,
                    last_at: now,
                }],
                examples: vec![RejectRow { id: 1, reject }],
                discovered: vec![DiscoveredRow {
                    equipment_key: "pack-9".to_owned(),
                    connection_key: "field".to_owned(),
                    first_seen_at: now,
                    last_seen_at: now,
                    n: 4,
                    point_keys: r#"["voltage"]"#.to_owned(),
                    excerpt: String::new(),
                }],
            }
        }
    }

    #[test]
    fn every_documented_reason_has_words_in_both_languages() {
        let docs = include_str!("../../../docs/ingest.md");
        let (_, list) = docs.split_once("\nReasons: ").unwrap();
        let (list, _) = list.split_once("\n\n").unwrap();
        let reasons: Vec<_> = list.split('`').skip(1).step_by(2).collect();
        assert!(reasons.len() > 15, "{reasons:?}");
        for locale in Locale::ALL {
            for word in &reasons {
                let said = reason(word, Words::of(locale));
                assert_ne!(said, word.replace('_', " "), "{word}");
            }
        }
    }

    #[test]
    fn a_connection_that_is_switched_off_is_not_called_established() {
        let visitor = crate::web::pages::samples::visitor(Locale::English);
        let present = crate::web::pages::samples::present();
        let mut found = Found::sample(visitor.reader.now);
        found.running[0].status.health = Health::Connected;
        let said = |found: &Found| ConnectionsPage::of(&visitor, &present, found).situation;
        assert_eq!(said(&found), "All connections are up.");
        let mut off = found.connections[0].clone();
        off.connection.key = "spare".to_owned();
        off.connection.enabled = false;
        found.connections.push(off);
        assert_eq!(said(&found), "1 of 2 is switched off.");
        found.running.clear();
        let both = "1 of 2 is not connected. 1 of 2 is switched off.";
        assert_eq!(said(&found), both);
    }
}
