//! What the platform wants the peer to know: one newest message per topic.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// Where to, in the words of the protocol.
    pub topic: Arc<str>,
    /// What.
    pub payload: Vec<u8>,
    /// 0: at most once; 1: at least once.
    pub qos: u8,
    /// Whether the peer keeps it for those who come later.
    pub retain: bool,
}

/// The newest message of each topic, with a version so that a session sends
/// only what it has not sent yet. Bounded by the number of topics; a message
/// that was never sent is replaced, not queued. A new session sends all anew.
#[derive(Debug, Clone)]
pub struct Outbox {
    messages: Arc<Mutex<Messages>>,
    version: Arc<watch::Sender<u64>>,
}

type Messages = BTreeMap<Arc<str>, (u64, Outbound)>;

impl Default for Outbox {
    fn default() -> Self {
        Self {
            messages: Arc::default(),
            version: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Outbox {
    /// Puts the newest message of its topic. Never blocks.
    pub fn put(&self, message: Outbound) {
        let mut messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        let version = *self.version.borrow() + 1;
        messages.insert(message.topic.clone(), (version, message));
        self.version.send_replace(version);
    }

    /// A reader that has seen nothing yet.
    pub fn reader(&self) -> OutboxReader {
        OutboxReader {
            outbox: self.clone(),
            changes: self.version.subscribe(),
            seen: 0,
        }
    }
}

/// What one session has still to send.
#[derive(Debug)]
pub struct OutboxReader {
    outbox: Outbox,
    changes: watch::Receiver<u64>,
    seen: u64,
}

impl OutboxReader {
    /// Waits until there is something to send, then gives it, oldest first.
    /// Cancel-safe: a message counts as seen only once it is returned.
    pub async fn next(&mut self) -> Vec<Outbound> {
        loop {
            let fresh = self.fresh();
            if !fresh.is_empty() {
                return fresh;
            }
            if self.changes.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    fn fresh(&mut self) -> Vec<Outbound> {
        let messages = self
            .outbox
            .messages
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut fresh: Vec<_> = messages
            .values()
            .filter(|(version, _)| *version > self.seen)
            .cloned()
            .collect();
        drop(messages);
        fresh.sort_by_key(|(version, _)| *version);
        self.seen = fresh.last().map_or(self.seen, |(version, _)| *version);
        fresh.into_iter().map(|(_, message)| message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(topic: &str, payload: &str) -> Outbound {
        Outbound {
            topic: topic.into(),
            payload: payload.into(),
            qos: 1,
            retain: true,
        }
    }

    #[tokio::test]
    async fn a_session_sends_the_newest_of_each_topic_and_a_new_session_all_anew() {
        let outbox = Outbox::default();
        outbox.put(message("a", "1"));
        outbox.put(message("b", "1"));
        outbox.put(message("a", "2"));
        let mut reader = outbox.reader();
        assert_eq!(reader.next().await, [message("b", "1"), message("a", "2")]);
        outbox.put(message("b", "2"));
        assert_eq!(reader.next().await, [message("b", "2")]);
        assert_eq!(outbox.reader().next().await.len(), 2);
    }
}
