//! What a reader takes from the head, and how it lies over the blocks.

use super::codec::Columns;
use super::head::Layer;
use super::series::clip;
use crate::domain::{PointId, TimeRange};
use crate::store::tenant::tombstones::TombstoneRow;
use std::sync::Arc;

/// What a reader takes from the head for one point and range.
#[derive(Debug)]
pub(super) struct View {
    pub(super) generation: u64,
    pub(super) active: Columns,
    pub(super) frozen: Option<Arc<Layer>>,
    pub(super) tombstones: Vec<TombstoneRow>,
    /// No block of the point reaches beyond, unless frozen holds the same; unknown when none.
    pub(super) merged_until: Option<i64>,
}

impl View {
    /// Whether blocks may hold samples at `from` or later that the head does not.
    pub(super) fn in_blocks(&self, from: i64) -> bool {
        self.merged_until.is_none_or(|until| until >= from)
    }

    /// Whether a deletion that blocks and rollups may not heed yet overlaps `start..end`.
    pub(super) fn is_deleted_from(&self, start: i64, end: i64) -> bool {
        let overlaps =
            |tombstone: &TombstoneRow| tombstone.from_at < end && start < tombstone.until_at;
        self.tombstones.iter().any(overlaps)
    }

    /// The instants of the frozen layer in the range, deleted ones too.
    pub(super) fn frozen_times(&self, point: PointId, range: TimeRange) -> &[i64] {
        let columns = self
            .frozen
            .as_ref()
            .and_then(|layer| layer.points.get(&point));
        columns.map_or(&[], |columns| {
            &columns.times[columns.within(range.start.0, range.end.0)]
        })
    }

    /// The samples of the frozen layer that are still there, cut to the range.
    pub(super) fn frozen_of(&self, point: PointId, range: TimeRange) -> Columns {
        let Some(layer) = &self.frozen else {
            return Columns::default();
        };
        let Some(columns) = layer.points.get(&point) else {
            return Columns::default();
        };
        let inside = columns.slice(columns.within(range.start.0, range.end.0));
        without_deleted(inside, layer.version, &self.tombstones)
    }

    /// What a block of this version still holds, cut to the range.
    pub(super) fn block(&self, columns: Columns, version: i64, range: TimeRange) -> Columns {
        without_deleted(clip(columns, range), version, &self.tombstones)
    }
}

/// Takes out what deletions after `version` removed.
pub(super) fn without_deleted(
    mut columns: Columns,
    version: i64,
    tombstones: &[TombstoneRow],
) -> Columns {
    for tombstone in tombstones
        .iter()
        .filter(|tombstone| tombstone.seq > version)
    {
        columns.remove(tombstone.from_at, tombstone.until_at);
    }
    columns
}

/// Whether a deletion speaks of a point.
pub(super) fn touches(tombstone: &TombstoneRow, point: PointId) -> bool {
    tombstone.point_id.is_none_or(|of| of == point)
}
