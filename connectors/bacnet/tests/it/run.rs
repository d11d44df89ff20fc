//! A connector at work, and everything it delivers.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use vigie_bacnet::BacnetConfig;
use vigie_contract::{
    ArrivalClock, Commands, Connector, ConnectorError, Delivery, Health, Memory, Outbox, Reach,
    Reading, ReadingSink, Refusal, Session, Settlement, Settling, ShortMemory, StatusBoard, Trace,
};

const DEADLINE: Duration = Duration::from_secs(30);

/// Takes everything.
#[derive(Default)]
pub struct Shelf {
    readings: Mutex<Vec<Reading>>,
    refusals: Mutex<Vec<Refusal>>,
}

impl Shelf {
    pub fn readings(&self) -> Vec<Reading> {
        self.readings.lock().unwrap().clone()
    }

    pub fn refusals(&self) -> Vec<Refusal> {
        self.refusals.lock().unwrap().clone()
    }

    /// The newest reading of a point.
    pub fn newest(&self, point: &str) -> Option<Reading> {
        let readings = self.readings();
        readings
            .into_iter()
            .rfind(|reading| &*reading.address.point == point)
    }
}

impl ReadingSink for Shelf {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        self.readings
            .lock()
            .unwrap()
            .extend(delivery.readings.iter().cloned());
        self.refusals
            .lock()
            .unwrap()
            .extend(delivery.refusals.iter().cloned());
        let settlement = Settlement {
            stored: delivery.readings.len() as u32,
            refused: delivery.refusals.len() as u32,
        };
        Box::pin(async move { Ok(settlement) })
    }
}

/// A connector that runs.
pub struct Run {
    pub shelf: Arc<Shelf>,
    pub status: StatusBoard,
    pub commands: Commands,
    pub trace: Trace,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Run {
    pub fn start(config: Value) -> Self {
        Self::with_memory(config, Arc::new(ShortMemory::default()))
    }

    pub fn with_memory(config: Value, memory: Arc<dyn Memory>) -> Self {
        Self::with(config, memory, Reach::anywhere())
    }

    pub fn within(config: Value, reach: Reach) -> Self {
        Self::with(config, Arc::new(ShortMemory::default()), reach)
    }

    fn with(config: Value, memory: Arc<dyn Memory>, reach: Reach) -> Self {
        let shelf = Arc::new(Shelf::default());
        let session = Session {
            sink: shelf.clone(),
            status: StatusBoard::default(),
            clock: clock(),
            outbox: Outbox::default(),
            commands: Commands::default(),
            trace: Trace::default(),
            memory,
            reach,
            stop: CancellationToken::new(),
        };
        let (status, stop) = (session.status.clone(), session.stop.clone());
        let (commands, trace) = (session.commands.clone(), session.trace.clone());
        let connector = connector(config);
        Self {
            shelf,
            status,
            commands,
            trace,
            stop,
            task: tokio::spawn(connector.run(session)),
        }
    }

    pub async fn is_connected(&self) {
        until("it is connected", || {
            self.status.snapshot().health == Health::Connected
        })
        .await;
    }

    pub async fn stop(self) {
        self.stop.cancel();
        let end = timeout(Duration::from_secs(10), self.task).await;
        assert_eq!(
            end.expect("it ends in time").expect("without a panic"),
            Ok(())
        );
    }
}

pub fn connector(config: Value) -> Box<dyn Connector> {
    let config: BacnetConfig = serde_json::from_value(config).expect("the configuration reads");
    let zone = jiff::tz::TimeZone::UTC;
    Box::new(
        config
            .into_connector(&zone)
            .expect("the configuration is fine"),
    )
}

/// One device at a port of the loopback, and its points.
pub fn config(port: u16, device: Value, points: Value) -> Value {
    let mut whole = json!({ "instance": 7000, "address": format!("127.0.0.1:{port}") });
    let more = device.as_object().expect("a table").clone();
    whole.as_object_mut().expect("a table").extend(more);
    json!({
        "interface": "127.0.0.1", "port": 0, "broadcast": "127.255.255.255",
        "timeout_ms": 1000, "retries": 1, "devices": [whole], "points": points,
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test stands in for the platform's clock"
)]
fn clock() -> ArrivalClock {
    let last = AtomicI64::new(0);
    ArrivalClock::new(move || {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let now = since.as_micros() as i64;
        last.fetch_max(now, Ordering::Relaxed).max(now)
    })
}

/// Waits for something, at most half a minute.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(
            Instant::now() < deadline,
            "waited {DEADLINE:?} in vain: {what}"
        );
        sleep(Duration::from_millis(10)).await;
    }
}
