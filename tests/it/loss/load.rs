//! Devices that count: each message carries the next number, stamped one millisecond later.

use crate::support::device::{self, Acks, Login, Sender};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// Messages of one device that may wait for their acknowledgement.
const IN_FLIGHT: usize = 64;
/// Between two messages of one device.
const PACE: Duration = Duration::from_millis(3);
const RECONNECT_AFTER: Duration = Duration::from_millis(50);
/// Packet ids go round below this; far more than are ever in flight.
const PACKET_IDS: u64 = 60_000;

/// One counting device.
pub struct Counter {
    /// The equipment it measures, and the last level of its topic.
    pub equipment: String,
    /// Where it sends to.
    pub port: u16,
    /// As whom.
    pub login: Login,
    /// The stamp of number 0, in milliseconds since 1970.
    pub start_ms: i64,
    ledger: Mutex<Ledger>,
}

/// What one device knows.
#[derive(Debug, Default)]
struct Ledger {
    sent: u64,
    acknowledged: Vec<u64>,
    /// Sent and not acknowledged, the oldest first; sent again after a reconnect.
    open: VecDeque<u64>,
}

/// What was promised to a device.
#[derive(Debug)]
pub struct Promise {
    /// Numbers below this were sent.
    pub sent: u64,
    /// These were acknowledged.
    pub acknowledged: Vec<u64>,
}

impl Counter {
    /// A device that has sent nothing yet.
    pub fn new(equipment: &str, port: u16, login: Login, start_ms: i64) -> Self {
        let ledger = Mutex::default();
        Self {
            equipment: equipment.to_owned(),
            port,
            login,
            start_ms,
            ledger,
        }
    }

    /// Counts until told to stop, over as many connections as it takes.
    pub async fn count(&self, stop: &CancellationToken) {
        let counting = async {
            loop {
                if let Ok((sender, acks)) = device::connect(self.port, &self.login).await {
                    self.count_on(sender, acks, None).await;
                }
                tokio::time::sleep(RECONNECT_AFTER).await;
            }
        };
        stop.run_until_cancelled(counting).await;
    }

    /// Sends what is still open and waits until nothing is; the connection may break as often as it likes.
    pub async fn settle(&self) {
        while !self.ledger().open.is_empty() {
            if let Ok((sender, acks)) = device::connect(self.port, &self.login).await {
                let until = self.ledger().sent;
                self.count_on(sender, acks, Some(until)).await;
            }
            tokio::time::sleep(RECONNECT_AFTER).await;
        }
    }

    /// What it was promised so far.
    pub fn promise(&self) -> Promise {
        let ledger = self.ledger();
        Promise {
            sent: ledger.sent,
            acknowledged: ledger.acknowledged.clone(),
        }
    }

    /// How many were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.ledger().acknowledged.len()
    }

    /// Until the connection breaks, or the numbers below `until` are acknowledged.
    async fn count_on(&self, mut sender: Sender, mut acks: Acks, until: Option<u64>) {
        let free = Semaphore::new(IN_FLIGHT);
        let again: Vec<_> = self.ledger().open.iter().copied().collect();
        let send = async {
            for number in again {
                self.send(&mut sender, &free, number).await?;
            }
            while until.is_none() {
                let number = self.ledger().next();
                self.send(&mut sender, &free, number).await?;
                tokio::time::sleep(PACE).await;
            }
            std::future::pending().await
        };
        let receive = async {
            while until.is_none() || !self.ledger().open.is_empty() {
                let id = acks.next().await?;
                if self.ledger().acknowledge(id) {
                    free.add_permits(1);
                }
            }
            Ok(())
        };
        let _broken: std::io::Result<()> =
            tokio::select! { end = send => end, end = receive => end };
    }

    async fn send(
        &self,
        sender: &mut Sender,
        free: &Semaphore,
        number: u64,
    ) -> std::io::Result<()> {
        free.acquire()
            .await
            .map_err(std::io::Error::other)?
            .forget();
        let payload = format!(
            "{{\"ts\":{},\"seq\":{number}}}",
            self.start_ms + number as i64
        );
        let topic = format!("load/{}", self.equipment);
        sender
            .publish(&topic, payload.as_bytes(), packet_id(number))
            .await
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn next(&mut self) -> u64 {
        let number = self.sent;
        self.sent += 1;
        self.open.push_back(number);
        number
    }

    /// Whether this packet id was open.
    fn acknowledge(&mut self, id: u16) -> bool {
        let at = self.open.iter().position(|number| packet_id(*number) == id);
        let number = at.and_then(|at| self.open.remove(at));
        self.acknowledged.extend(number);
        number.is_some()
    }
}

fn packet_id(number: u64) -> u16 {
    (number % PACKET_IDS + 1) as u16
}

#[tokio::test(flavor = "multi_thread")]
async fn a_counter_counts_on_after_its_connection_broke_and_settles() {
    let mut broker = crate::support::Mosquitto::start().await;
    let counter = Counter::new("one", broker.port(), super::installation::anybody("one"), 0);
    for _ in 0..2 {
        let stop = CancellationToken::new();
        let before = counter.acknowledged();
        tokio::join!(counter.count(&stop), async {
            crate::support::wait::until("it counts", Duration::from_secs(10), async || {
                (counter.acknowledged() > before + 100).then_some(())
            })
            .await;
            broker.kill();
            broker.resume().await;
            stop.cancel();
        });
    }
    counter.settle().await;
    let mut promise = counter.promise();
    promise.acknowledged.sort_unstable();
    assert_eq!(promise.acknowledged, (0..promise.sent).collect::<Vec<_>>());
}
