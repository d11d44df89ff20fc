//! A journal blob: one flush, sorted by point and time, in chunks with a directory.

use super::JOURNAL_SAMPLES;
use super::columns::Columns;
use super::envelope::{Codec, CodecError, Layout, open_blob, seal, unseal};
use super::pack::{Packing, push_columns, push_integers, read_columns, read_integers};
use super::reader::{Reader, push_section};
use crate::domain::{PointId, PointSample};

/// Samples per chunk: as many as stay in the nearest cache while they are packed.
const CHUNK_SAMPLES: usize = 1_024;

/// What is needed of a line of the directory; it also names the points a chunk spans, for
/// readers of the database that look for one.
struct Chunk {
    count: usize,
    length: usize,
}

/// Packs samples sorted by point and time, at most [`JOURNAL_SAMPLES`].
pub fn encode_journal(samples: &[PointSample]) -> Result<Vec<u8>, CodecError> {
    if samples.len() > JOURNAL_SAMPLES {
        return Err(CodecError::TooMany(samples.len()));
    }
    let mut payload = Vec::with_capacity(samples.len() * 5 + 64);
    let mut directory = Vec::new();
    for chunk in samples.chunks(CHUNK_SAMPLES) {
        let before = payload.len();
        push_chunk(&mut payload, chunk)?;
        directory.extend(chunk[0].point.0.to_le_bytes());
        directory.extend(chunk[chunk.len() - 1].point.0.to_le_bytes());
        directory.extend((chunk.len() as u32).to_le_bytes());
        directory.extend(((payload.len() - before) as u32).to_le_bytes());
    }
    let mut blob = open_blob(
        Codec::Journal,
        samples.len(),
        directory.len() + payload.len() + 4,
    );
    push_section(&mut blob, &directory);
    blob.extend(payload);
    Ok(seal(blob))
}

/// Unpacks all samples, in the order of point and time.
pub fn decode_journal(blob: &[u8]) -> Result<Vec<PointSample>, CodecError> {
    let opened = unseal(blob, Codec::Journal, JOURNAL_SAMPLES)?;
    let (count, mut reader) = (opened.count, opened.payload);
    let directory = read_directory(reader.section()?)?;
    if directory.iter().map(|chunk| chunk.count).sum::<usize>() != count {
        return Err(CodecError::Length);
    }
    let mut samples = Vec::with_capacity(count);
    for chunk in &directory {
        let bytes = reader.bytes(chunk.length)?;
        read_chunk(bytes, chunk.count, opened.layout, &mut samples)?;
    }
    reader.finish()?;
    Ok(samples)
}

fn read_directory(bytes: &[u8]) -> Result<Vec<Chunk>, CodecError> {
    let mut reader = Reader::new(bytes);
    let mut chunks = Vec::new();
    while reader.finish().is_err() {
        let _first_and_last_point = reader.bytes(16)?;
        let chunk = Chunk {
            count: reader.u32()? as usize,
            length: reader.u32()? as usize,
        };
        if chunk.count > CHUNK_SAMPLES {
            return Err(CodecError::TooMany(chunk.count));
        }
        chunks.push(chunk);
    }
    Ok(chunks)
}

fn push_chunk(payload: &mut Vec<u8>, chunk: &[PointSample]) -> Result<(), CodecError> {
    let points: Vec<i64> = chunk.iter().map(|sample| sample.point.0).collect();
    let columns: Columns = chunk.iter().map(|sample| sample.sample).collect();
    push_integers(payload, &points, Packing::Quick)?;
    push_columns(payload, &columns, 0..chunk.len(), Packing::Quick)
}

fn read_chunk(
    bytes: &[u8],
    count: usize,
    layout: Layout,
    into: &mut Vec<PointSample>,
) -> Result<(), CodecError> {
    let mut reader = Reader::new(bytes);
    let points = read_integers(&mut reader, count, layout)?;
    let columns = read_columns(&mut reader, count, layout)?;
    reader.finish()?;
    into.extend(
        points
            .iter()
            .enumerate()
            .map(|(index, &point)| PointSample {
                point: PointId(point),
                sample: columns.get(index),
            }),
    );
    Ok(())
}
