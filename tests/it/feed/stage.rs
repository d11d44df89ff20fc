//! A portal of one client on a free port, and sockets of people who look at it.

use crate::support::scratch;
use futures_util::{SinkExt, StreamExt};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::client::{Request, generate_key};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{WebSocketStream, client_async};
use vigie::config;
use vigie::domain::audit::Actor;
use vigie::domain::{
    Clock, EquipmentId, PointId, PointSample, Quality, Role, Sample, SystemClock, TenantStatus,
    Timestamp,
};
use vigie::live::Hub;
use vigie::runtime::{Client, Platform, PlatformConfig, Portal};
use vigie::store::control::TenantSpec;
use vigie::store::tenant::{
    Equipment, EquipmentType, PointSpec, Session, Site, User, equipment, equipment_types, points,
    sessions, settings, sites, users,
};
use vigie::tenancy::{Directory, DirectoryConfig, TenantScope, credentials};
use vigie::web::{self, AppState};

const PATIENCE: Duration = Duration::from_secs(20);
const COOKIE: &str = "a-session-of-the-test";

pub(super) struct Stage {
    pub(super) client: Arc<Client>,
    pub(super) points: Vec<PointId>,
    pub(super) equipment: EquipmentId,
    pub(super) state: AppState,
    address: SocketAddr,
    _folder: TempDir,
}

/// One socket.
pub(super) struct Socket(pub(super) WebSocketStream<TcpStream>);

impl Stage {
    /// A client `feed` with one equipment of so many points.
    pub(super) async fn set(point_count: usize) -> Self {
        let folder = scratch();
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let config = DirectoryConfig {
            data_dir: folder.path().to_owned(),
            database_url: None,
            key: None,
            connections_per_client: 2,
            base_domain: "localhost".to_owned(),
        };
        let directory = Directory::open(config, Arc::clone(&clock)).await.unwrap();
        let scope = directory.provision(&spec()).await.unwrap();
        let (equipment, points) = model(&scope, point_count).await;
        sign_in(&scope).await;
        directory
            .set_status("feed", TenantStatus::Active, &Actor::COMMAND)
            .await
            .unwrap();
        let platform = Platform::open(
            directory,
            Hub::in_process(),
            None,
            clock,
            PlatformConfig::default(),
        )
        .await
        .unwrap();
        let Portal::Open(client) = platform.by_slug("feed") else {
            panic!("the client is not served: {:?}", platform.unserved());
        };
        let metrics = PrometheusBuilder::new().build_recorder().handle();
        let state = AppState::new(platform, config::Web::default(), metrics);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service =
            web::router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        // Ends with the runtime of the test.
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            client,
            points,
            equipment,
            state,
            address,
            _folder: folder,
        }
    }

    /// Stores values at the present instant; returns once they are durable.
    pub(super) async fn write(&self, values: impl IntoIterator<Item = (PointId, f64)>) {
        let at = SystemClock.now();
        let sample = |value| Sample {
            at,
            value,
            quality: Quality::Good,
        };
        let samples = values.into_iter().map(|(point, value)| PointSample {
            point,
            sample: sample(value),
        });
        self.client.engine().write(samples.collect()).await.unwrap();
    }

    /// The request of a page of this portal whose visitor signed in.
    pub(super) fn request(&self) -> Request {
        let host = format!("feed.localhost:{}", self.address.port());
        Request::builder()
            .uri(format!("ws://{host}/ws"))
            .header("Host", &host)
            .header("Origin", format!("http://{host}"))
            .header("Cookie", format!("vigie={COOKIE}"))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Key", generate_key())
            .header("Sec-WebSocket-Protocol", "vigie.feed.v1")
            .body(())
            .unwrap()
    }

    /// Opens a socket that was said hello to.
    pub(super) async fn connect(&self) -> Socket {
        let mut socket = Socket(self.open(self.request()).await.unwrap());
        let hello = socket.next("hello").await;
        assert_eq!(hello["hello"]["max_points"], 10_000);
        socket
    }

    /// Opens a socket, or says why not.
    pub(super) async fn open(
        &self,
        request: Request,
    ) -> Result<WebSocketStream<TcpStream>, tungstenite::Error> {
        let stream = TcpStream::connect(self.address).await.unwrap();
        client_async(request, stream)
            .await
            .map(|(socket, _)| socket)
    }

    /// Sockets the server serves now.
    pub(super) fn open_feeds(&self) -> usize {
        self.state.feeds.open()
    }

    /// The status a socket is refused with.
    pub(super) async fn refusal(&self, request: Request) -> u16 {
        match self.open(request).await {
            Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
            other => panic!("not refused: {other:?}"),
        }
    }
}

impl Socket {
    pub(super) async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// The next JSON message.
    pub(super) async fn next(&mut self, what: &str) -> Value {
        loop {
            match self.frame(what).await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{what}: {other:?}"),
            }
        }
    }

    /// Close code and words of the server.
    pub(super) async fn farewell(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(Some(frame)) = self.frame("a farewell").await {
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    async fn frame(&mut self, what: &str) -> Message {
        let frame = tokio::time::timeout(PATIENCE, self.0.next()).await;
        let frame = frame.unwrap_or_else(|_| panic!("not within {PATIENCE:?}: {what}"));
        frame
            .unwrap_or_else(|| panic!("closed without a word: {what}"))
            .unwrap()
    }
}

fn spec() -> TenantSpec {
    TenantSpec {
        slug: "feed".to_owned(),
        name: "Feed".to_owned(),
        locale: "en".to_owned(),
        time_zone: "Europe/Paris".to_owned(),
        brand: "{}".to_owned(),
        retention_days: None,
        quota: "{}".to_owned(),
        allow_list: "[]".to_owned(),
    }
}

async fn model(scope: &TenantScope, point_count: usize) -> (EquipmentId, Vec<PointId>) {
    let now = SystemClock.now();
    let mut tx = scope.db().begin().await.unwrap();
    let site = Site {
        parent_id: None,
        key: "site".to_owned(),
        name: "Site".to_owned(),
        address: None,
        latitude: None,
        longitude: None,
        time_zone: "Europe/Paris".to_owned(),
        position: 0,
    };
    let kind = EquipmentType {
        key: "kind".to_owned(),
        name: "Kind".to_owned(),
        name_fr: None,
        icon: "i-device".to_owned(),
        brick_class: None,
        haystack_tags: "[]".to_owned(),
        bookable: false,
    };
    let thing = Equipment {
        site_id: sites::insert(&mut tx, &site, now).await.unwrap(),
        parent_id: None,
        type_id: equipment_types::insert(&mut tx, &kind).await.unwrap(),
        key: "thing".to_owned(),
        name: "Thing".to_owned(),
        model: None,
        serial: None,
        note: None,
    };
    let id = equipment::insert(&mut tx, &thing, "test", now)
        .await
        .unwrap();
    let mut ids = Vec::new();
    for position in 0..point_count {
        let spec = PointSpec {
            key: format!("p{position}"),
            name: format!("Point {position}"),
            position: position as i64,
            ..PointSpec::default()
        };
        ids.push(points::insert(&mut tx, id, &spec, now).await.unwrap());
    }
    settings::bump_model_version(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    (id, ids)
}

async fn sign_in(scope: &TenantScope) {
    let now = SystemClock.now();
    let user = User {
        email: "somebody@feed.example".to_owned(),
        name: "Somebody".to_owned(),
        role: Role::Viewer,
    };
    let mut tx = scope.db().begin().await.unwrap();
    let user_id = users::insert(&mut tx, &user, now).await.unwrap();
    tx.commit().await.unwrap();
    let session = Session {
        token_hash: credentials::sha256(COOKIE).to_vec(),
        user_id,
        signed_in_at: now,
        last_seen_at: now,
        expires_at: now.plus(Timestamp::DAY),
        address: None,
        user_agent: None,
        step: None,
        second_factor: false,
    };
    sessions::insert(scope.db(), &session).await.unwrap();
}
