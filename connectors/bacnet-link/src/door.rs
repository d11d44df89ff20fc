//! What every message from a peer passes: the allow-list, the rates, and what is mended in it.

use crate::frame::{is_foolish_i_am, one_segment_at_a_time};
use crate::guarded::{Guard, Way};
use crate::rates::Meter;
use crate::{AllowList, socket_of};
use bacnet_transport::port::ReceivedNpdu;
use bacnet_types::MacAddr;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval};

/// A server frees what local writes left behind when a datagram comes.
const HEARTBEAT: Duration = Duration::from_millis(100);
/// Who-Is for the one instance that no device may have (clause 16.10).
const NOBODY: [u8; 12] = [
    1, 0, 0x10, 8, 0x0b, 0x3f, 0xff, 0xff, 0x1b, 0x3f, 0xff, 0xff,
];
/// Where heartbeats seem to come from: TEST-NET-1, never a real peer (RFC 5737).
const NOWHERE: [u8; 6] = [192, 0, 2, 0, 0xba, 0xc0];

/// Messages since the start; cheap to clone, shared with the transport.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    taken: AtomicU64,
    bytes: AtomicU64,
    strangers: AtomicU64,
    too_often: AtomicU64,
    foolish: AtomicU64,
}

impl Counts {
    /// Taken from peers.
    pub fn taken(&self) -> u64 {
        self.0.taken.load(Ordering::Relaxed)
    }

    /// Bytes of those.
    pub fn bytes(&self) -> u64 {
        self.0.bytes.load(Ordering::Relaxed)
    }

    /// Dropped because their sender is not on the allow-list.
    pub fn strangers(&self) -> u64 {
        self.0.strangers.load(Ordering::Relaxed)
    }

    /// Dropped because their sender, or all together, sent too many.
    pub fn too_often(&self) -> u64 {
        self.0.too_often.load(Ordering::Relaxed)
    }

    /// I-Ams that no device may send.
    pub fn foolish(&self) -> u64 {
        self.0.foolish.load(Ordering::Relaxed)
    }
}

/// What stands at the door.
pub(crate) struct Door {
    guard: Guard,
    counts: Counts,
    meter: Option<Meter>,
}

impl Door {
    pub(crate) fn new(guard: Guard, counts: Counts) -> Self {
        let meter = guard.rates.map(|rates| Meter::new(rates, Instant::now()));
        Self {
            guard,
            counts,
            meter,
        }
    }

    /// The message as it may go on; `None` when it is dropped.
    fn pass(&mut self, mut message: ReceivedNpdu) -> Option<ReceivedNpdu> {
        let counters = &self.counts.0;
        let drop_as = |why: &AtomicU64| {
            why.fetch_add(1, Ordering::Relaxed);
        };
        let peer = socket_of(&message.source_mac).map(|socket| *socket.ip());
        let is_known = |list: &AllowList| peer.is_some_and(|peer| list.has(peer));
        if !self.guard.allow.as_ref().is_none_or(is_known) {
            drop_as(&counters.strangers);
            return None;
        }
        if let (Some(meter), Some(peer)) = (&mut self.meter, peer)
            && !meter.takes(peer, Instant::now())
        {
            drop_as(&counters.too_often);
            return None;
        }
        counters.taken.fetch_add(1, Ordering::Relaxed);
        counters
            .bytes
            .fetch_add(message.npdu.len() as u64, Ordering::Relaxed);
        if let Some(tap) = &self.guard.tap {
            tap(Way::In, &message.source_mac, &message.npdu);
        }
        if is_foolish_i_am(&message.npdu) {
            drop_as(&counters.foolish);
            return None;
        }
        message.npdu = one_segment_at_a_time(message.npdu);
        Some(message)
    }
}

/// Takes what comes, until nobody listens any more.
pub(crate) async fn keep_the_door(
    mut door: Door,
    mut arriving: mpsc::Receiver<ReceivedNpdu>,
    inside: mpsc::Sender<ReceivedNpdu>,
) {
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let message = tokio::select! {
            arrived = arriving.recv() => match arrived {
                Some(message) => door.pass(message),
                None => return,
            },
            _ = heartbeat.tick(), if door.guard.heartbeat => Some(beat()),
        };
        if let Some(message) = message
            && inside.send(message).await.is_err()
        {
            return;
        }
    }
}

fn beat() -> ReceivedNpdu {
    let source = MacAddr::from_slice(&NOWHERE);
    ReceivedNpdu::unverified(Bytes::from_static(&NOBODY), source, false, vec![], None)
}
