//! One topic space: its sessions, subscriptions and retained messages behind one lock.
//!
//! Invariant: nothing in here holds or finds another space.

use crate::retained::Retained;
use crate::session::{Attachment, Farewell, Session};
use crate::topic::Filter;
use crate::tree::TopicTree;
use crate::will::{PendingWill, Will};
use crate::{Config, Metrics, Principal};
use bytestring::ByteString;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

#[derive(Debug)]
pub(crate) struct Space {
    pub(crate) limits: Arc<Config>,
    pub(crate) metrics: Arc<Metrics>,
    state: Mutex<SpaceState>,
}

#[derive(Debug, Default)]
pub(crate) struct SpaceState {
    pub(crate) sessions: HashMap<ByteString, Arc<Session>>,
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
    /// The will of a session this one replaced, to be published now.
    pub(crate) will: Option<Will>,
}

/// The space has as many sessions, or the session as many subscriptions, as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

impl Space {
    pub(crate) fn new(limits: Arc<Config>, metrics: Arc<Metrics>) -> Self {
        Self {
            limits,
            metrics,
            state: Mutex::default(),
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, SpaceState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a connection its session, and takes it from whoever had it.
    pub(crate) fn attach(
        &self,
        client_id: &ByteString,
        principal: &Principal,
        clean_start: bool,
        expiry: Duration,
    ) -> Result<Attached, TooMany> {
        let mut space = self.lock();
        let mut will = None;
        if clean_start {
            will = self.end_session(&mut space, client_id);
        }
        let known = space.sessions.get(client_id).cloned();
        if known.is_none() && space.sessions.len() >= self.limits.max_sessions {
            return Err(TooMany);
        }
        let present = known.is_some();
        let session = known.unwrap_or_else(|| Arc::new(Session::new(client_id.clone())));
        space
            .sessions
            .insert(client_id.clone(), Arc::clone(&session));
        let (attachment, farewell) = {
            let mut state = session.lock();
            state.will = None;
            state.outbox.rewind(&self.metrics);
            state.attach(&principal.device, expiry)
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
            self.end_session(&mut space, &session.client_id);
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
        for session in space.sessions.values() {
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
                expired.push(session.client_id.clone());
            }
        }
        for client_id in expired {
            due.extend(self.end_session(&mut space, &client_id));
        }
        space.retained.sweep(now);
        due
    }

    /// Tells connections to leave: those of one device, or all; says how many.
    pub(crate) fn evict(&self, device: Option<&str>) -> usize {
        let space = self.lock();
        let mut told = 0;
        for session in space.sessions.values() {
            let mut state = session.lock();
            if state.is_connected() && device.is_none_or(|device| state.is_device(device)) {
                state.evict(Farewell::Evicted);
                told += 1;
            }
        }
        told
    }

    /// Forgets a session; gives back its pending will.
    fn end_session(&self, space: &mut SpaceState, client_id: &ByteString) -> Option<Will> {
        let session = space.sessions.remove(client_id)?;
        let mut state = session.lock();
        state.end();
        for text in std::mem::take(&mut state.subscriptions) {
            if let Some(filter) = Filter::parse(&text) {
                space.subscriptions.remove(filter, client_id);
            }
        }
        let left = std::mem::take(&mut state.outbox);
        self.metrics.dropped_session_end.add(left.len() as u64);
        state.receipts.clear();
        state.will.take().map(|pending| pending.will)
    }
}

impl SpaceState {
    fn holds(&self, session: &Arc<Session>) -> bool {
        self.sessions
            .get(&session.client_id)
            .is_some_and(|known| Arc::ptr_eq(known, session))
    }
}
