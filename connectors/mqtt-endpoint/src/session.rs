//! What the server remembers of one client id, connected or not.

use crate::outbox::Outbox;
use crate::will::PendingWill;
use bytestring::ByteString;
use std::collections::{HashMap, HashSet};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

/// One session. Its lock is taken after the lock of its space, never before.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client_id: ByteString,
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
    /// How long the session outlives its connection.
    pub(crate) expiry: Duration,
    pub(crate) will: Option<PendingWill>,
    owner: Option<Owner>,
    expires_at: Option<Instant>,
    attachments: u64,
}

/// Turns `Some(true)` when the message of a QoS 2 packet id is safe; closes when it is not.
pub(crate) type Receipt = watch::Receiver<bool>;

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

#[derive(Debug)]
struct Owner {
    farewell: oneshot::Sender<Farewell>,
    device: Arc<str>,
}

impl Session {
    pub(crate) fn new(client_id: ByteString) -> Self {
        Self {
            client_id,
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
        device: &Arc<str>,
        expiry: Duration,
    ) -> (Attachment, oneshot::Receiver<Farewell>) {
        let (farewell, told) = oneshot::channel();
        self.evict(Farewell::TakenOver);
        self.attachments += 1;
        self.owner = Some(Owner {
            farewell,
            device: device.clone(),
        });
        self.expiry = expiry;
        self.expires_at = None;
        (Attachment(self.attachments), told)
    }

    /// The session is over: no connection owns it any more.
    pub(crate) fn end(&mut self) {
        self.evict(Farewell::TakenOver);
        self.attachments += 1;
    }

    /// The owner left; the clock of the session starts.
    pub(crate) fn detach(&mut self, now: Instant) {
        self.owner = None;
        self.expires_at = Some(now + self.expiry);
    }

    /// Tells the owner, if there is one, to leave.
    pub(crate) fn evict(&mut self, why: Farewell) {
        if let Some(owner) = self.owner.take() {
            // The connection may have ended by itself just now.
            let _ = owner.farewell.send(why);
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| !owner.farewell.is_closed())
    }

    /// The owner went without detaching: its task was aborted, or the handler panicked in it.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| owner.farewell.is_closed())
    }

    pub(crate) fn is_device(&self, device: &str) -> bool {
        self.owner
            .as_ref()
            .is_some_and(|owner| &*owner.device == device)
    }

    pub(crate) fn has_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}
