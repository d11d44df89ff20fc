//! What one listener has not seen yet: the newest value of each point it watches.

use crate::domain::{PointId, PointSample, Sample};
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// What changed since the listener last looked.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// The newest value of each point that changed, in no order.
    pub changes: Vec<PointSample>,
    /// Points with commands that were asked for or are further, in no order.
    pub commanded: Vec<PointId>,
    /// Values may have been missed: read the present state again from the engine.
    pub resync: bool,
    /// When the oldest of these changes was published.
    pub since: Option<Instant>,
}

impl Update {
    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.commanded.is_empty() && !self.resync
    }
}

/// Bounded by what its listener watches: a second value of a point replaces the first.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    pending: Mutex<Pending>,
    filled: Notify,
}

#[derive(Debug, Default)]
struct Pending {
    samples: HashMap<PointId, Sample>,
    commanded: HashSet<PointId>,
    resync: bool,
    since: Option<Instant>,
}

impl Mailbox {
    /// Keeps the newest value of its point and wakes the listener.
    pub(super) fn put(&self, point: PointId, sample: Sample, published: Instant) {
        let mut pending = self.lock();
        pending.samples.insert(point, sample);
        if pending.since.is_none() {
            pending.since = Some(published);
            drop(pending);
            self.filled.notify_one();
        }
    }

    /// Says that a command of a point is further.
    pub(super) fn put_commanded(&self, point: PointId) {
        if self.lock().commanded.insert(point) {
            self.filled.notify_one();
        }
    }

    /// Tells the listener that it may have missed values.
    pub(super) fn ask_for_resync(&self) {
        self.lock().resync = true;
        self.filled.notify_one();
    }

    /// Drops what waits for a point that is no longer watched.
    pub(super) fn discard(&self, point: PointId) {
        let mut pending = self.lock();
        pending.samples.remove(&point);
        pending.commanded.remove(&point);
    }

    /// Empties the box.
    pub(super) fn take(&self) -> Update {
        let pending = std::mem::take(&mut *self.lock());
        Update {
            changes: pending
                .samples
                .into_iter()
                .map(|(point, sample)| PointSample { point, sample })
                .collect(),
            commanded: pending.commanded.into_iter().collect(),
            resync: pending.resync,
            since: pending.since,
        }
    }

    /// Waits until the box holds something, then empties it. Cancel-safe.
    pub(super) async fn next(&self) -> Update {
        loop {
            let filled = self.filled.notified();
            let update = self.take();
            if !update.is_empty() {
                return update;
            }
            filled.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
