//! A sink that keeps everything, and a connector at work on it.

use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use vigie_contract::{
    ArrivalClock, Commands, Connector, ConnectorError, Delivery, Outbox, Reach, Reading,
    ReadingSink, Refusal, Session, Settlement, Settling, ShortMemory, StatusBoard, Trace,
};

const DEADLINE: Duration = Duration::from_secs(20);

/// Stores all readings and refusals.
#[derive(Debug, Default)]
pub struct Recorder(Mutex<(Vec<Reading>, Vec<Refusal>)>);

impl Recorder {
    pub fn number(&self, point: &str) -> Option<f64> {
        let kept = self.0.lock().unwrap();
        let mut readings = kept.0.iter().rev();
        let found = readings.find(|reading| &*reading.address.point == point)?;
        found.value.to_string().parse().ok()
    }

    pub fn equipments(&self) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        let equipments = kept
            .0
            .iter()
            .map(|reading| reading.address.equipment.to_string());
        equipments
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect()
    }

    pub fn everything(&self) -> String {
        format!("{:?}", self.0.lock().unwrap())
    }
}

impl ReadingSink for Recorder {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        let mut kept = self.0.lock().unwrap();
        kept.0.extend(delivery.readings.iter().cloned());
        kept.1.extend(delivery.refusals.iter().cloned());
        let settlement = Settlement {
            stored: delivery.readings.len() as u32,
            refused: delivery.refusals.len() as u32,
        };
        Box::pin(async move { Ok(settlement) })
    }
}

/// A connector at work.
pub struct Run {
    pub sink: Arc<Recorder>,
    pub status: StatusBoard,
    pub trace: Trace,
    stop: CancellationToken,
    task: JoinHandle<Result<(), ConnectorError>>,
}

impl Run {
    pub fn start(connector: impl Connector) -> Self {
        let (sink, status, trace) = (
            Arc::<Recorder>::default(),
            StatusBoard::default(),
            Trace::default(),
        );
        let stop = CancellationToken::new();
        trace.look(0, Duration::from_secs(60));
        let session = Session {
            sink: sink.clone(),
            status: status.clone(),
            clock: ArrivalClock::new(|| super::NOW),
            outbox: Outbox::default(),
            commands: Commands::default(),
            trace: trace.clone(),
            memory: Arc::<ShortMemory>::default(),
            reach: Reach::anywhere(),
            stop: stop.clone(),
        };
        let task = tokio::spawn(Box::new(connector).run(session));
        Self {
            sink,
            status,
            trace,
            stop,
            task,
        }
    }

    pub async fn end(self) {
        self.stop.cancel();
        timeout(DEADLINE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

/// Probes until it is so; panics with `what` when the deadline has passed.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(
            began.elapsed() < DEADLINE,
            "waited {DEADLINE:?} in vain: {what}"
        );
        sleep(Duration::from_millis(20)).await;
    }
}
