//! A portal with one client and many points, served on a free port.

use anyhow::Context;
use metrics_exporter_prometheus::PrometheusBuilder;
use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::handshake::client::{Request, generate_key};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use vigie::config;
use vigie::domain::{Clock, PointId, SystemClock, Timestamp};
use vigie::ingest::Ingest;
use vigie::ingest::registry::Registry;
use vigie::live::Hub;
use vigie::runtime::{Client, Platform, PlatformConfig};
use vigie::store::tenant::{Session, points, sessions, users};
use vigie::tenancy::manifest::{self, Conditions, Library, Prune, Source};
use vigie::tenancy::{Directory, DirectoryConfig, TenantScope, credentials};
use vigie::web::{self, AppState};

const POINTS_OF_A_THING: usize = 10;
/// People who look; each may have some sockets open.
const PEOPLE: usize = 10;

/// The platform and its web server.
pub struct Portal {
    /// Every point of the client.
    pub points: Vec<PointId>,
    /// What deliveries are counted under.
    pub connection: Arc<str>,
    client: Arc<Client>,
    platform: Arc<Platform>,
    address: SocketAddr,
    server: JoinHandle<std::io::Result<()>>,
    _folder: TempDir,
}

/// Equipment and point key of the point with this index.
pub fn address(index: usize) -> (String, String) {
    let (thing, key) = (index / POINTS_OF_A_THING, index % POINTS_OF_A_THING);
    (format!("thing-{thing}"), format!("p{key}"))
}

impl Portal {
    /// Opens it with at least so many points.
    pub async fn open(point_count: usize) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = DirectoryConfig {
            data_dir: folder.path().to_owned(),
            database_url: None,
            key: None,
            connections_per_client: 2,
            base_domain: "localhost".to_owned(),
        };
        let directory = Directory::open(config, Arc::clone(&clock)).await?;
        provision(&directory, point_count).await?;
        let platform = Platform::open(
            directory,
            Hub::in_process(),
            None,
            clock,
            PlatformConfig::default(),
        )
        .await?;
        let client = platform
            .clients()
            .pop()
            .context("the client is not served")?;
        sign_in(client.scope()).await?;
        let rows = points::list(client.scope().db()).await?;
        let recorder = PrometheusBuilder::new().build_recorder();
        let state = AppState::new(
            Arc::clone(&platform),
            config::Web::default(),
            recorder.handle(),
        );
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let service = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
        Ok(Self {
            points: rows
                .into_iter()
                .map(|row| row.id)
                .take(point_count)
                .collect(),
            connection: "bench".into(),
            client,
            platform,
            address,
            // Aborted by `close`.
            server: tokio::spawn(async move { axum::serve(listener, service).await }),
            _folder: folder,
        })
    }

    /// The way in.
    pub fn ingest(&self) -> &Arc<Ingest> {
        self.client.ingest()
    }

    /// Microseconds since 1970.
    pub fn now(&self) -> i64 {
        self.platform.clock().now().0
    }

    /// A page as a visitor gets it who signed in.
    pub async fn get(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(self.address).await?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: bench.localhost:{}\r\ncookie: vigie={}\r\n\
             accept: text/html\r\nconnection: close\r\n\r\n",
            self.address.port(),
            cookie(0),
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200"), "{path} is not served");
        Ok(answer)
    }

    /// A socket of a page whose visitor signed in.
    pub async fn socket(&self) -> anyhow::Result<WebSocketStream<TcpStream>> {
        self.socket_of(0).await
    }

    /// The same, taking turns between people.
    pub async fn socket_of(&self, turn: usize) -> anyhow::Result<WebSocketStream<TcpStream>> {
        let host = format!("bench.localhost:{}", self.address.port());
        let request = Request::builder()
            .uri(format!("ws://{host}/ws"))
            .header("Host", &host)
            .header("Origin", format!("http://{host}"))
            .header("Cookie", format!("vigie={}", cookie(turn)))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", generate_key())
            .header("Sec-WebSocket-Protocol", "vigie.feed.v1")
            .body(())?;
        let stream = TcpStream::connect(self.address).await?;
        // A browser's end is not what is measured: it gets little.
        let config = WebSocketConfig::default().read_buffer_size(4 << 10);
        Ok(client_async_with_config(request, stream, Some(config))
            .await?
            .0)
    }

    /// Stops serving and closes the databases.
    pub async fn close(self) {
        self.server.abort();
        self.platform.close().await;
        self.platform.directory().close().await;
    }
}

async fn provision(directory: &Directory, point_count: usize) -> anyhow::Result<()> {
    let source = Source::named("bench.toml", manifest_text(point_count)?);
    let manifests = manifest::parse(&[source], Library::embedded()?)?;
    let conditions = Conditions {
        checker: &Registry,
        environment: &|_| None,
        prune: Prune::Keep,
    };
    for plan in manifest::prepare(directory, &manifests, conditions).await? {
        manifest::apply(directory, &plan).await?;
    }
    Ok(())
}

fn manifest_text(point_count: usize) -> Result<String, std::fmt::Error> {
    let last = point_count.div_ceil(POINTS_OF_A_THING) - 1;
    let mut text = String::from(
        "[client]\nslug = \"bench\"\nname = \"Bench\"\nlocale = \"en\"\ntime_zone = \"UTC\"\n\
         [[sites]]\nkey = \"site\"\nname = \"Site\"\n\
         [[types]]\nkey = \"kind\"\nname = \"Kind\"\nicon = \"i-device\"\n",
    );
    for key in 0..POINTS_OF_A_THING {
        writeln!(
            text,
            "[[types.points]]\nkey = \"p{key}\"\nname = \"P {key}\"\nkind = \"number\""
        )?;
    }
    for person in 0..PEOPLE {
        writeln!(
            text,
            "[[users]]\nemail = \"{person}@example.org\"\nname = \"Bench\"\nrole = \"viewer\""
        )?;
    }
    writeln!(
        text,
        "[[equipment]]\nkeys = \"thing-0..thing-{last}\"\nname = \"{{key}}\"\nsite = \"site\"\ntype = \"kind\""
    )?;
    Ok(text)
}

async fn sign_in(scope: &TenantScope) -> anyhow::Result<()> {
    let now = SystemClock.now();
    for (turn, user) in users::list(scope.db()).await?.into_iter().enumerate() {
        let session = Session {
            token_hash: credentials::sha256(&cookie(turn)).to_vec(),
            user_id: user.id,
            signed_in_at: now,
            last_seen_at: now,
            expires_at: now.plus(Timestamp::DAY),
            address: None,
            user_agent: None,
            step: None,
            second_factor: false,
        };
        sessions::insert(scope.db(), &session).await?;
    }
    Ok(())
}

fn cookie(turn: usize) -> String {
    format!("a-session-of-the-bench-{}", turn % PEOPLE)
}
