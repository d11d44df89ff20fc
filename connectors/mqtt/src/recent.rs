//! Messages that were settled lately: one that the broker sends again is not stored twice.
//!
//! A broker that saw no PUBACK sends again in the resumed session, marked as a duplicate and
//! under the same packet id (MQTT 5.0, 4.4). Ids are used again, so topic and payload must be
//! the same too.

use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU16;

/// Outlives the connection, and ends with the session of the broker.
#[derive(Debug)]
pub(crate) struct Recent {
    messages: VecDeque<Message>,
    most: usize,
    hasher: RandomState,
}

#[derive(Debug)]
struct Message {
    id: NonZeroU16,
    fingerprint: u64,
    is_settled: bool,
}

impl Recent {
    /// As many as may be on their way at once.
    pub(crate) fn new(most: u16) -> Self {
        Self {
            messages: VecDeque::new(),
            most: most.into(),
            hasher: RandomState::new(),
        }
    }

    /// Notes a message that is taken; whether it is settled already and only to be acknowledged.
    pub(crate) fn is_known(
        &mut self,
        id: NonZeroU16,
        topic: &str,
        payload: &[u8],
        is_again: bool,
    ) -> bool {
        let fingerprint = self.fingerprint(topic, payload);
        let newest = self.messages.iter().rev().find(|one| one.id == id);
        if is_again && newest.is_some_and(|one| one.is_settled && one.fingerprint == fingerprint) {
            return true;
        }
        if self.messages.len() >= self.most {
            self.messages.pop_front();
        }
        self.messages.push_back(Message {
            id,
            fingerprint,
            is_settled: false,
        });
        false
    }

    /// The messages of these ids are stored, or refused for good.
    pub(crate) fn settle(&mut self, ids: &[NonZeroU16]) {
        for id in ids {
            let newest = self.messages.iter_mut().rev().find(|one| one.id == *id);
            if let Some(message) = newest {
                message.is_settled = true;
            }
        }
    }

    /// The broker knows of no session any more.
    pub(crate) fn clear(&mut self) {
        self.messages.clear();
    }

    fn fingerprint(&self, topic: &str, payload: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(topic.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(payload);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: NonZeroU16 = NonZeroU16::MIN;

    #[test]
    fn only_a_settled_message_sent_again_is_known() {
        let mut recent = Recent::new(10);
        assert!(!recent.is_known(ID, "t", b"1", false));
        assert!(!recent.is_known(ID, "t", b"1", true), "not settled");
        recent.settle(&[ID]);
        assert!(recent.is_known(ID, "t", b"1", true));
        assert!(
            !recent.is_known(ID, "t", b"1", false),
            "a new one with its id"
        );
        recent.settle(&[ID]);
        assert!(!recent.is_known(ID, "t", b"2", true), "another payload");
        recent.clear();
        assert!(!recent.is_known(ID, "t", b"2", true));
    }

    #[test]
    fn no_more_is_remembered_than_may_be_on_the_way() {
        let mut recent = Recent::new(2);
        let ids = [1, 2, 3].map(|id| NonZeroU16::new(id).unwrap_or(ID));
        for id in ids {
            recent.is_known(id, "t", b"1", false);
            recent.settle(&[id]);
        }
        assert!(!recent.is_known(ids[0], "t", b"1", true));
        assert!(recent.is_known(ids[2], "t", b"1", true));
    }
}
