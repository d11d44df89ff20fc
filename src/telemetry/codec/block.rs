//! A block: samples of one point within one UTC day.

use super::BLOCK_SAMPLES;
use super::columns::Columns;
use super::envelope::{Codec, CodecError, open_blob, seal, unseal};
use super::pack::{Packing, push_columns, read_columns};
use std::ops::Range;

/// Of fewer samples the tables of compression take more room than they save.
const WORTH_COMPRESSING: usize = 512;

/// Packs samples `range` that ascend in time, at most [`BLOCK_SAMPLES`].
pub fn encode_block(
    columns: &Columns,
    range: Range<usize>,
    packing: Packing,
) -> Result<Vec<u8>, CodecError> {
    let n = range.len();
    if n > BLOCK_SAMPLES {
        return Err(CodecError::TooMany(n));
    }
    let packing = match packing {
        Packing::Dense if n >= WORTH_COMPRESSING => Packing::Dense,
        _ => Packing::Quick,
    };
    let mut blob = open_blob(Codec::Block, n, n * 2 + 64);
    push_columns(&mut blob, columns, range, packing)?;
    blob.shrink_to_fit();
    Ok(seal(blob))
}

/// Unpacks a block.
pub fn decode_block(blob: &[u8]) -> Result<Columns, CodecError> {
    let mut opened = unseal(blob, Codec::Block, BLOCK_SAMPLES)?;
    let columns = read_columns(&mut opened.payload, opened.count, opened.layout)?;
    opened.payload.finish()?;
    Ok(columns)
}
