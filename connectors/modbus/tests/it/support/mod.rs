//! What the tests share.

mod gateway;
mod proxy;
mod shelf;

pub(crate) use gateway::{Gateway, mbpoll_read, mbpoll_write};
pub(crate) use proxy::{Mood, Proxy};
pub(crate) use shelf::Shelf;

use serde_json::Value;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ArrivalClock, Commands, Connector, ConnectorError, Outbox, Reach, Session, ShortMemory,
    StatusBoard, Trace,
};
use vigie_modbus::ModbusConfig;

pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A connector at work; ended when dropped.
pub(crate) struct Run {
    pub(crate) shelf: Arc<Shelf>,
    pub(crate) status: StatusBoard,
    pub(crate) commands: Commands,
    pub(crate) trace: Trace,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Run {
    pub(crate) fn start(config: Value) -> Self {
        let config: ModbusConfig = serde_json::from_value(config).unwrap();
        let connector = Box::new(config.into_connector().unwrap());
        let (shelf, stop) = (Arc::new(Shelf::default()), CancellationToken::new());
        let session = Session {
            sink: shelf.clone(),
            status: StatusBoard::default(),
            clock: ArrivalClock::new(now_us),
            outbox: Outbox::default(),
            commands: Commands::default(),
            trace: Trace::default(),
            memory: Arc::new(ShortMemory::default()),
            reach: Reach::anywhere(),
            stop: stop.clone(),
        };
        Self {
            shelf,
            status: session.status.clone(),
            commands: session.commands.clone(),
            trace: session.trace.clone(),
            stop,
            task: tokio::spawn(connector.run(session)),
        }
    }

    /// Ends as asked, in time.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let end = timeout(Duration::from_secs(10), &mut self.task).await;
        assert_eq!(
            end.expect("it ends in time").expect("without a panic"),
            Ok(())
        );
    }

    /// Until the newest value of a point is this.
    pub(crate) async fn until_value(&self, equipment: &str, point: &str, value: &str) {
        let what = format!("{equipment}.{point} = {value}");
        until(&what, || {
            self.shelf.value(equipment, point).as_deref() == Some(value)
        })
        .await;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The clock of the sessions: it starts at an instant that is no multiple of any period, and runs on.
pub(crate) fn now_us() -> i64 {
    const BEGINNING_US: i64 = 1_700_000_000_123_457;
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    BEGINNING_US + BEGAN.elapsed().as_micros() as i64
}

pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(
            Instant::now() < deadline,
            "waited {DEADLINE:?} in vain: {what}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
