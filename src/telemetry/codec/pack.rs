//! How each column of samples is packed.

use super::envelope::Layout;
use super::reader::{Reader, push_section};
use super::{CodecError, Columns, bits, decimals, polling};
use crate::domain::Quality;
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DeltaSpec, ModeSpec};

/// What packing is to save.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Time: what is soon packed again.
    Quick,
    /// Room: what stays.
    Dense,
}

/// Compression levels of pco: above the first little gets smaller and all of it slower.
const DENSE_LEVEL: usize = 8;
const QUICK_LEVEL: usize = 2;

/// How a section keeps integers.
const COMPRESSED: u8 = 0;
const IN_BITS: u8 = 1;

/// Appends the three columns, `range` of them.
pub(super) fn push_columns(
    blob: &mut Vec<u8>,
    columns: &Columns,
    range: std::ops::Range<usize>,
    packing: Packing,
) -> Result<(), CodecError> {
    push_times(blob, &columns.times[range.clone()], packing)?;
    push_values(blob, &columns.values[range.clone()], packing)?;
    push_section(
        blob,
        &quality_runs(columns.quality.get(range).unwrap_or_default()),
    );
    Ok(())
}

/// Reads what [`push_columns`] wrote; `count` is already checked against a cap.
pub(super) fn read_columns(
    reader: &mut Reader<'_>,
    count: usize,
    layout: Layout,
) -> Result<Columns, CodecError> {
    let times = read_times(reader, count, layout)?;
    let values = read_values(reader, count, layout)?;
    let quality = expand_quality(reader.section()?, count)?;
    Ok(Columns {
        times,
        values,
        quality,
    })
}

/// Appends integers that mostly ascend.
pub(super) fn push_integers(
    blob: &mut Vec<u8>,
    integers: &[i64],
    packing: Packing,
) -> Result<(), CodecError> {
    match packing {
        Packing::Quick => push_bits(blob, integers),
        Packing::Dense => push_compressed(blob, integers, &differences())?,
    }
    Ok(())
}

/// Reads what [`push_integers`] wrote.
pub(super) fn read_integers(
    reader: &mut Reader<'_>,
    count: usize,
    layout: Layout,
) -> Result<Vec<i64>, CodecError> {
    match read_kind(reader, layout)? {
        IN_BITS => bits::read(reader.section()?, count),
        _ => decompress(reader.section()?, count),
    }
}

fn push_bits(blob: &mut Vec<u8>, integers: &[i64]) {
    let mut section = Vec::new();
    bits::push(&mut section, integers);
    blob.push(IN_BITS);
    push_section(blob, &section);
}

fn push_compressed<T: pco::data_types::Number>(
    blob: &mut Vec<u8>,
    numbers: &[T],
    config: &ChunkConfig,
) -> Result<(), CodecError> {
    blob.push(COMPRESSED);
    push_section(blob, &compress(numbers, config)?);
    Ok(())
}

/// The first layout knew compression only and did not say so.
fn read_kind(reader: &mut Reader<'_>, layout: Layout) -> Result<u8, CodecError> {
    match layout {
        Layout::First => Ok(COMPRESSED),
        Layout::Second => match reader.u8()? {
            kind @ (COMPRESSED | IN_BITS) => Ok(kind),
            _ => Err(CodecError::Length),
        },
    }
}

fn push_values(blob: &mut Vec<u8>, values: &[f64], packing: Packing) -> Result<(), CodecError> {
    if let Some((digits, integers)) = decimals::to_integers(values) {
        blob.push(digits);
        return push_integers(blob, &integers, packing);
    }
    let level = match packing {
        Packing::Quick => QUICK_LEVEL,
        Packing::Dense => DENSE_LEVEL,
    };
    let config = ChunkConfig::default()
        .with_compression_level(level)
        .with_delta_spec(DeltaSpec::TryConsecutive(1));
    blob.push(decimals::NOT_DECIMAL);
    push_section(blob, &compress(values, &config)?);
    Ok(())
}

fn read_values(
    reader: &mut Reader<'_>,
    count: usize,
    layout: Layout,
) -> Result<Vec<f64>, CodecError> {
    let digits = reader.u8()?;
    if digits == decimals::NOT_DECIMAL {
        return decompress(reader.section()?, count);
    }
    let integers = read_integers(reader, count, layout)?;
    decimals::from_integers(digits, &integers).ok_or(CodecError::Length)
}

/// Units a time column may be counted in, in microseconds, coarsest first.
const TIME_UNITS: [i64; 3] = [1_000_000, 1_000, 1];

fn push_times(blob: &mut Vec<u8>, times: &[i64], packing: Packing) -> Result<(), CodecError> {
    let least = times.iter().copied().min().unwrap_or_default();
    let (code, unit) = coarsest_unit(times, least);
    let mut steps: Vec<u64> = match unit {
        1 => times.iter().map(|&at| above(at, least)).collect(),
        1_000 => times.iter().map(|&at| above(at, least) / 1_000).collect(),
        unit => times.iter().map(|&at| above(at, least) / unit).collect(),
    };
    if packing == Packing::Quick {
        push_base(blob, least, code);
        let steps: Vec<i64> = steps.into_iter().map(|step| step as i64).collect();
        push_bits(blob, &steps);
        return Ok(());
    }
    let Some(period) = polling::period(&steps) else {
        push_base(blob, least, code);
        return push_compressed(blob, &steps, &differences());
    };
    // Half a period before the first, so that no poll that comes a little early counts to the tick before.
    let before = period / 2;
    for step in &mut steps {
        *step = step.wrapping_add(before);
    }
    push_base(
        blob,
        least.wrapping_sub(before.wrapping_mul(unit) as i64),
        code,
    );
    let ticks = differences().with_mode_spec(ModeSpec::TryIntMult(period));
    push_compressed(blob, &steps, &ticks)
}

fn push_base(blob: &mut Vec<u8>, base: i64, unit_code: u8) {
    blob.extend(base.to_le_bytes());
    blob.push(unit_code);
}

fn read_times(
    reader: &mut Reader<'_>,
    count: usize,
    layout: Layout,
) -> Result<Vec<i64>, CodecError> {
    let base = reader.i64()?;
    let code = usize::from(reader.u8()?);
    let unit = *TIME_UNITS.get(code).ok_or(CodecError::Length)?;
    let mut times = match read_kind(reader, layout)? {
        IN_BITS => bits::read(reader.section()?, count)?,
        _ => decompress::<u64>(reader.section()?, count)?
            .into_iter()
            .map(|step| step as i64)
            .collect(),
    };
    for at in &mut times {
        *at = base.wrapping_add(at.wrapping_mul(unit));
    }
    Ok(times)
}

fn coarsest_unit(times: &[i64], least: i64) -> (u8, u64) {
    let mut code = 0;
    for &at in times {
        while !above(at, least).is_multiple_of(TIME_UNITS[code] as u64) {
            code += 1;
        }
    }
    (code as u8, TIME_UNITS[code] as u64)
}

const fn above(at: i64, least: i64) -> u64 {
    at.wrapping_sub(least) as u64
}

/// Differences, no search for a mode.
fn differences() -> ChunkConfig {
    ChunkConfig::default()
        .with_compression_level(DENSE_LEVEL)
        .with_mode_spec(ModeSpec::Classic)
        .with_delta_spec(DeltaSpec::TryConsecutive(1))
}

fn compress<T: pco::data_types::Number>(
    numbers: &[T],
    config: &ChunkConfig,
) -> Result<Vec<u8>, CodecError> {
    simple_compress(numbers, config).map_err(|error| CodecError::Column(error.to_string()))
}

/// Gives exactly `count` numbers, or fails.
fn decompress<T: pco::data_types::Number + Default>(
    bytes: &[u8],
    count: usize,
) -> Result<Vec<T>, CodecError> {
    let mut numbers = vec![T::default(); count];
    let progress = simple_decompress_into(bytes, &mut numbers)
        .map_err(|error| CodecError::Column(error.to_string()))?;
    if progress.n_processed != count || !progress.finished {
        return Err(CodecError::Column(format!(
            "{} of {count} numbers",
            progress.n_processed
        )));
    }
    Ok(numbers)
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
