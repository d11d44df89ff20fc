//! One connection that should run: its tasks, its status, its end.

use super::commands::Way;
use super::memory::ConnectionMemory;
use super::rates::Rates;
use super::registry::{Prepared, prepare_for};
use super::supervisor::ConnectionView;
use super::{ConnectionSink, Ingest};
use crate::store::tenant::Connection;
use serde_json::Value;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ArrivalClock, Backoff, Commands, ConnectorError, Health, Outbox, Reach, Session, StatusBoard,
    Trace, Writes,
};

const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A session settles what it has in work within a few seconds.
const END_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection and the tasks that belong to it.
pub(super) struct Running {
    connection: Connection,
    stop: CancellationToken,
    writes: Writes,
    lent: Lent,
    rates: Mutex<Rates>,
    /// The session and the announcements; aborted when dropped.
    tasks: JoinSet<()>,
}

/// What lasts over the sessions of one connection.
#[derive(Debug, Clone, Default)]
pub(super) struct Lent {
    pub(super) commands: Commands,
    pub(super) trace: Trace,
    pub(super) outbox: Outbox,
    pub(super) board: StatusBoard,
}

impl Running {
    pub(super) fn new(connection: Connection, stop: CancellationToken) -> Self {
        Self {
            connection,
            stop,
            writes: Writes::default(),
            lent: Lent::default(),
            rates: Mutex::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Whether it runs what is wanted.
    pub(super) fn is(&self, wanted: &Connection) -> bool {
        self.connection == *wanted
    }

    pub(super) fn protocol(&self) -> &str {
        &self.connection.protocol
    }

    pub(super) fn board(&self) -> StatusBoard {
        self.lent.board.clone()
    }

    pub(super) fn lent(&self) -> Lent {
        self.lent.clone()
    }

    /// Which points its sessions can write.
    pub(super) fn can_write(&mut self, writes: Writes) {
        self.writes = writes;
    }

    /// The way of commands to its sessions.
    pub(super) fn way(&self) -> Way {
        Way {
            connection: self.connection.key.clone(),
            writes: self.writes.clone(),
            commands: self.lent.commands.clone(),
            board: self.lent.board.clone(),
        }
    }

    /// Looks how many messages there are, once a second or so.
    pub(super) fn note_rates(&self) {
        let status = self.lent.board.snapshot();
        self.rates().note(&status, Instant::now());
    }

    fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Runs a task until the connection ends.
    pub(super) fn own(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// There is nothing to connect: it works from now on.
    pub(super) fn ready(&self) {
        self.lent
            .board
            .update(|status| status.health = Health::Connected);
    }

    pub(super) fn fail(&self, message: String) {
        fail(&self.lent.board, message);
    }

    pub(super) fn view(&self) -> ConnectionView {
        let rates = self.rates();
        ConnectionView {
            connection: self.connection.clone(),
            status: self.lent.board.snapshot(),
            messages_per_second: rates.messages,
            bytes_per_second: rates.bytes,
        }
    }

    /// Asks its tasks to end and waits; those that do not are aborted.
    pub(super) async fn end(mut self) {
        self.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(END_TIMEOUT, all).await.is_err() {
            tracing::warn!(
                connection.key = self.connection.key,
                "connection did not end in time"
            );
        }
    }
}

/// Runs a session again and again; a configuration that is wrong ends it.
pub(super) async fn keep_running(
    ingest: Arc<Ingest>,
    connection: Connection,
    config: Value,
    lent: Lent,
    (reach, stop): (Reach, CancellationToken),
) {
    let board = lent.board;
    let clock = ingest.clock().clone();
    let session = Session {
        sink: Arc::new(ConnectionSink::new(ingest.clone(), connection.key.as_str())),
        status: board.clone(),
        clock: ArrivalClock::new(move || clock.now().0),
        outbox: lent.outbox,
        commands: lent.commands,
        trace: lent.trace,
        memory: Arc::new(ConnectionMemory::new(ingest.scope(), &connection.key)),
        reach,
        stop: stop.clone(),
    };
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    while !stop.is_cancelled() {
        match run_once(&ingest, &connection, &config, session.clone()).await {
            Ok(()) => return,
            Err(ConnectorError::Fatal(message)) => return fail(&board, message),
            Err(ConnectorError::Retry(message)) => {
                tracing::warn!(connection.key = connection.key, message, "connection ended");
                let pause = backoff.next_pause(rand::random());
                board.update(|status| {
                    status.health = Health::Waiting;
                    status.last_error = Some(message);
                    status.next_attempt = Some(Instant::now() + pause);
                });
                let pause = tokio::time::sleep(pause);
                stop.run_until_cancelled(pause).await;
            }
        }
    }
}

/// A connector that panics is a defect of ours; it costs its own session and nothing else.
async fn run_once(
    ingest: &Ingest,
    connection: &Connection,
    config: &Value,
    session: Session,
) -> Result<(), ConnectorError> {
    let (key, protocol) = (connection.key.as_str(), connection.protocol.as_str());
    let prepared = prepare_for(ingest.scope(), key, protocol, config.clone());
    let connector = match prepared.map_err(|fault| ConnectorError::Fatal(fault.to_string()))? {
        Prepared::Session { connector, .. } => connector,
        Prepared::Endpoint { .. } | Prepared::Http(_) => return Ok(()),
    };
    let mut task = JoinSet::new();
    task.spawn(connector.run(session));
    match task.join_next().await {
        Some(Ok(end)) => end,
        Some(Err(panic)) => Err(ConnectorError::Retry(format!(
            "the connector failed: {panic}"
        ))),
        None => Ok(()),
    }
}

fn fail(board: &StatusBoard, message: String) {
    board.update(|status| {
        status.health = Health::Stopped;
        status.last_error = Some(message);
    });
}
