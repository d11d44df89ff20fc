//! The head: in memory, what is committed and not yet in blocks, and the newest
//! sample of every point.
//!
//! It has two layers. Writes go to the *active* one; a merge freezes it, works
//! from the frozen copy and drops that when all of it is in blocks. A reader puts
//! blocks, frozen and active on top of one another, so it does not matter which
//! parts of a running merge it meets: frozen wins over whatever a block says.
//!
//! `generation` moves whenever a layer starts or ends and with every deletion. A reader that finds the
//! same generation before and after its statements read one state of the whole.
//!
//! Invariant: everything here can be rebuilt from journal, tombstones and `latest`.

use super::codec::Columns;
use super::merge::MergedPoint;
use super::point_map::PointMap;
use super::series::merge;
use super::view::{View, touches};
use crate::domain::{PointId, PointSample, Sample, TimeRange, Timestamp};
use crate::store::tenant::latest::LatestRow;
use crate::store::tenant::tombstones::TombstoneRow;
use std::sync::Arc;

/// What a merge works from: all samples up to the commit `version`.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) version: i64,
    pub(super) points: PointMap<Columns>,
    /// The deletions up to `version`, in order.
    pub(super) tombstones: Vec<TombstoneRow>,
    pub(super) samples: usize,
}

/// The blocks of the newest day of a point, as this process left them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) day: i64,
    /// How many blocks that day has.
    pub(super) parts: usize,
    /// The number of the next one.
    pub(super) next_part: i64,
}

/// What is known of one point.
#[derive(Debug, Default)]
struct Slot {
    active: Columns,
    latest: Option<Sample>,
    /// A deletion took the newest sample, and `latest` was not looked up since: it may be too old.
    bereft: bool,
    /// No earlier than the newest sample in the blocks.
    merged_until: Option<i64>,
    /// None when it takes a look to know.
    tail: Option<Tail>,
}

/// The state in memory of one tenant's series.
#[derive(Debug, Default)]
pub(super) struct Head {
    slots: PointMap<Slot>,
    active_samples: usize,
    frozen: Option<Arc<Layer>>,
    tombstones: Vec<TombstoneRow>,
    seq: i64,
    generation: u64,
}

impl Head {
    /// A head that knows what the last merge wrote down.
    pub(super) fn new(merged_seq: i64, latest: &[LatestRow]) -> Self {
        let mut head = Self {
            seq: merged_seq,
            ..Self::default()
        };
        for row in latest {
            let slot = head.slots.entry(row.point_id).or_default();
            slot.latest = Some(stored_sample(row));
            slot.merged_until = Some(row.merged_until);
        }
        head
    }

    /// The last commit that is visible.
    pub(super) const fn seq(&self) -> i64 {
        self.seq
    }

    /// Samples in memory.
    pub(super) fn samples(&self) -> usize {
        self.active_samples + self.frozen.as_ref().map_or(0, |layer| layer.samples)
    }

    /// Samples that no merge has begun to move.
    pub(super) const fn active_samples(&self) -> usize {
        self.active_samples
    }

    /// Moves with every change of layers and every deletion.
    pub(super) const fn generation(&self) -> u64 {
        self.generation
    }

    /// Whether layers are the same as when this was the generation.
    pub(super) const fn is_generation(&self, generation: u64) -> bool {
        self.generation == generation
    }

    /// Adds a committed batch, sorted by point and time and without duplicates.
    pub(super) fn apply(&mut self, seq: i64, samples: &[PointSample]) {
        self.seq = seq;
        for run in samples.chunk_by(|a, b| a.point == b.point) {
            let slot = self.slots.entry(run[0].point).or_default();
            let before = slot.active.len();
            append(&mut slot.active, run);
            self.active_samples += slot.active.len() - before;
            let newest = run[run.len() - 1].sample;
            if slot.latest.is_none_or(|latest| latest.at <= newest.at) {
                slot.latest = Some(newest);
            }
        }
    }

    /// Carries out a committed deletion; gives the points whose newest sample it took.
    pub(super) fn apply_delete(&mut self, tombstone: TombstoneRow) -> Vec<PointId> {
        self.seq = tombstone.seq;
        self.tombstones.push(tombstone);
        self.generation += 1;
        let (start, end) = (tombstone.from_at, tombstone.until_at);
        let mut bereft = Vec::new();
        for (&point, slot) in &mut self.slots {
            if !touches(&tombstone, point) {
                continue;
            }
            let before = slot.active.len();
            slot.active.remove(start, end);
            self.active_samples -= before - slot.active.len();
            if slot
                .latest
                .is_some_and(|latest| (start..end).contains(&latest.at.0))
            {
                slot.latest = None;
                // A deletion from the beginning of time leaves nothing older to find.
                slot.bereft |= start > i64::MIN;
                if slot.bereft {
                    bereft.push(point);
                }
            }
        }
        bereft
    }

    /// The newest sample of a point.
    pub(super) fn latest(&self, point: PointId) -> Option<Sample> {
        self.slots.get(&point)?.latest
    }

    /// Whether a deletion took the newest sample and what is newest now was not looked up since.
    ///
    /// Late samples that come meanwhile do not end it: blocks may hold newer ones.
    pub(super) fn is_bereft(&self, point: PointId) -> bool {
        self.slots.get(&point).is_some_and(|slot| slot.bereft)
    }

    /// Notes the newest sample that was found, if any, after a deletion took the one before.
    pub(super) fn restore_latest(&mut self, point: PointId, found: Option<Sample>) {
        let slot = self.slots.entry(point).or_default();
        slot.bereft = false;
        let known = slot.latest.map(|latest| latest.at);
        if found.map(|found| found.at) > known {
            slot.latest = found;
        }
    }

    /// What the head holds of a point in a range.
    pub(super) fn view(&self, point: PointId, range: TimeRange) -> View {
        let slot = self.slots.get(&point);
        let active = slot
            .map(|slot| &slot.active)
            .map(|active| active.slice(active.within(range.start.0, range.end.0)));
        let merged_until = slot.and_then(|slot| slot.merged_until);
        View {
            generation: self.generation,
            active: active.unwrap_or_default(),
            frozen: self.frozen.clone(),
            tombstones: self.tombstones_of(point),
            merged_until,
        }
    }

    /// The deletions a point's blocks may not heed yet.
    pub(super) fn tombstones_of(&self, point: PointId) -> Vec<TombstoneRow> {
        let of_point = |tombstone: &&TombstoneRow| touches(tombstone, point);
        self.tombstones.iter().filter(of_point).copied().collect()
    }

    /// Freezes the active layer for a merge, or gives the one a failed merge left.
    pub(super) fn freeze(&mut self) -> Option<Arc<Layer>> {
        if self.frozen.is_none() && (self.active_samples > 0 || !self.tombstones.is_empty()) {
            let points = self
                .slots
                .iter_mut()
                .filter(|(_, slot)| !slot.active.is_empty())
                .map(|(&point, slot)| (point, std::mem::take(&mut slot.active)))
                .collect();
            self.frozen = Some(Arc::new(Layer {
                version: self.seq,
                points,
                tombstones: self.tombstones.clone(),
                samples: std::mem::take(&mut self.active_samples),
            }));
            self.generation += 1;
        }
        self.frozen.clone()
    }

    /// Drops the frozen layer: all of it is in blocks now.
    pub(super) fn thaw(&mut self) {
        let Some(layer) = self.frozen.take() else {
            return;
        };
        self.tombstones
            .retain(|tombstone| tombstone.seq > layer.version);
        for (&point, columns) in &layer.points {
            let slot = self.slots.entry(point).or_default();
            slot.merged_until = slot.merged_until.max(columns.times.last().copied());
        }
        self.generation += 1;
    }

    /// Where the blocks of a point end, when none of them reaches into the hour of `from` and that
    /// is known without a look.
    pub(super) fn tail_before(&self, point: PointId, from: i64) -> Option<Tail> {
        let slot = self.slots.get(&point)?;
        let until = slot.merged_until?;
        if until >= Timestamp(from).hour_start().0 {
            return None;
        }
        let day = from.div_euclid(Timestamp::DAY);
        if until.div_euclid(Timestamp::DAY) < day {
            return Some(Tail {
                day,
                parts: 0,
                next_part: 0,
            });
        }
        slot.tail.filter(|tail| tail.day == day)
    }

    /// Blocks of these points are about to be stored. Until it is known whether they are, nothing
    /// is known of their last days.
    pub(super) fn expect_blocks(&mut self, points: &[MergedPoint]) {
        for merged in points {
            let slot = self.slots.entry(merged.point).or_default();
            slot.merged_until = slot.merged_until.max(merged.newest);
            slot.tail = None;
        }
    }

    /// These blocks are stored.
    pub(super) fn note_tails(&mut self, points: &[MergedPoint]) {
        for merged in points {
            self.slots.entry(merged.point).or_default().tail = merged.tail;
        }
    }

    /// What `latest` should say of a point once its samples up to `newest_merged` are in blocks.
    pub(super) fn latest_row(
        &self,
        point: PointId,
        newest_merged: Option<i64>,
    ) -> Option<LatestRow> {
        let slot = self.slots.get(&point)?;
        let merged_until = slot.merged_until.max(newest_merged)?;
        let latest = slot.latest?;
        Some(LatestRow {
            point_id: point,
            at: latest.at.0,
            value: super::summary::number(latest.value),
            bits: latest.value.to_bits() as i64,
            quality: i64::from(latest.quality.code()),
            merged_until,
        })
    }
}

fn append(active: &mut Columns, run: &[PointSample]) {
    if active
        .times
        .last()
        .is_none_or(|&last| last < run[0].sample.at.0)
    {
        active.make_room(run.len());
        for sample in run {
            active.push(sample.sample);
        }
    } else {
        let newer = run.iter().map(|sample| sample.sample).collect();
        *active = merge(std::mem::take(active), newer);
    }
}

fn stored_sample(row: &LatestRow) -> Sample {
    let quality = u8::try_from(row.quality)
        .ok()
        .and_then(crate::domain::Quality::from_code);
    Sample {
        at: Timestamp(row.at),
        value: f64::from_bits(row.bits as u64),
        quality: quality.unwrap_or_default(),
    }
}
