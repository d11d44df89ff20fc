//! What the server counts. Plain atomics: cheap to write on every turn, read once a scrape.

use crate::outbox::Outgoing;
use crate::{Message, QoS};
use std::ops::AddAssign;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// Live counters of a server.
        #[derive(Debug, Default)]
        pub struct Metrics {
            $(pub(crate) $name: Counter,)+
        }

        /// The counters at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct MetricsSnapshot {
            $($(#[$doc])* pub $name: u64,)+
        }

        impl Metrics {
            /// All counters now; each is exact, together they are only near to each other.
            pub fn snapshot(&self) -> MetricsSnapshot {
                MetricsSnapshot { $($name: self.$name.get(),)+ }
            }
        }

        impl AddAssign for MetricsSnapshot {
            fn add_assign(&mut self, more: Self) {
                $(self.$name += more.$name;)+
            }
        }
    };
}

counters! {
    /// Connections open now, in session or not yet.
    connections,
    /// Clients in session now.
    clients,
    /// Connections taken since the start.
    accepted,
    /// Connections closed at once because there were too many.
    turned_away,
    /// Clients the handler or a limit did not let in.
    refused_connects,
    /// Connections closed because the client broke the protocol.
    protocol_errors,
    /// Connections closed because the client was silent, slow or stuck.
    timeouts,
    /// Messages received with QoS 0.
    received_qos0,
    /// Messages received with QoS 1.
    received_qos1,
    /// Messages received with QoS 2.
    received_qos2,
    /// QoS 1 messages sent again that were stored, or on their way, already.
    repeated,
    /// Payload bytes received.
    received_bytes,
    /// Messages the handler committed.
    committed,
    /// Acknowledgements sent for received messages (PUBACK, PUBREC), refusals included.
    acknowledged,
    /// Messages the handler refused for good.
    refused,
    /// Messages refused because of their topic: `$…`, or not allowed to the device.
    refused_topic,
    /// Messages the handler could not store: not acknowledged, or acknowledged with 0x97.
    not_stored,
    /// Batches the handler did not answer in time.
    commit_timeouts,
    /// Messages sent to subscribers with QoS 0.
    sent_qos0,
    /// Messages sent to subscribers with QoS 1, each time they were sent.
    sent_qos1,
    /// Messages sent to subscribers with QoS 2, each time they were sent.
    sent_qos2,
    /// Payload bytes sent to subscribers.
    sent_bytes,
    /// Messages delivered to subscribers (QoS 0: handed to the connection).
    delivered,
    /// Messages for a subscriber dropped because its queue was full.
    dropped_queue_full,
    /// QoS 0 messages for a subscriber that is away.
    dropped_offline,
    /// Messages that expired before they could be delivered.
    dropped_expired,
    /// Messages larger than the subscriber takes.
    dropped_too_large,
    /// Messages still queued when their session ended.
    dropped_session_end,
    /// Retained messages not kept because the space is full of them.
    dropped_retained,
}

/// One topic space at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceSnapshot {
    /// Its key.
    pub name: Arc<str>,
    /// Sessions, connected or kept.
    pub sessions: usize,
    /// Retained messages.
    pub retained: usize,
    /// What was counted in it.
    pub counted: MetricsSnapshot,
}

impl MetricsSnapshot {
    /// Messages received, whatever their QoS.
    pub fn received(&self) -> u64 {
        self.received_qos0 + self.received_qos1 + self.received_qos2
    }
}

impl Metrics {
    pub(crate) fn received(&self, message: &Message) {
        self.received_bytes.add(message.payload.len() as u64);
        match message.qos {
            QoS::AtMostOnce => self.received_qos0.one(),
            QoS::AtLeastOnce => self.received_qos1.one(),
            QoS::ExactlyOnce => self.received_qos2.one(),
        }
    }

    pub(crate) fn sent(&self, outgoing: &Outgoing) {
        self.sent_bytes.add(outgoing.message.payload.len() as u64);
        match outgoing.qos {
            QoS::AtMostOnce => self.sent_qos0.one(),
            QoS::AtLeastOnce => self.sent_qos1.one(),
            QoS::ExactlyOnce => self.sent_qos2.one(),
        }
    }
}

/// One number that many tasks change.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    pub(crate) fn one(&self) {
        self.add(1);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts up now and down when the guard is dropped.
    pub(crate) fn hold(&self) -> Held<'_> {
        self.one();
        Held(self)
    }
}

pub(crate) struct Held<'a>(&'a Counter);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}
