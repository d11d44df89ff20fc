//! A packet that is too large to keep: its head is kept, the rest is thrown away as it comes in.

use crate::packets::Incoming;
use bytes::{Buf, BytesMut};
use std::num::NonZeroU16;
use vigie_contract::EXCERPT_BYTES;

/// Enough for the longest topic (65,535 bytes), the packet id and an excerpt.
const HEAD_BYTES: usize = 65_535 + 8 + EXCERPT_BYTES;

/// PUBLISH, the only packet that carries a payload.
const PUBLISH: u8 = 3;

/// A packet being skipped.
pub(crate) struct Skip {
    first_byte: u8,
    size: u32,
    left: usize,
    head: Vec<u8>,
}

impl Skip {
    /// Of a packet whose fixed header is behind us.
    pub(crate) fn new(first_byte: u8, size: u32) -> Self {
        Self {
            first_byte,
            size,
            left: size as usize,
            head: Vec::new(),
        }
    }

    /// Takes what belongs to the packet; what it was, once all of it is gone.
    pub(crate) fn take(&mut self, inbound: &mut BytesMut, is_v5: bool) -> Option<Incoming> {
        let here = inbound.len().min(self.left);
        let kept = here.min(HEAD_BYTES - self.head.len());
        self.head.extend_from_slice(&inbound[..kept]);
        inbound.advance(here);
        self.left -= here;
        (self.left == 0).then(|| self.read(is_v5))
    }

    /// Topic name, packet identifier, then properties (MQTT 5) and payload (MQTT 5.0, 3.3.2).
    fn read(&self, is_v5: bool) -> Incoming {
        if self.first_byte >> 4 != PUBLISH {
            return Incoming::Goodbye("an overlong packet that is no message".to_owned());
        }
        let mut rest = self.head.as_slice();
        let topic = split(&mut rest, 2)
            .map(|length| usize::from(u16::from_be_bytes([length[0], length[1]])))
            .and_then(|length| split(&mut rest, length))
            .unwrap_or_default();
        let acknowledged = self.first_byte & 0b0110 != 0;
        let id = acknowledged
            .then(|| split(&mut rest, 2))
            .flatten()
            .and_then(|id| NonZeroU16::new(u16::from_be_bytes([id[0], id[1]])));
        // One byte says how long short properties are; an excerpt may begin a little late.
        let properties = if is_v5 {
            rest.first()
                .map_or(0, |length| 1 + usize::from(length & 0x7f))
        } else {
            0
        };
        let excerpt = rest.get(properties..).unwrap_or_default();
        Incoming::TooLarge {
            topic: String::from_utf8_lossy(topic).into_owned(),
            size: self.size,
            excerpt: excerpt[..excerpt.len().min(EXCERPT_BYTES)].to_vec(),
            id,
        }
    }
}

fn split<'a>(bytes: &mut &'a [u8], at: usize) -> Option<&'a [u8]> {
    let (head, rest) = bytes.split_at_checked(at)?;
    *bytes = rest;
    Some(head)
}
