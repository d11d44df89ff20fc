//! A served client, and programs that ask it.

use crate::support::{TestDatabase, Vigie};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

pub(super) const MANIFEST: &str = r#"
[client]
slug = "alpha"
name = "Alpha"
locale = "fr"
time_zone = "Europe/Paris"
quota = { devices = 2 }

[[sites]]
key = "hall"
name = "Hall"

[[types]]
key = "gauge"
name = "Gauge"
points = [{ key = "level", name = "Level", unit = "V" }]

[[equipment]]
key = "g1"
name = "Gauge 1"
site = "hall"
type = "gauge"
"#;

/// A served client and a key that may do everything.
pub(super) struct Stage {
    pub(super) vigie: Vigie,
    pub(super) key: String,
}

impl Stage {
    pub(super) async fn open() -> Self {
        Self::with(MANIFEST).await
    }

    /// On SQLite, with the client `alpha` of a manifest.
    pub(super) async fn with(manifest: &str) -> Self {
        Self::serve(Vigie::on_sqlite(), manifest).await
    }

    /// The same beside a database, of its kind.
    pub(super) async fn beside(database: &TestDatabase, manifest: &str) -> Self {
        let vigie = match database.url() {
            None => Vigie::on_sqlite(),
            Some(url) => Vigie::on_postgres(&url),
        };
        Self::serve(vigie, manifest).await
    }

    async fn serve(vigie: Vigie, manifest: &str) -> Self {
        let mut vigie = vigie.with("ADMIN_PASSWORD", PASSWORD);
        vigie.apply(manifest);
        let scopes = ["read", "write", "configure", "manage"];
        let mut command = vec!["api-keys", "create", "alpha", "everything", "--quiet"];
        command.extend(scopes.iter().flat_map(|scope| ["--scope", scope]));
        let key = vigie.must_run(&command).trim().to_owned();
        vigie.start().await;
        Self { vigie, key }
    }

    pub(super) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.ask_as(&self.key, method, path)
    }

    /// A request with another key or token.
    pub(super) fn ask_as(&self, bearer: &str, method: Method, path: &str) -> RequestBuilder {
        let path = format!("/api/v1{path}");
        let request = self.vigie.request(method, "alpha", &path);
        request.bearer_auth(bearer)
    }

    pub(super) async fn post(&self, path: &str, body: Value) -> Response {
        answer(self.ask(Method::POST, path).json(&body)).await
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        self.vigie
            .get("alpha", &self.key, &format!("/api/v1{path}"))
            .await
    }

    /// The id of a listed thing, by its key.
    pub(super) async fn id(&self, list: &str, key: &str) -> i64 {
        let listed = self.get(&format!("/{list}?limit=1000")).await;
        let items = listed["items"].as_array().unwrap().clone();
        let item = items.iter().find(|item| item["key"] == key);
        item.unwrap_or_else(|| panic!("{key} of {list}"))["id"]
            .as_i64()
            .unwrap()
    }

    /// Stores values of `g1/level`, one a second from an instant on.
    pub(super) async fn fill(&self, start_ms: i64, values: &[f64]) {
        let seconds = (0..).zip(values);
        let rows: Vec<_> = seconds
            .map(|(n, value)| json!({ "equipment": "g1", "at": start_ms + 1_000 * n, "values": { "level": value } }))
            .collect();
        let stored = self.post("/telemetry", Value::from(rows)).await;
        assert_eq!(
            stored.status(),
            StatusCode::NO_CONTENT,
            "{:?}",
            stored.text().await
        );
    }

    /// An access token of a person of the manifest, whose password is [`PASSWORD`].
    pub(super) async fn token(&self, email: &str) -> String {
        let grant = json!({ "grant_type": "password", "email": email, "password": PASSWORD });
        let request = self
            .vigie
            .request(Method::POST, "alpha", "/api/v1/auth/token");
        let tokens: Value = answer(request.json(&grant)).await.json().await.unwrap();
        tokens["access_token"].as_str().unwrap().to_owned()
    }
}

/// What people of these manifests sign in with: `password = { env = "ADMIN_PASSWORD" }`.
pub(super) const PASSWORD: &str = "the password of everybody here";

pub(super) async fn answer(request: RequestBuilder) -> Response {
    request.send().await.expect("an answer")
}

pub(super) fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    let value = answer.headers().get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

/// Status and code of a refusal.
pub(super) async fn refusal(answer: Response) -> (u16, String) {
    let status = answer.status().as_u16();
    assert_eq!(header(&answer, "content-type"), "application/problem+json");
    let problem: Value = answer.json().await.unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

pub(super) fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}
