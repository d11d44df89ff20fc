//! One way through every route of a table as one actor, and what is wrong with each answer.

use super::world::{CLIENTS, Client, Ids, canary, hidden_canary};
use futures_util::{StreamExt, stream};
use reqwest::redirect::Policy;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::json;
use vigie::web::permissions::Rule;

const AT_ONCE: usize = 8;

/// Whose number stands in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// One that the client has.
    Own,
    /// One that the client has where grants do not reach.
    Hidden,
    /// One that another client has and this one has not.
    Other,
    /// One that nobody has.
    Nobodys,
}

/// What a route answered.
pub(super) struct Answer {
    pub(super) rule: &'static Rule,
    pub(super) whose: Whose,
    pub(super) status: StatusCode,
    location: String,
    /// Headers and body.
    pub(super) bytes: String,
}

impl Answer {
    /// Whether one was let in: 2xx, or sent somewhere that is not the door.
    pub(super) fn let_in(&self) -> bool {
        let to_door = self.location.starts_with("/sign-in");
        self.status.is_success() || (self.status.is_redirection() && !to_door)
    }

    /// A line that says which answer it is.
    pub(super) fn named(&self) -> String {
        let Rule { method, path, .. } = self.rule;
        format!("{method} {path} ({:?}) -> {}", self.whose, self.status)
    }

    /// Whose words are in it that should not be: of other clients, and the client's own
    /// hidden ones for those who were narrowed.
    pub(super) fn leaks(&self, client: &str, sees_all: bool) -> Vec<String> {
        let others = CLIENTS
            .iter()
            .map(|(slug, _)| *slug)
            .filter(|slug| *slug != client);
        let mut forbidden: Vec<_> = others
            .flat_map(|slug| [canary(slug), hidden_canary(slug)])
            .collect();
        if !sees_all {
            forbidden.push(hidden_canary(client));
        }
        forbidden.retain(|word| self.bytes.contains(word.as_str()));
        forbidden
    }
}

/// The numbers that stand in paths.
pub(super) fn ids_of(whose: Whose, clients: &[Client], at: usize) -> Ids {
    match whose {
        Whose::Own => clients[at].ids,
        Whose::Hidden => clients[at].hidden,
        Whose::Other => clients[(at + 1) % clients.len()].ids,
        Whose::Nobodys => Ids {
            site: 987_654_321,
            equipment: 987_654_321,
            point: 987_654_321,
            kind: 987_654_321,
            user: 987_654_321,
            connection: 987_654_321,
        },
    }
}

/// A path with numbers for its parameters.
pub(super) fn filled(path: &str, ids: &Ids) -> String {
    let mut before = "";
    let mut parts = Vec::new();
    for part in path.split('/') {
        let part_filled = match (part.starts_with('{'), before) {
            (false, _) => part.to_owned(),
            (true, "sites") => ids.site.to_string(),
            (true, "equipment") => ids.equipment.to_string(),
            (true, "points") => ids.point.to_string(),
            (true, "types") => ids.kind.to_string(),
            (true, "users" | "people") => ids.user.to_string(),
            (true, "connections") => ids.connection.to_string(),
            (true, _) => "987654321".to_owned(),
        };
        parts.push(part_filled);
        before = part;
    }
    let path = parts.join("/");
    if path == "/api/v1/chart" {
        let (point, day) = (
            ids.point,
            "start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z",
        );
        return format!("{path}?points={point}&{day}");
    }
    path
}

/// Asks one route.
async fn ask(
    http: &reqwest::Client,
    rule: &'static Rule,
    whose: Whose,
    request: RequestBuilder,
) -> Answer {
    let request = request.build().expect("a request");
    let answer = http.execute(request).await;
    let answer = answer.unwrap_or_else(|error| panic!("{rule:?}: {error}"));
    let status = answer.status();
    let headers = format!("{:?}", answer.headers());
    let location = answer.headers().get("location");
    let location = location.and_then(|value| value.to_str().ok());
    let location = location.unwrap_or_default().to_owned();
    let body = answer.bytes().await.expect("a body");
    Answer {
        rule,
        whose,
        status,
        location,
        bytes: headers + &String::from_utf8_lossy(&body),
    }
}

/// Asks all of these routes, a few at a time.
pub(super) async fn ask_all(
    rules: impl Iterator<Item = (&'static Rule, Whose)>,
    request: impl Fn(&'static Rule, Whose) -> RequestBuilder,
) -> Vec<Answer> {
    ask_some(AT_ONCE, rules, request).await
}

/// Asks all of these routes, one after the other.
pub(super) async fn ask_in_turn(
    rules: impl Iterator<Item = (&'static Rule, Whose)>,
    request: impl Fn(&'static Rule, Whose) -> RequestBuilder,
) -> Vec<Answer> {
    ask_some(1, rules, request).await
}

async fn ask_some(
    at_once: usize,
    rules: impl Iterator<Item = (&'static Rule, Whose)>,
    request: impl Fn(&'static Rule, Whose) -> RequestBuilder,
) -> Vec<Answer> {
    // Follows nothing: where it is led is part of an answer.
    let http = reqwest::Client::builder().redirect(Policy::none()).build();
    let http = http.expect("a client");
    stream::iter(rules)
        .map(|(rule, whose)| ask(&http, rule, whose, request(rule, whose)))
        .buffered(at_once)
        .collect()
        .await
}

/// A write with what a form or a program would send: whatever refuses it then, it is not that.
pub(super) fn with_body(request: RequestBuilder, rule: &Rule, name: &str) -> RequestBuilder {
    if rule.method == "GET" {
        request
    } else if rule.path.starts_with("/api/") {
        request
            .header("if-match", "*")
            .json(&json!({ "name": name }))
    } else {
        let form = format!("name={}", name.replace(' ', "+"));
        let kind = "application/x-www-form-urlencoded";
        request.header("content-type", kind).body(form)
    }
}

/// The method of a row.
pub(super) fn method(rule: &Rule) -> Method {
    rule.method.parse().expect("a method")
}
