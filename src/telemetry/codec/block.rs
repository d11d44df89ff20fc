//! A block: samples of one point within one UTC day.

use super::BLOCK_SAMPLES;
use super::columns::Columns;
use super::envelope::{Codec, CodecError, open_blob, seal, unseal};
use super::pack::{push_columns, read_columns};

/// Parts below this size will soon be rewritten into a larger one: pack them quickly.
const SETTLED_SAMPLES: usize = 4_096;

/// Packs samples that ascend in time, at most [`BLOCK_SAMPLES`].
pub fn encode_block(columns: &Columns) -> Result<Vec<u8>, CodecError> {
    let n = columns.len();
    if n > BLOCK_SAMPLES {
        return Err(CodecError::TooMany(n));
    }
    let level = if n < SETTLED_SAMPLES { 4 } else { 8 };
    let mut blob = open_blob(Codec::Block, n, n * 2 + 64);
    push_columns(&mut blob, columns, 0..n, level)?;
    blob.shrink_to_fit();
    Ok(seal(blob))
}

/// Unpacks a block.
pub fn decode_block(blob: &[u8]) -> Result<Columns, CodecError> {
    let (count, mut reader) = unseal(blob, Codec::Block, BLOCK_SAMPLES)?;
    let columns = read_columns(&mut reader, count)?;
    reader.finish()?;
    Ok(columns)
}
