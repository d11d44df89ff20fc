//! A connector at work, whose readings are counted and thrown away.

use anyhow::{Result, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ArrivalClock, Commands, Connector, ConnectorError, Delivery, Outbox, Reach, ReadingSink,
    Session, Settlement, Settling, ShortMemory, StatusBoard, Trace,
};

const END_TIMEOUT: Duration = Duration::from_secs(10);

/// Counts what comes.
#[derive(Debug, Default)]
struct Counter(AtomicU64);

impl ReadingSink for Counter {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        let came = delivery.readings.len() + delivery.refusals.len();
        self.0.fetch_add(came as u64, Ordering::Relaxed);
        Box::pin(async { Ok(Settlement::default()) })
    }
}

/// A session on a runtime.
pub(super) struct Running {
    counter: Arc<Counter>,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Running {
    pub(super) fn start(runtime: &Runtime, connector: impl Connector) -> Self {
        let (counter, stop) = (Arc::<Counter>::default(), CancellationToken::new());
        let ticks = AtomicI64::new(1_795_154_400_000_000);
        let session = Session {
            sink: counter.clone(),
            status: StatusBoard::default(),
            clock: ArrivalClock::new(move || ticks.fetch_add(1_000, Ordering::Relaxed)),
            outbox: Outbox::default(),
            commands: Commands::default(),
            trace: Trace::default(),
            memory: Arc::<ShortMemory>::default(),
            reach: Reach::anywhere(),
            stop: stop.clone(),
        };
        Self {
            counter,
            stop,
            task: runtime.spawn(Box::new(connector).run(session)),
        }
    }

    /// Readings and refusals so far.
    pub(super) fn came(&self) -> u64 {
        self.counter.0.load(Ordering::Relaxed)
    }

    /// Ends it; it did not panic, and had not given up.
    pub(super) fn end(self, runtime: &Runtime) -> Result<()> {
        self.stop.cancel();
        let ended = runtime.block_on(async { tokio::time::timeout(END_TIMEOUT, self.task).await });
        let outcome = ended??;
        ensure!(outcome.is_ok(), "it gave up: {outcome:?}");
        Ok(())
    }
}
