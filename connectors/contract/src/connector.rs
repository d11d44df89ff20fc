//! One protocol session: how it runs, fails and shows its health.

use crate::{Address, ArrivalClock, Commands, Memory, Outbox, Reach, ReadingSink, Trace};
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectorError {
    /// The peer or the network; the connector is started again after a pause.
    #[error("{0}")]
    Retry(String),
    /// The configuration; only a person can mend it.
    #[error("{0}")]
    Fatal(String),
}

/// What is wrong with a configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct ConfigFault {
    /// JSON pointer (RFC 6901) into the configuration: `/routes/0/topic`.
    pub pointer: String,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl ConfigFault {
    /// A fault at `pointer`.
    pub fn at(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            message: message.into(),
        }
    }

    /// The same fault seen from the parent of the value it was found in.
    #[must_use]
    pub fn below(mut self, parent: &str) -> Self {
        self.pointer.insert_str(0, parent);
        self
    }
}

/// How a session ends: `Ok` after `stop`, else why it cannot go on.
pub type Running = Pin<Box<dyn Future<Output = Result<(), ConnectorError>> + Send>>;

/// One session of one protocol. Its *config* builds it; `run` owns it until it ends.
pub trait Connector: Send + 'static {
    /// Which points it can write; asked before `run`.
    fn writes(&self) -> Writes {
        Writes::default()
    }

    /// Runs until `session.stop` is cancelled (then `Ok`) or the session cannot go on.
    /// Reconnects by itself with back-off and jitter; returns `Retry` only when it gave up.
    fn run(self: Box<Self>, session: Session) -> Running;
}

/// Tells which points a connector can write.
#[derive(Clone)]
pub struct Writes(Arc<dyn Fn(&Address) -> bool + Send + Sync>);

impl Writes {
    /// Those that `can` says.
    pub fn to(can: impl Fn(&Address) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(can))
    }

    /// Whether a command for `address` may be offered to this session.
    pub fn can(&self, address: &Address) -> bool {
        (self.0)(address)
    }
}

impl Default for Writes {
    /// None.
    fn default() -> Self {
        Self::to(|_| false)
    }
}

/// What the platform lends a connector for one run.
#[derive(Clone)]
pub struct Session {
    /// Where readings go.
    pub sink: Arc<dyn ReadingSink>,
    /// Where health is shown.
    pub status: StatusBoard,
    /// What stamps a message that carries no time of its own.
    pub clock: ArrivalClock,
    /// What the platform wants sent to the peer.
    pub outbox: Outbox,
    /// What people want points to become.
    pub commands: Commands,
    /// Where messages are shown to those who look.
    pub trace: Trace,
    /// What it left itself last time.
    pub memory: Arc<dyn Memory>,
    /// Which addresses it may dial.
    pub reach: Reach,
    /// Cancelled when the session shall end.
    pub stop: CancellationToken,
}

/// What a person sees of a session at a glance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Health {
    /// Not connected yet.
    #[default]
    Connecting,
    /// In session.
    Connected,
    /// Between two attempts.
    Waiting,
    /// Ended.
    Stopped,
}

/// A snapshot of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectorStatus {
    /// At a glance.
    pub health: Health,
    /// Messages or polls since the start.
    pub messages: u64,
    /// Payload bytes since the start.
    pub bytes: u64,
    /// Messages refused since the start, wholly or in part.
    pub refused: u64,
    /// The last error in words.
    pub last_error: Option<String>,
    /// Attempts to connect since the last success.
    pub attempts: u32,
    /// Since when it is as `health` says; the board keeps it.
    pub since: Option<Instant>,
    /// When a waiting session tries again.
    pub next_attempt: Option<Instant>,
    /// How long the peer took to answer lately, where it is asked.
    pub latency: Option<Duration>,
}

/// Where a connector writes its status and the platform reads it.
#[derive(Debug, Clone, Default)]
pub struct StatusBoard(Arc<Mutex<ConnectorStatus>>);

impl StatusBoard {
    /// Changes the status under the lock; keep `change` short.
    pub fn update(&self, change: impl FnOnce(&mut ConnectorStatus)) {
        let mut status = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = status.health;
        change(&mut status);
        if status.since.is_none() || status.health != before {
            status.since = Some(Instant::now());
        }
        if status.health != Health::Waiting {
            status.next_attempt = None;
        }
    }

    /// The status now.
    pub fn snapshot(&self) -> ConnectorStatus {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
