//! QoS 1 messages that were taken lately: the same packet sent again is not stored twice.
//!
//! A client that saw no PUBACK sends again, marked as a duplicate, under the same packet id
//! (MQTT 5.0, 4.4). Whether it saw the PUBACK nobody can tell, so what was taken is remembered
//! for a while. Packet ids are used again, so topic and payload must be the same too.

use crate::Message;
use crate::settle::Receipt;
use std::collections::VecDeque;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::time::Instant;

/// Sent again so long after it was taken, a packet of a client that was there is a new one.
/// The time a client was away does not count.
const REMEMBERED_FOR: Duration = Duration::from_secs(60);

/// The messages of one session, the newest last.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    taken: VecDeque<Taken>,
    hasher: RandomState,
}

#[derive(Debug)]
struct Taken {
    id: NonZeroU16,
    fingerprint: u64,
    at: Instant,
    receipt: Receipt,
}

impl Recent {
    /// Topic and payload in a few bytes; not to be guessed, so that nobody makes two alike.
    pub(crate) fn fingerprint(&self, message: &Message) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(message.topic.as_bytes());
        hasher.write_u8(0xff);
        hasher.write(&message.payload);
        hasher.finish()
    }

    /// The receipt of this very packet, unless it is unknown or was not stored.
    pub(crate) fn find(&self, id: NonZeroU16, fingerprint: u64) -> Option<Receipt> {
        let newest = self.taken.iter().rev().find(|taken| taken.id == id)?;
        let is_same = newest.fingerprint == fingerprint && !newest.receipt.has_failed();
        is_same.then(|| newest.receipt.clone())
    }

    /// Remembers a packet, and forgets the oldest when there are more than `most`.
    pub(crate) fn remember(
        &mut self,
        id: NonZeroU16,
        fingerprint: u64,
        receipt: Receipt,
        now: Instant,
        most: usize,
    ) {
        let is_old = |taken: &Taken| now.saturating_duration_since(taken.at) > REMEMBERED_FOR;
        while self.taken.len() >= most || self.taken.front().is_some_and(is_old) {
            self.taken.pop_front();
        }
        self.taken.push_back(Taken {
            id,
            fingerprint,
            at: now,
            receipt,
        });
    }

    /// The client is back, and sends again from now on what it saw no PUBACK for.
    pub(crate) fn resume(&mut self, now: Instant) {
        for taken in &mut self.taken {
            taken.at = now;
        }
        self.taken.shrink_to_fit();
    }

    pub(crate) fn clear(&mut self) {
        self.taken = VecDeque::new();
    }
}
