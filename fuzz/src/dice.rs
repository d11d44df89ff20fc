//! Chance that can be repeated, and what it does to messages.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Pieces that decoders take decisions on: ends of lengths, numbers, marks of formats.
const PIECES: [&[u8]; 14] = [
    b"\0",
    b"\xff",
    b"\x7f\xff\xff\xff",
    b"\x80\0\0\0",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"{",
    b"[",
    b"\"",
    b"1e999",
    b"-9223372036854775808",
    b"null",
    b"\xc3\x28",
    b"/",
    b"$#",
];

/// A seed that nobody chose.
pub fn new_seed() -> u64 {
    // Hashers are keyed at random.
    RandomState::new().build_hasher().finish() | 1
}

/// A small generator (xorshift64*).
#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    /// The same seed falls the same way.
    pub fn new(seed: u64) -> Self {
        Self(seed.max(1))
    }

    /// 0 to `sides` - 1.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % sides.max(1)
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.roll(256) as u8
    }

    /// A message with some bytes changed, taken away, doubled, thrown in, or a piece of another message.
    pub fn mutate(&mut self, message: &[u8], other: &[u8]) -> Vec<u8> {
        let mut bytes = message.to_vec();
        for _ in 0..=self.roll(6) {
            let at = self.roll(bytes.len());
            match self.roll(8) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.roll(8),
                1 if !bytes.is_empty() => bytes[at] = self.byte(),
                2 if !bytes.is_empty() => _ = bytes.remove(at),
                3 => bytes.truncate(at),
                4 => bytes.insert(at, self.byte()),
                5 => {
                    let piece = PIECES[self.roll(PIECES.len())];
                    drop(bytes.splice(at..at, piece.iter().copied()));
                }
                6 => {
                    let some = self.some_of(other).to_vec();
                    drop(bytes.splice(at..at, some));
                }
                _ => {
                    let some = self.some_of(&bytes.clone()).to_vec();
                    bytes.extend(some);
                }
            }
        }
        bytes
    }

    fn some_of<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let begin = self.roll(bytes.len());
        let end = (begin + self.roll(64)).min(bytes.len());
        &bytes[begin..end]
    }
}
