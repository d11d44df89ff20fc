//! What the writer, the merger and the readers of one engine share.

use super::engine::{CommitListener, PointZones};
use super::head::Head;
use super::{EngineConfig, EngineError};
use crate::domain::{Clock, Timestamp};
use crate::store::Db;
use crate::store::tenant::open_spans::{Derived, OpenSpanRow};
use std::collections::HashSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use tokio::sync::Notify;

/// One per engine.
pub(super) struct Shared {
    pub(super) db: Db,
    pub(super) zones: Arc<dyn PointZones>,
    pub(super) listener: Arc<dyn CommitListener>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: EngineConfig,
    /// The fencing token of this writer.
    pub(super) epoch: i64,
    pub(super) counters: Counters,
    /// Asks the merger to look again.
    pub(super) merge_wanted: Notify,
    /// Tells the writer that a merge made room.
    pub(super) merged: Notify,
    /// Why nothing can be written any more.
    pub(super) stopped: OnceLock<EngineError>,
    /// Spans that are marked open in the database already.
    pub(super) marks: Marks,
    /// Which merge interval it is, counted since 1970.
    turn: AtomicI64,
    head: RwLock<Head>,
}

/// Spans that need no second mark. Losing one costs a statement, nothing else.
#[derive(Debug, Default)]
pub(super) struct Marks(Mutex<HashSet<(Derived, OpenSpanRow)>>);

impl Marks {
    /// Leaves only the spans that are not marked yet.
    pub(super) fn retain_new(&self, what: Derived, spans: &mut Vec<OpenSpanRow>) {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spans.retain(|span| !known.contains(&(what, *span)));
    }

    /// Notes marks that are committed.
    pub(super) fn add(&self, what: Derived, spans: &[OpenSpanRow]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(spans.iter().map(|span| (what, *span)));
    }

    /// Forgets marks that are about to be taken away.
    pub(super) fn remove(&self, what: Derived, spans: &[OpenSpanRow]) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for span in spans {
            known.remove(&(what, *span));
        }
    }
}

/// What happened since the engine was opened.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) commits: AtomicU64,
    pub(super) samples: AtomicU64,
    pub(super) journal_bytes: AtomicU64,
    pub(super) merges: AtomicU64,
}

impl Counters {
    pub(super) fn add(counter: &AtomicU64, n: usize) {
        counter.fetch_add(n as u64, Ordering::Relaxed);
    }
}

/// What [`Shared::new`] is made of.
pub(super) struct Parts {
    pub(super) db: Db,
    pub(super) zones: Arc<dyn PointZones>,
    pub(super) listener: Arc<dyn CommitListener>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) config: EngineConfig,
}

impl Shared {
    pub(super) fn new(parts: Parts, epoch: i64, head: Head) -> Self {
        let interval = parts.config.merge_interval.unwrap_or_default();
        let turn = turn_of(parts.clock.now(), interval);
        Self {
            db: parts.db,
            zones: parts.zones,
            listener: parts.listener,
            clock: parts.clock,
            config: parts.config,
            epoch,
            counters: Counters::default(),
            merge_wanted: Notify::new(),
            merged: Notify::new(),
            stopped: OnceLock::new(),
            marks: Marks::default(),
            turn: AtomicI64::new(turn),
            head: RwLock::new(head),
        }
    }

    /// Whether another merge interval began since this was last asked.
    pub(super) fn turns(&self) -> bool {
        let Some(interval) = self.config.merge_interval else {
            return false;
        };
        let turn = turn_of(self.clock.now(), interval);
        self.turn.swap(turn, Ordering::Relaxed) != turn
    }

    /// The head, to look at. Never held across an await.
    pub(super) fn head(&self) -> RwLockReadGuard<'_, Head> {
        self.head.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The head, to change. Never held across an await.
    pub(super) fn head_mut(&self) -> RwLockWriteGuard<'_, Head> {
        self.head.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes why the engine stops; the first reason stays.
    pub(super) fn stop(&self, reason: EngineError) {
        let _first_wins = self.stopped.set(reason);
    }

    /// The error of a call that came too late.
    pub(super) fn stop_reason(&self) -> EngineError {
        self.stopped.get().cloned().unwrap_or(EngineError::Closed)
    }
}

fn turn_of(now: Timestamp, interval: Duration) -> i64 {
    now.0.div_euclid(interval.as_micros().max(1) as i64)
}
