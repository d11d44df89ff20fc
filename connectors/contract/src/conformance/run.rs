//! A connector at work in a test.

use super::TestSink;
use crate::{
    ArrivalClock, Commands, Connector, ConnectorError, Health, Outbox, Reach, Session, ShortMemory,
    StatusBoard, Trace,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(30);
const END_DEADLINE: Duration = Duration::from_secs(10);
/// 2023-11-14T22:13:20Z.
const BEGINNING_US: i64 = 1_700_000_000_000_000;

/// A connector at work.
pub(super) struct Run {
    pub(super) task: JoinHandle<Result<(), ConnectorError>>,
    pub(super) status: StatusBoard,
    pub(super) stop: CancellationToken,
}

impl Run {
    /// Starts the connector and waits until it is in session.
    pub(super) async fn start(connector: Box<dyn Connector>, sink: &Arc<TestSink>) -> Self {
        let (status, stop) = (StatusBoard::default(), CancellationToken::new());
        let began = Instant::now();
        let now_us = move || BEGINNING_US + began.elapsed().as_micros() as i64;
        let session = Session {
            sink: sink.clone(),
            status: status.clone(),
            clock: ArrivalClock::new(now_us),
            outbox: Outbox::default(),
            commands: Commands::default(),
            trace: Trace::default(),
            memory: Arc::new(ShortMemory::default()),
            reach: Reach::anywhere(),
            stop: stop.clone(),
        };
        let task = tokio::spawn(connector.run(session));
        until("it is in session", || {
            status.snapshot().health == Health::Connected
        })
        .await;
        Self { task, status, stop }
    }

    /// Ends without a chance to tidy up.
    pub(super) async fn die(self) {
        self.task.abort();
        let end = self.task.await;
        assert!(
            end.is_err_and(|error| error.is_cancelled()),
            "it was still at work"
        );
    }

    /// Ends as asked, in time.
    pub(super) async fn stop(self) {
        self.stop.cancel();
        let status = self.status.clone();
        self.ends().await;
        assert_eq!(status.snapshot().health, Health::Stopped);
    }

    /// Ends by itself, in time.
    pub(super) async fn ends(self) {
        let end = timeout(END_DEADLINE, self.task)
            .await
            .expect("it ends in time");
        assert_eq!(end.expect("without a panic"), Ok(()));
    }
}

pub(super) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(
            Instant::now() < deadline,
            "waited {DEADLINE:?} in vain: {what}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
