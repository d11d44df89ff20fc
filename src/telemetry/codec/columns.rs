//! Samples of one point as columns.

use crate::domain::{Quality, Sample, Timestamp};

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
