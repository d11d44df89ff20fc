//! What the server remembers of one client id of one device, connected or not.

use crate::outbox::Outbox;
use crate::recent::Recent;
use crate::sessions::SessionKey;
use crate::settle::Receipt;
use crate::will::PendingWill;
use bytestring::ByteString;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU16;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

/// One session. Its lock is taken after the lock of its space, never before.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) key: SessionKey,
    state: Mutex<State>,
    /// Rung when the outbox got something to send.
    pub(crate) wake: Notify,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) outbox: Outbox,
    /// The filters as the client wrote them.
    pub(crate) subscriptions: HashSet<ByteString>,
    /// QoS 2 packet ids between PUBLISH and PUBREL.
    pub(crate) receipts: HashMap<NonZeroU16, Receipt>,
    /// QoS 1 messages that may be sent again.
    pub(crate) recent: Recent,
    /// How long the session outlives its connection.
    pub(crate) expiry: Duration,
    pub(crate) will: Option<PendingWill>,
    /// Where the connection that owns it is told to leave.
    owner: Option<oneshot::Sender<Farewell>>,
    away_since: Option<Instant>,
    attachments: u64,
}

/// Why a connection loses its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The same client id connected again.
    TakenOver,
    /// The platform does not want the device here any more.
    Evicted,
}

/// Proof of being the newest connection of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Attachment(u64);

impl Session {
    pub(crate) fn new(key: SessionKey) -> Self {
        Self {
            key,
            state: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// The state, whoever owns the session.
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, unless a newer connection owns the session.
    pub(crate) fn lock_as(&self, attachment: Attachment) -> Option<MutexGuard<'_, State>> {
        Some(self.lock()).filter(|state| state.attachments == attachment.0)
    }
}

impl State {
    /// Makes a new connection the owner; the former one is told to leave.
    pub(crate) fn attach(
        &mut self,
        expiry: Duration,
        now: Instant,
    ) -> (Attachment, oneshot::Receiver<Farewell>) {
        let (farewell, told) = oneshot::channel();
        self.evict(Farewell::TakenOver);
        self.attachments += 1;
        self.owner = Some(farewell);
        self.expiry = expiry;
        self.away_since = None;
        self.recent.resume(now);
        (Attachment(self.attachments), told)
    }

    /// The session is over: no connection owns it any more.
    pub(crate) fn end(&mut self) {
        self.evict(Farewell::TakenOver);
        self.attachments += 1;
        self.receipts.clear();
        self.recent.clear();
    }

    /// The owner left; the clock of the session starts.
    pub(crate) fn detach(&mut self, now: Instant) {
        self.owner = None;
        self.away_since = Some(now);
    }

    /// Tells the owner, if there is one, to leave.
    pub(crate) fn evict(&mut self, why: Farewell) {
        if let Some(owner) = self.owner.take() {
            // The connection may have ended by itself just now.
            let _ = owner.send(why);
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.owner.as_ref().is_some_and(|owner| !owner.is_closed())
    }

    /// The owner went without detaching: its task was aborted, or the handler panicked in it.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.owner.as_ref().is_some_and(oneshot::Sender::is_closed)
    }

    /// Since when no connection owns it.
    pub(crate) fn away_since(&self) -> Option<Instant> {
        self.away_since
    }

    pub(crate) fn has_expired(&self, now: Instant) -> bool {
        self.away_since
            .is_some_and(|since| since + self.expiry <= now)
    }
}
