//! One topic space: its sessions, subscriptions and retained messages behind one lock.
//!
//! Invariant: nothing in here holds or finds another space.

use crate::retained::Retained;
use crate::session::{Attachment, Farewell, Session};
use crate::sessions::{SessionKey, Sessions};
use crate::topic::Filter;
use crate::tree::TopicTree;
use crate::will::{PendingWill, Will};
use crate::{Config, Metrics, SpaceSnapshot};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) limits: Arc<Config>,
    pub(crate) metrics: Metrics,
    state: Mutex<SpaceState>,
}

#[derive(Debug, Default)]
pub(crate) struct SpaceState {
    pub(crate) sessions: Sessions,
    pub(crate) subscriptions: TopicTree,
    pub(crate) retained: Retained,
}

/// A connection's hold on its session.
#[derive(Debug)]
pub(crate) struct Attached {
    pub(crate) session: Arc<Session>,
    pub(crate) attachment: Attachment,
    /// The session was there before.
    pub(crate) present: bool,
    /// Tells the connection to leave.
    pub(crate) farewell: oneshot::Receiver<Farewell>,
    /// The will of a session that ended for this one, to be published now.
    pub(crate) will: Option<Will>,
}

/// The space has as many sessions, or the session as many subscriptions, as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Space {
    pub(crate) fn new(limits: Arc<Config>) -> Self {
        Self {
            limits,
            metrics: Metrics::default(),
            state: Mutex::default(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, SpaceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a connection its session, and takes it from whoever had it.
    pub(crate) fn attach(
        &self,
        key: &SessionKey,
        clean_start: bool,
        expiry: Duration,
        now: Instant,
    ) -> Result<Attached, TooMany> {
        let mut space = self.lock();
        let mut will = None;
        if clean_start {
            will = self.end_session(&mut space, key);
        }
        let known = space.sessions.get(key).cloned();
        if known.is_none() && self.is_full_for(&space, &key.device) {
            will = self.end_longest_away(&mut space, &key.device)?;
        }
        let present = known.is_some();
        let session = known.unwrap_or_else(|| Arc::new(Session::new(key.clone())));
        space.sessions.insert(Arc::clone(&session));
        let (attachment, farewell) = {
            let mut state = session.lock();
            state.will = None;
            state.outbox.rewind(&self.metrics);
            state.attach(expiry, now)
        };
        Ok(Attached {
            session,
            attachment,
            present,
            farewell,
            will,
        })
    }

    /// The connection is gone. Gives back its will when it is to be published now.
    pub(crate) fn detach(
        &self,
        session: &Arc<Session>,
        attachment: Attachment,
        will: Option<Will>,
        now: Instant,
    ) -> Option<Will> {
        let mut space = self.lock();
        let Some(mut state) = session.lock_as(attachment) else {
            let resumed = space.holds(session);
            return will.filter(|will| !resumed || will.delay.is_zero());
        };
        state.detach(now);
        state.outbox.rewind(&self.metrics);
        if state.expiry.is_zero() {
            drop(state);
            self.end_session(&mut space, &session.key);
            return will;
        }
        let (now_due, pending) = match will {
            Some(will) if !will.delay.is_zero() => (None, Some(will)),
            other => (other, None),
        };
        state.will = pending.map(|will| PendingWill {
            due: now + will.delay,
            will,
        });
        now_due
    }

    /// Ends what has expired; gives back the wills that are due.
    pub(crate) fn sweep(&self, now: Instant) -> Vec<Will> {
        let mut space = self.lock();
        let mut due = Vec::new();
        let mut expired = Vec::new();
        for session in space.sessions.of(None) {
            let mut state = session.lock();
            if state.is_abandoned() {
                state.detach(now);
            }
            due.extend(
                state
                    .will
                    .take_if(|pending| pending.due <= now)
                    .map(|pending| pending.will),
            );
            if state.has_expired(now) {
                expired.push(session.key.clone());
            }
        }
        for key in expired {
            due.extend(self.end_session(&mut space, &key));
        }
        space.retained.sweep(now);
        due
    }

    /// What there is and what was counted.
    pub(crate) fn snapshot(&self, name: &Arc<str>) -> SpaceSnapshot {
        let space = self.lock();
        SpaceSnapshot {
            name: Arc::clone(name),
            sessions: space.sessions.len(),
            retained: space.retained.len(),
            counted: self.metrics.snapshot(),
        }
    }

    /// Tells connections to leave: those of one device, or all; says how many.
    pub(crate) fn evict(&self, device: Option<&str>) -> usize {
        let space = self.lock();
        let mut told = 0;
        for session in space.sessions.of(device) {
            let mut state = session.lock();
            if state.is_connected() {
                state.evict(Farewell::Evicted);
                told += 1;
            }
        }
        told
    }

    fn is_full_for(&self, space: &SpaceState, device: &str) -> bool {
        space.sessions.len() >= self.limits.max_sessions
            || space.sessions.count_of(device) >= self.limits.max_sessions_per_device
    }

    /// A device makes room for itself: a client that takes another id each time it connects
    /// leaves its old sessions behind. Nobody who is connected is sent away.
    fn end_longest_away(
        &self,
        space: &mut SpaceState,
        device: &str,
    ) -> Result<Option<Will>, TooMany> {
        let longest = space.sessions.longest_away(device).ok_or(TooMany)?;
        Ok(self.end_session(space, &longest))
    }

    /// Forgets a session; gives back its pending will.
    fn end_session(&self, space: &mut SpaceState, key: &SessionKey) -> Option<Will> {
        let session = space.sessions.remove(key)?;
        let mut state = session.lock();
        state.end();
        for text in std::mem::take(&mut state.subscriptions) {
            if let Some(filter) = Filter::parse(&text) {
                space.subscriptions.remove(filter, key);
            }
        }
        let left = std::mem::take(&mut state.outbox);
        self.metrics.dropped_session_end.add(left.len() as u64);
        state.will.take().map(|pending| pending.will)
    }
}

impl SpaceState {
    fn holds(&self, session: &Arc<Session>) -> bool {
        self.sessions
            .get(&session.key)
            .is_some_and(|known| Arc::ptr_eq(known, session))
    }
}
