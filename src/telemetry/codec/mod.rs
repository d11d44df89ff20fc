//! How samples become bytes. The layout is documented in `docs/format.md`.
//!
//! Every blob opens with codec id, version, flags, count and a CRC-32 over the
//! rest, so that a damaged or foreign blob is an error and never a wrong value.
//!
//! Invariant: values come back bit for bit (NaN payloads and -0.0 included), and
//! no blob can make the decoder allocate more than its codec allows.

mod bits;
mod block;
mod columns;
mod decimals;
mod envelope;
mod hours;
mod journal;
mod pack;
mod polling;
mod reader;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod tests;

pub use block::{decode_block, encode_block};
pub use columns::Columns;
pub use envelope::CodecError;
pub use hours::{decode_hours, encode_hours};
pub use journal::{decode_journal, encode_journal};
pub use pack::Packing;

/// The most samples one block holds.
pub const BLOCK_SAMPLES: usize = 16_384;
/// The most samples one journal blob holds.
pub const JOURNAL_SAMPLES: usize = 1 << 20;
