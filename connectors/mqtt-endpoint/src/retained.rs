//! The last retained message of each topic of one space.

use crate::topic::{literal_prefix, matches};
use crate::{Config, Message};
use bytestring::ByteString;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;
use tokio::time::Instant;

/// Bounded in number and bytes; a message that does not fit is not kept.
#[derive(Debug, Default)]
pub(crate) struct Retained {
    by_topic: BTreeMap<ByteString, Arc<Message>>,
    bytes: usize,
}

/// The store had no room.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoRoom;

impl Retained {
    /// Keeps the message as the last of its topic; an empty payload clears the topic.
    pub(crate) fn keep(&mut self, message: &Arc<Message>, limits: &Config) -> Result<(), NoRoom> {
        self.forget(&message.topic);
        if message.payload.is_empty() {
            return Ok(());
        }
        let full = self.by_topic.len() >= limits.max_retained_messages
            || self.bytes + message.weight() > limits.max_retained_bytes;
        if full {
            return Err(NoRoom);
        }
        self.bytes += message.weight();
        self.by_topic
            .insert(message.topic.clone(), Arc::clone(message));
        Ok(())
    }

    /// Messages whose topic matches, in the order of their topics.
    pub(crate) fn matching<'a>(
        &'a self,
        pattern: &'a str,
        now: Instant,
    ) -> impl Iterator<Item = &'a Arc<Message>> {
        let prefix = literal_prefix(pattern);
        self.by_topic
            .range::<str, _>((Bound::Included(prefix), Bound::Unbounded))
            .take_while(move |(topic, _)| topic.starts_with(prefix))
            .filter(move |(topic, message)| matches(pattern, topic) && !message.is_expired(now))
            .map(|(_, message)| message)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_topic.len()
    }

    /// Lets go of what has expired.
    pub(crate) fn sweep(&mut self, now: Instant) {
        let expired: Vec<_> = self
            .by_topic
            .values()
            .filter(|message| message.is_expired(now))
            .map(|message| message.topic.clone())
            .collect();
        for topic in expired {
            self.forget(&topic);
        }
    }

    fn forget(&mut self, topic: &ByteString) {
        if let Some(old) = self.by_topic.remove(topic) {
            self.bytes -= old.weight();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::QoS;

    fn message(topic: &'static str, payload: &'static str) -> Arc<Message> {
        Arc::new(Message::new(topic, payload, QoS::AtLeastOnce))
    }

    fn topics(retained: &Retained, pattern: &str) -> Vec<String> {
        let found = retained.matching(pattern, Instant::now());
        found.map(|message| message.topic.to_string()).collect()
    }

    #[test]
    fn the_last_message_of_a_topic_is_kept_and_an_empty_one_clears_it() {
        let limits = Config::default();
        let mut retained = Retained::default();
        for (topic, payload) in [("a", "1"), ("a/b", "1"), ("a/b", "2"), ("ab", "1")] {
            assert_eq!(retained.keep(&message(topic, payload), &limits), Ok(()));
        }
        assert_eq!(topics(&retained, "a/#"), ["a", "a/b"]);
        assert_eq!(topics(&retained, "+"), ["a", "ab"]);
        let newest = retained.matching("a/b", Instant::now()).next();
        assert_eq!(newest.map(|message| &message.payload[..]), Some(&b"2"[..]));
        for topic in ["a", "a/b", "ab"] {
            assert_eq!(retained.keep(&message(topic, ""), &limits), Ok(()));
        }
        assert_eq!((topics(&retained, "#").len(), retained.bytes), (0, 0));
    }

    #[test]
    fn a_full_store_takes_no_new_topic_but_replaces_known_ones() {
        let limits = Config {
            max_retained_messages: 1,
            ..Config::default()
        };
        let mut retained = Retained::default();
        assert_eq!(retained.keep(&message("a", "1"), &limits), Ok(()));
        assert_eq!(retained.keep(&message("b", "1"), &limits), Err(NoRoom));
        assert_eq!(retained.keep(&message("a", "2"), &limits), Ok(()));
        assert_eq!(topics(&retained, "#"), ["a"]);
    }
}
