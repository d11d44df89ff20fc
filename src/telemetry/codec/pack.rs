//! How each column of samples is packed.

use super::reader::{Reader, push_section};
use super::{CodecError, Columns, decimals};
use crate::domain::Quality;
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DeltaSpec, ModeSpec};

/// Appends the three columns, `range` of them.
pub(super) fn push_columns(
    blob: &mut Vec<u8>,
    columns: &Columns,
    range: std::ops::Range<usize>,
    level: usize,
) -> Result<(), CodecError> {
    push_times(blob, &columns.times[range.clone()], level)?;
    push_values(blob, &columns.values[range.clone()], level)?;
    push_section(
        blob,
        &quality_runs(columns.quality.get(range).unwrap_or_default()),
    );
    Ok(())
}

/// Reads what [`push_columns`] wrote; `count` is already checked against a cap.
pub(super) fn read_columns(reader: &mut Reader<'_>, count: usize) -> Result<Columns, CodecError> {
    let times = read_times(reader, count)?;
    let values = read_values(reader, count)?;
    let quality = expand_quality(reader.section()?, count)?;
    Ok(Columns {
        times,
        values,
        quality,
    })
}

fn push_values(blob: &mut Vec<u8>, values: &[f64], level: usize) -> Result<(), CodecError> {
    if let Some((digits, integers_of_values)) = decimals::to_integers(values) {
        blob.push(digits);
        push_section(blob, &compress(&integers_of_values, &integers(level))?);
    } else {
        blob.push(decimals::NOT_DECIMAL);
        let config = ChunkConfig::default()
            .with_compression_level(level)
            .with_delta_spec(DeltaSpec::TryConsecutive(1));
        push_section(blob, &compress(values, &config)?);
    }
    Ok(())
}

fn read_values(reader: &mut Reader<'_>, count: usize) -> Result<Vec<f64>, CodecError> {
    let digits = reader.u8()?;
    if digits == decimals::NOT_DECIMAL {
        let mut values = vec![0.0_f64; count];
        decompress_into(reader.section()?, &mut values)?;
        return Ok(values);
    }
    let mut integers_of_values = vec![0_i64; count];
    decompress_into(reader.section()?, &mut integers_of_values)?;
    decimals::from_integers(digits, &integers_of_values).ok_or(CodecError::Length)
}

/// Units a time column may be counted in, in microseconds, coarsest first.
const TIME_UNITS: [i64; 3] = [1_000_000, 1_000, 1];

fn push_times(blob: &mut Vec<u8>, times: &[i64], level: usize) -> Result<(), CodecError> {
    let base = times.iter().copied().min().unwrap_or_default();
    let offsets: Vec<u64> = times
        .iter()
        .map(|at| at.wrapping_sub(base) as u64)
        .collect();
    let (code, unit) = coarsest_unit(&offsets);
    let steps: Vec<u64> = match unit {
        1 => offsets,
        unit => offsets.into_iter().map(|offset| offset / unit).collect(),
    };
    blob.extend(base.to_le_bytes());
    blob.push(code);
    push_section(blob, &compress(&steps, &integers(level))?);
    Ok(())
}

fn read_times(reader: &mut Reader<'_>, count: usize) -> Result<Vec<i64>, CodecError> {
    let base = reader.i64()?;
    let code = usize::from(reader.u8()?);
    let unit = *TIME_UNITS.get(code).ok_or(CodecError::Length)?;
    let mut steps = vec![0_u64; count];
    decompress_into(reader.section()?, &mut steps)?;
    Ok(steps
        .into_iter()
        .map(|step| base.wrapping_add((step as i64).wrapping_mul(unit)))
        .collect())
}

fn coarsest_unit(offsets: &[u64]) -> (u8, u64) {
    let mut code = 0;
    for offset in offsets {
        while offset % TIME_UNITS[code] as u64 != 0 {
            code += 1;
        }
    }
    (code as u8, TIME_UNITS[code] as u64)
}

/// Integers that mostly ascend: differences, no search for a mode.
pub(super) fn integers(level: usize) -> ChunkConfig {
    ChunkConfig::default()
        .with_compression_level(level)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(DeltaSpec::TryConsecutive(1))
}

pub(super) fn compress<T: pco::data_types::Number>(
    numbers: &[T],
    config: &ChunkConfig,
) -> Result<Vec<u8>, CodecError> {
    simple_compress(numbers, config).map_err(|error| CodecError::Column(error.to_string()))
}

/// Fills `numbers` exactly, or fails.
pub(super) fn decompress_into<T: pco::data_types::Number>(
    bytes: &[u8],
    numbers: &mut [T],
) -> Result<(), CodecError> {
    let progress = simple_decompress_into(bytes, numbers)
        .map_err(|error| CodecError::Column(error.to_string()))?;
    if progress.n_processed != numbers.len() || !progress.finished {
        return Err(CodecError::Column(format!(
            "{} of {} numbers",
            progress.n_processed,
            numbers.len()
        )));
    }
    Ok(())
}

/// Runs of equal quality, five bytes each: length, code. Nothing when all is good.
fn quality_runs(codes: &[u8]) -> Vec<u8> {
    if codes.iter().all(|&code| code == Quality::Good.code()) {
        return Vec::new();
    }
    let mut runs = Vec::new();
    for run in codes.chunk_by(|a, b| a == b) {
        runs.extend((run.len() as u32).to_le_bytes());
        runs.push(run[0]);
    }
    runs
}

fn expand_quality(runs: &[u8], count: usize) -> Result<Vec<u8>, CodecError> {
    let mut codes = Vec::new();
    let mut reader = Reader::new(runs);
    while reader.finish().is_err() {
        let (length, code) = (reader.u32()? as usize, reader.u8()?);
        if codes.len() + length > count || Quality::from_code(code).is_none() {
            return Err(CodecError::Length);
        }
        codes.resize(codes.len() + length, code);
    }
    if !runs.is_empty() && codes.len() != count {
        return Err(CodecError::Length);
    }
    Ok(codes)
}
