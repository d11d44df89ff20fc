//! A map keyed by points whose neighbours lie side by side.

use crate::domain::PointId;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map keyed by points.
pub(super) type PointMap<T> = HashMap<PointId, T, BuildHasherDefault<PointHasher>>;

/// Bits that choose the place in a map; the others tell neighbours apart.
const PLACE: u64 = u64::MAX >> 7;

/// Point ids are small integers that our own database counts up, and batches come in their order:
/// neighbours lie side by side, so that a batch walks through memory instead of jumping about.
#[derive(Debug, Default)]
pub(super) struct PointHasher(u64);

impl Hasher for PointHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }
    fn write_i64(&mut self, id: i64) {
        self.write_u64(id as u64);
    }
    fn write_u64(&mut self, id: u64) {
        let spread = (self.0 ^ id).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = ((self.0.rotate_left(5) ^ id) & PLACE) | (spread & !PLACE);
    }
}
