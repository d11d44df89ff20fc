//! The real binary, as an operator runs it.

use super::{Process, SmallDisk, free_port, scratch, wait};
use nix::sys::signal::Signal;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Promised: ready again this long after any end.
pub const READY_WITHIN: Duration = Duration::from_secs(10);
const PAGE: usize = 50_000;
const STOPS_WITHIN: Duration = Duration::from_secs(15);

/// One installation: a data folder, fixed ports, perhaps a PostgreSQL; and the node that runs on it.
pub struct Vigie {
    // First, so that it ends before its folder goes.
    node: Option<Process>,
    folder: TempDir,
    data_dir: PathBuf,
    web: u16,
    mqtt: u16,
    environment: Vec<(String, String)>,
    http: Client,
}

impl Vigie {
    /// On SQLite files of its own.
    pub fn on_sqlite() -> Self {
        let folder = scratch();
        let data_dir = folder.path().join("data");
        Self {
            folder,
            data_dir,
            web: free_port(),
            mqtt: free_port(),
            // Its brokers run beside it.
            environment: vec![("VIGIE_CONNECT_INSIDE".to_owned(), "true".to_owned())],
            http: http_client(),
            node: None,
        }
    }

    /// With the control database at this URL.
    pub fn on_postgres(url: &str) -> Self {
        Self::on_sqlite().with("VIGIE_DATABASE_URL", url)
    }

    /// With a variable in the environment of every command.
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment
            .push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Where its data lie.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Everything it logged.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).expect("a log")
    }

    /// A request with whatever host, not followed where it leads.
    pub fn at_host(&self, method: Method, host: &str, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("http://127.0.0.1:{}{path}", self.web))
            .header("host", format!("{host}:{}", self.web))
            .timeout(Duration::from_secs(30))
    }

    /// The port of the portal and the API.
    pub fn web_port(&self) -> u16 {
        self.web
    }

    /// The port of the built-in MQTT endpoint.
    pub fn mqtt_port(&self) -> u16 {
        self.mqtt
    }

    /// Runs one command to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().expect("vigie runs")
    }

    /// Runs one command that must succeed; what it printed.
    pub fn must_run(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            done.status.success(),
            "vigie {arguments:?}: {}\n{}{}",
            done.status,
            text(&done.stdout),
            text(&done.stderr)
        );
        text(&done.stdout)
    }

    /// Makes what a manifest says and removes what it does not say.
    pub fn apply_pruned(&self, manifest: &str) {
        let file = self.write(manifest);
        self.must_run(&["tenants", "apply", "--prune", "--yes", &file]);
    }

    /// Makes what a manifest says.
    pub fn apply(&self, manifest: &str) {
        let file = self.write(manifest);
        self.must_run(&["tenants", "apply", &file]);
    }

    fn write(&self, manifest: &str) -> String {
        let file = self
            .folder
            .path()
            .join(format!("{:016x}.toml", rand::random::<u64>()));
        std::fs::write(&file, manifest).expect("the scratch folder is writable");
        file.to_str().expect("a UTF-8 path").to_owned()
    }

    /// Starts a node and awaits that it is ready; how long that took.
    pub async fn start(&mut self) -> Duration {
        let started = Instant::now();
        self.spawn();
        self.until_ready(READY_WITHIN).await;
        started.elapsed()
    }

    /// Starts a node and does not wait.
    pub fn spawn(&mut self) {
        self.node = Some(Process::start(
            "vigie",
            self.command().arg("serve"),
            &self.log(),
        ));
    }

    /// Starts a node whose data folder lies on a small disk of its own.
    pub async fn start_on_small_disk(&mut self, mib: u32) -> SmallDisk {
        let mut program = self.command();
        program.arg("serve");
        let mut command = SmallDisk::around(&program, &self.data_dir, mib);
        let node = Process::start("vigie", &mut command, &self.log());
        let disk = SmallDisk::of(node.id(), &self.data_dir);
        self.node = Some(node);
        self.until_ready(READY_WITHIN).await;
        disk
    }

    /// Awaits that `/health/ready` says yes; panics when the node ended instead.
    pub async fn until_ready(&mut self, deadline: Duration) {
        let (http, url) = (
            self.http.clone(),
            format!("http://127.0.0.1:{}/health/ready", self.web),
        );
        let node = self.node.as_mut().expect("a node was started");
        wait::until("vigie is ready", deadline, async || {
            if let Some(status) = node.ended() {
                panic!("vigie ended with {status} instead of serving");
            }
            let answer = http.get(&url).send().await.ok()?;
            (answer.status() == StatusCode::OK).then_some(())
        })
        .await;
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        drop(self.node.take());
    }

    /// The ordered stop of SIGTERM.
    pub async fn stop(&mut self) -> ExitStatus {
        let mut node = self.node.take().expect("a node was started");
        node.stop(Signal::SIGTERM, STOPS_WITHIN).await
    }

    /// The running node.
    pub fn node(&mut self) -> &mut Process {
        self.node.as_mut().expect("a node was started")
    }

    /// A request to the portal of a client.
    pub fn request(&self, method: Method, client: &str, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("http://127.0.0.1:{}{path}", self.web))
            .header("host", format!("{client}.localhost:{}", self.web))
            .timeout(Duration::from_secs(30))
    }

    /// What the API answers to a reader with this key.
    pub async fn get(&self, client: &str, key: &str, path: &str) -> Value {
        let answer = self
            .request(Method::GET, client, path)
            .bearer_auth(key)
            .send()
            .await;
        let answer = answer.unwrap_or_else(|error| panic!("GET {path}: {error}"));
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert_eq!(status, StatusCode::OK, "GET {path}: {body}");
        serde_json::from_str(&body).unwrap_or_else(|error| panic!("GET {path}: {error}: {body}"))
    }

    /// A new API key of a client that may read and write.
    pub fn api_key(&self, client: &str) -> String {
        let create = ["api-keys", "create", client, "tests", "--quiet"];
        let scopes = ["--scope", "read", "--scope", "write"];
        self.must_run(&[&create[..], &scopes[..]].concat())
            .trim()
            .to_owned()
    }

    /// Stamp in microseconds and value of every sample of a point, as the API tells them;
    /// nothing when there is no such equipment.
    pub async fn samples(
        &self,
        client: &str,
        key: &str,
        equipment: &str,
        point: &str,
    ) -> Vec<(i64, f64)> {
        let Some(point) = self.point(client, key, equipment, point).await else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut start = "1971-01-01T00:00:00Z".to_owned();
        loop {
            let path = format!(
                "/api/v1/points/{point}/samples?start={start}&end=2100-01-01T00:00:00Z&limit={PAGE}"
            );
            let answer = self.get(client, key, &path).await;
            found.extend(
                answer["samples"]
                    .as_array()
                    .expect("samples")
                    .iter()
                    .map(sample),
            );
            match answer["next"].as_str() {
                Some(next) => next.clone_into(&mut start),
                None => return found,
            }
        }
    }

    pub async fn point(
        &self,
        client: &str,
        key: &str,
        equipment: &str,
        point: &str,
    ) -> Option<i64> {
        let listed = self.get(client, key, "/api/v1/equipment?limit=1000").await;
        let equipment = id_of(&listed, equipment)?;
        let listed = self
            .get(
                client,
                key,
                &format!("/api/v1/points?equipment={equipment}&limit=1000"),
            )
            .await;
        id_of(&listed, point)
    }

    /// What `/metrics` tells the loopback.
    pub async fn metrics(&self) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.web);
        let answer = self.http.get(url).send().await.expect("metrics");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a body")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("vigie.log")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.arg("--data-dir").arg(&self.data_dir);
        command
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.web));
        command
            .arg("--mqtt-listen")
            .arg(format!("127.0.0.1:{}", self.mqtt));
        command.envs(self.environment.iter().cloned());
        command.current_dir(self.folder.path());
        command
    }
}

/// The id of the item of a list with this key.
fn id_of(list: &Value, key: &str) -> Option<i64> {
    let items = list["items"].as_array().expect("a list");
    items.iter().find(|item| item["key"] == key)?["id"].as_i64()
}

fn sample(sample: &Value) -> (i64, f64) {
    let at: jiff::Timestamp = sample["at"]
        .as_str()
        .and_then(|at| at.parse().ok())
        .expect("a stamp");
    (
        at.as_microsecond(),
        sample["value"].as_f64().expect("a number"),
    )
}

/// A client of the web without TLS; the library wants to know whose cryptography all the same.
fn http_client() -> Client {
    // Already installed by another test of this process, perhaps.
    let _installed = rustls::crypto::ring::default_provider().install_default();
    Client::new()
}
