//! Samples of one point as columns, and how each column is packed.

use super::CodecError;
use super::reader::{Reader, push_section};
use crate::domain::{Quality, Sample, Timestamp};
use pco::standalone::{simple_compress, simple_decompress_into};
use pco::{ChunkConfig, DeltaSpec, ModeSpec};

/// Samples in columns; all columns are equally long.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    /// Instants in microseconds.
    pub times: Vec<i64>,
    /// Values.
    pub values: Vec<f64>,
    /// Quality codes; empty means that all are good.
    pub quality: Vec<u8>,
}

impl Columns {
    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.times.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The sample at `index`, which must be inside.
    pub fn get(&self, index: usize) -> Sample {
        Sample {
            at: Timestamp(self.times[index]),
            value: self.values[index],
            quality: self.quality_at(index),
        }
    }

    /// Makes room for so many more; grows by a third so that a large head wastes little.
    pub fn make_room(&mut self, more: usize) {
        if self.times.capacity() - self.len() < more {
            let room = more.max(self.len() / 3).max(8);
            self.times.reserve_exact(room);
            self.values.reserve_exact(room);
        }
    }

    /// Adds a sample at the end.
    pub fn push(&mut self, sample: Sample) {
        if sample.quality != Quality::Good && self.quality.is_empty() {
            self.quality = vec![Quality::Good.code(); self.len()];
        }
        if sample.quality != Quality::Good || !self.quality.is_empty() {
            self.quality.push(sample.quality.code());
        }
        self.times.push(sample.at.0);
        self.values.push(sample.value);
    }

    /// Adds samples `range` of another at the end.
    pub fn extend_from(&mut self, other: &Self, range: std::ops::Range<usize>) {
        if !(self.quality.is_empty() && other.quality.is_empty()) {
            let good = Quality::Good.code();
            self.quality.resize(self.len(), good);
            match other.quality.get(range.clone()) {
                Some(codes) if !codes.is_empty() => self.quality.extend(codes),
                _ => self.quality.resize(self.len() + range.len(), good),
            }
        }
        self.times.extend(&other.times[range.clone()]);
        self.values.extend(&other.values[range]);
    }

    /// Keeps the first `length` samples.
    pub fn truncate(&mut self, length: usize) {
        self.times.truncate(length);
        self.values.truncate(length);
        self.quality.truncate(length);
    }

    /// Takes the samples from `index` on away and gives them.
    #[must_use]
    pub fn split_off(&mut self, index: usize) -> Self {
        let quality = if self.quality.is_empty() {
            Vec::new()
        } else {
            self.quality.split_off(index)
        };
        Self {
            times: self.times.split_off(index),
            values: self.values.split_off(index),
            quality,
        }
    }

    /// Removes the samples `start <= at < end`; times must ascend.
    pub fn remove(&mut self, start: i64, end: i64) {
        let range = self.within(start, end);
        if !self.quality.is_empty() {
            self.quality.drain(range.clone());
        }
        self.times.drain(range.clone());
        self.values.drain(range);
    }

    /// A copy of the samples in `range`.
    #[must_use]
    pub fn slice(&self, range: std::ops::Range<usize>) -> Self {
        Self {
            times: self.times[range.clone()].to_vec(),
            values: self.values[range.clone()].to_vec(),
            quality: self.quality.get(range).unwrap_or_default().to_vec(),
        }
    }

    /// All samples in order.
    pub fn iter(&self) -> impl Iterator<Item = Sample> + '_ {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The samples `start <= at < end`; times must ascend.
    pub fn within(&self, start: i64, end: i64) -> std::ops::Range<usize> {
        let from = self.times.partition_point(|&at| at < start);
        let until = self.times.partition_point(|&at| at < end);
        from..until.max(from)
    }

    fn quality_at(&self, index: usize) -> Quality {
        self.quality
            .get(index)
            .and_then(|&code| Quality::from_code(code))
            .unwrap_or_default()
    }
}

impl FromIterator<Sample> for Columns {
    fn from_iter<I: IntoIterator<Item = Sample>>(samples: I) -> Self {
        let mut columns = Self::default();
        for sample in samples {
            columns.push(sample);
        }
        columns
    }
}

/// Appends the three columns, `range` of them.
pub(super) fn push_columns(
    blob: &mut Vec<u8>,
    columns: &Columns,
    range: std::ops::Range<usize>,
    level: usize,
) -> Result<(), CodecError> {
    push_times(blob, &columns.times[range.clone()], level)?;
    let config = ChunkConfig::default()
        .with_compression_level(level)
        .with_delta_spec(DeltaSpec::TryConsecutive(1));
    push_section(blob, &compress(&columns.values[range.clone()], &config)?);
    push_section(
        blob,
        &quality_runs(columns.quality.get(range).unwrap_or_default()),
    );
    Ok(())
}

/// Reads what [`push_columns`] wrote; `count` is already checked against a cap.
pub(super) fn read_columns(reader: &mut Reader<'_>, count: usize) -> Result<Columns, CodecError> {
    let times = read_times(reader, count)?;
    let mut values = vec![0.0_f64; count];
    decompress_into(reader.section()?, &mut values)?;
    let quality = expand_quality(reader.section()?, count)?;
    Ok(Columns {
        times,
        values,
        quality,
    })
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
