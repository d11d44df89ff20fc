//! The samples of one point as a reader or a merge puts them together.
//!
//! Layers arrive from the oldest to the newest; at equal times the newer wins.

use super::codec::Columns;
use crate::domain::{Sample, TimeRange};

/// Samples that ascend in time, kept in the pieces they came in.
#[derive(Debug, Default)]
pub(super) struct Series {
    pieces: Vec<Columns>,
}

impl Series {
    /// Lays samples over what is there; where times are equal they replace it.
    pub(super) fn overlay(&mut self, newer: Columns) {
        let Some(&first) = newer.times.first() else {
            return;
        };
        let apart = self
            .pieces
            .partition_point(|piece| piece.times.last().is_some_and(|&last| last < first));
        let mut merged = Columns::default();
        for piece in self.pieces.drain(apart..) {
            let whole = 0..piece.len();
            merged.extend_from(&piece, whole);
        }
        self.pieces.push(merge(merged, newer));
    }

    /// How many samples there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(Columns::len).sum()
    }

    /// The oldest `limit` samples as the API gives them.
    pub(super) fn into_samples(self, limit: usize) -> Vec<Sample> {
        let mut samples = Vec::with_capacity(self.len().min(limit));
        for piece in &self.pieces {
            let room = limit - samples.len();
            samples.extend(piece.iter().take(room));
        }
        samples
    }

    /// The newest sample.
    pub(super) fn last(&self) -> Option<Sample> {
        let piece = self.pieces.last()?;
        piece.len().checked_sub(1).map(|index| piece.get(index))
    }

    /// All samples as one piece.
    pub(super) fn into_columns(self) -> Columns {
        let mut pieces = self.pieces.into_iter();
        let mut whole = pieces.next().unwrap_or_default();
        for piece in pieces {
            whole.extend_from(&piece, 0..piece.len());
        }
        whole
    }
}

/// Merges two ascending runs; at equal times `newer` wins.
pub(super) fn merge(older: Columns, newer: Columns) -> Columns {
    let (Some(&last), Some(&first)) = (older.times.last(), newer.times.first()) else {
        return if older.is_empty() { newer } else { older };
    };
    let mut merged = older;
    if last < first {
        merged.extend_from(&newer, 0..newer.len());
        return merged;
    }
    let split = merged.times.partition_point(|&at| at < first);
    let tail = merged.split_off(split);
    interleave(&mut merged, &tail, &newer);
    merged
}

fn interleave(merged: &mut Columns, older: &Columns, newer: &Columns) {
    let (mut old, mut new) = (0, 0);
    while old < older.len() && new < newer.len() {
        if older.times[old] < newer.times[new] {
            merged.push(older.get(old));
            old += 1;
        } else {
            old += usize::from(older.times[old] == newer.times[new]);
            merged.push(newer.get(new));
            new += 1;
        }
    }
    merged.extend_from(older, old..older.len());
    merged.extend_from(newer, new..newer.len());
}

/// Cuts samples down to those inside a range.
pub(super) fn clip(mut columns: Columns, range: TimeRange) -> Columns {
    let inside = columns.within(range.start.0, range.end.0);
    columns.truncate(inside.end);
    if inside.start > 0 {
        columns = columns.split_off(inside.start);
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Quality, Timestamp};

    fn columns(samples: &[(i64, f64)]) -> Columns {
        let sample = |&(at, value): &(i64, f64)| Sample {
            at: Timestamp(at),
            value,
            quality: Quality::Good,
        };
        samples.iter().map(sample).collect()
    }

    #[test]
    fn the_newer_layer_wins_at_equal_times_and_order_stays() {
        let mut series = Series::default();
        series.overlay(columns(&[(1, 1.0), (2, 1.0)]));
        series.overlay(columns(&[(5, 1.0), (7, 1.0)]));
        series.overlay(columns(&[(2, 2.0), (6, 2.0), (7, 2.0), (8, 2.0)]));
        let expected = [(1, 1.0), (2, 2.0), (5, 1.0), (6, 2.0), (7, 2.0), (8, 2.0)];
        assert_eq!(series.into_columns(), columns(&expected));
    }

    #[test]
    fn quality_survives_a_merge_with_samples_that_are_all_good() {
        let mut bad = columns(&[(3, 3.0)]);
        bad.quality = vec![Quality::Bad.code()];
        let merged = merge(columns(&[(1, 1.0), (4, 4.0)]), bad);
        assert_eq!(merged.quality, [0, 2, 0]);
    }

    #[test]
    fn clipping_keeps_the_half_open_range() {
        let range = TimeRange::new(Timestamp(2), Timestamp(4)).unwrap();
        let clipped = clip(columns(&[(1, 0.0), (2, 0.0), (3, 0.0), (4, 0.0)]), range);
        assert_eq!(clipped.times, [2, 3]);
    }
}
