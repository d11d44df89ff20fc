//! The servers under load, each a process that ends with its handle.

use super::platform::Bench;
use anyhow::{Context, Result, bail};
use std::io::Write as _;
use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use vigie_mqtt_endpoint::{
    BoxFuture, Broker, CommitError, Config, ConnectRequest, Handler, Message, Outcome, Principal,
    RefuseReason,
};

const START_DEADLINE: Duration = Duration::from_secs(30);
const STOP_DEADLINE: Duration = Duration::from_secs(10);

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Ours, before a commit of everything every 20 ms.
    Group,
    /// Ours, before ingest and the engine on SQLite.
    Engine,
    /// mosquitto of the system.
    Mosquitto,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Group, Self::Engine, Self::Mosquitto];
}

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
    /// Lives as long as the server.
    _folder: TempDir,
}

impl Server {
    /// Starts one on a free port of the loopback and waits until it listens.
    pub async fn start(kind: Kind) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let (child, address) = match kind {
            Kind::Mosquitto => start_mosquitto(&folder).await?,
            Kind::Group => start_ours("group").await?,
            Kind::Engine => start_ours("engine").await?,
        };
        Ok(Self {
            address,
            child,
            _folder: folder,
        })
    }

    pub fn pid(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// Ends it: ours leave in order when their input ends, mosquitto is killed.
    pub async fn stop(mut self) -> Result<()> {
        if self.child.stdin.take().is_none() {
            self.child.start_kill()?;
        }
        tokio::time::timeout(STOP_DEADLINE, self.child.wait()).await??;
        Ok(())
    }
}

/// The version line of the peer.
pub fn mosquitto_version() -> Result<String> {
    let output = std::process::Command::new("mosquitto").arg("-h").output();
    let output = output.context("mosquitto is not there: apt install mosquitto")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.lines().next().unwrap_or("mosquitto").to_owned())
}

async fn start_mosquitto(folder: &TempDir) -> Result<(Child, SocketAddr)> {
    let free = TcpListener::bind("127.0.0.1:0").await?;
    let address = free.local_addr()?;
    drop(free);
    let config = folder.path().join("mosquitto.conf");
    let text = format!(
        "listener {} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_type none\n\
         max_inflight_messages 0\nmax_queued_messages 0\nset_tcp_nodelay true\n",
        address.port()
    );
    std::fs::write(&config, text)?;
    let child = Command::new("mosquitto")
        .arg("-c")
        .arg(&config)
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("mosquitto is not there: apt install mosquitto")?;
    let deadline = Instant::now() + START_DEADLINE;
    while TcpStream::connect(address).await.is_err() {
        if Instant::now() > deadline {
            bail!("mosquitto does not listen on {address}");
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok((child, address))
}

async fn start_ours(kind: &str) -> Result<(Child, SocketAddr)> {
    let mut child = Command::new(std::env::current_exe()?)
        .args(["endpoint", "--serve", kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().context("its output")?;
    let mut line = String::new();
    let mut output = BufReader::new(output);
    tokio::time::timeout(START_DEADLINE, output.read_line(&mut line)).await??;
    let address = line
        .trim()
        .parse()
        .with_context(|| format!("an address, not {line:?}"))?;
    Ok((child, address))
}

/// Is a server until its input ends.
pub async fn be(kind: Kind) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut platform = None;
    let handler: Arc<dyn Handler> = match kind {
        Kind::Group => GroupCommit::start(),
        Kind::Engine => platform
            .insert(Bench::open(folder.path()).await?)
            .endpoint(),
        Kind::Mosquitto => bail!("mosquitto is a program of its own"),
    };
    let broker = Broker::new(Config::default(), handler);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let mut output = std::io::stdout();
    writeln!(output, "{}", listener.local_addr()?)?;
    output.flush()?;
    let stop = CancellationToken::new();
    let serving = broker.serve(listener, stop.clone());
    let (mut input, mut nothing) = (tokio::io::stdin(), [0]);
    tokio::select! {
        () = serving => {}
        _ = input.read(&mut nothing) => {}
    }
    Ok(())
}

/// Acknowledges everything that came, every 20 ms.
struct GroupCommit(mpsc::Sender<oneshot::Sender<()>>);

impl GroupCommit {
    fn start() -> Arc<Self> {
        let (waiting, mut group) = mpsc::channel::<oneshot::Sender<()>>(100_000);
        // Lives as long as the process, which is only this server.
        tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_millis(20));
            loop {
                ticks.tick().await;
                while let Ok(committed) = group.try_recv() {
                    // The connection may be gone.
                    let _ = committed.send(());
                }
            }
        });
        Arc::new(Self(waiting))
    }
}

impl Handler for GroupCommit {
    fn authenticate(
        self: Arc<Self>,
        request: ConnectRequest,
    ) -> BoxFuture<Result<Principal, RefuseReason>> {
        Box::pin(async move {
            Ok(Principal {
                space: "bench".into(),
                device: (&*request.client_id).into(),
            })
        })
    }

    fn commit(
        self: Arc<Self>,
        _: Arc<Principal>,
        batch: Arc<[Message]>,
    ) -> BoxFuture<Vec<Outcome>> {
        Box::pin(async move {
            let (committed, done) = oneshot::channel();
            let waits = self.0.send(committed).await.is_ok() && done.await.is_ok();
            let outcome = if waits {
                Ok(())
            } else {
                Err(CommitError::Retry)
            };
            vec![outcome; batch.len()]
        })
    }
}
