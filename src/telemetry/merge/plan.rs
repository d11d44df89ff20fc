//! Which blocks a merge reads, replaces and writes: decided from their entries alone.

use crate::domain::{PointId, Timestamp};
use crate::store::tenant::blocks::BlockEntry;
use crate::store::tenant::tombstones::TombstoneRow;
use crate::telemetry::codec::{BLOCK_SAMPLES, Packing};
use crate::telemetry::head::{Layer, Tail};
use crate::telemetry::point_map::PointMap;
use std::ops::Range;

/// The work on one point.
pub(super) struct PointPlan {
    pub(super) point: PointId,
    pub(super) days: Vec<DayPlan>,
}

/// A day that goes on keeps up to so many parts as they come; see [`super::settle`].
const PARTS_OF_AN_OPEN_DAY: usize = 32;

/// The work on one UTC day of one point.
pub(super) struct DayPlan {
    pub(super) day: i64,
    /// Quick while the day goes on: its parts are packed once more when it is over.
    pub(super) packing: Packing,
    /// The new samples, as a range of the point's columns in the layer.
    pub(super) fresh: Range<usize>,
    /// Blocks that stay but share an hour with what changes, in order.
    pub(super) context: Vec<BlockEntry>,
    /// How many blocks of the day stay as they are.
    pub(super) kept: usize,
    /// Blocks that are replaced, in order.
    pub(super) replaced: Vec<BlockEntry>,
    /// The number of the first block written.
    pub(super) part: i64,
    /// Hours whose rows must go before they are computed again.
    pub(super) cleared: Option<(i64, i64)>,
}

impl PointPlan {
    /// The blocks whose data is needed.
    pub(super) fn wanted(&self) -> impl Iterator<Item = i64> {
        self.days
            .iter()
            .flat_map(|day| day.context.iter().chain(&day.replaced))
            .map(|entry| entry.id)
    }
}

/// The first and last UTC day that a group of points touches.
pub(super) fn days(layer: &Layer, points: &[PointId]) -> Option<(i64, i64)> {
    let mut range: Option<(i64, i64)> = None;
    let mut include = |from: i64, until: i64| {
        let (first, last) = (utc_day(from), utc_day(until));
        let (start, end) = range.unwrap_or((first, last));
        range = Some((start.min(first), end.max(last)));
    };
    for &point in points {
        let times = super::fresh(layer, point).map_or(&[][..], |columns| &columns.times);
        if let (Some(&first), Some(&last)) = (times.first(), times.last()) {
            include(first, last);
        }
        // Deletions of all points are carried out before: see `retention`.
        for tombstone in layer
            .tombstones
            .iter()
            .filter(|tombstone| tombstone.point_id == Some(point))
        {
            include(tombstone.from_at, tombstone.until_at);
        }
    }
    range
}

/// Plans a group; `entries` are those of the points that have no tail, ordered by point, day and part.
pub(super) fn plan(
    layer: &Layer,
    points: &[PointId],
    tails: &PointMap<Tail>,
    entries: &[BlockEntry],
    today: i64,
) -> Vec<PointPlan> {
    points
        .iter()
        .map(|&point| {
            let from = entries.partition_point(|entry| entry.point_id < point);
            let until = entries.partition_point(|entry| entry.point_id <= point);
            let days = match tails.get(&point) {
                Some(tail) => append_to(layer, point, tail, today),
                None => plan_point(layer, point, &entries[from..until], today),
            };
            PointPlan { point, days }
        })
        .collect()
}

/// Whether blocks are only added behind this tail, so that nobody needs to look at those before.
pub(super) fn is_appended(tail: &Tail, today: i64) -> bool {
    tail.parts == 0 || tail.day >= today && tail.parts < PARTS_OF_AN_OPEN_DAY
}

fn append_to(layer: &Layer, point: PointId, tail: &Tail, today: i64) -> Vec<DayPlan> {
    let times = super::fresh(layer, point).map_or(&[][..], |columns| &columns.times);
    let mut start = 0;
    let add = |run: &[i64]| {
        let fresh = start..start + run.len();
        start = fresh.end;
        let day = utc_day(run[0]);
        let is_last = day == tail.day;
        DayPlan {
            day,
            packing: packing_of(day, today),
            fresh,
            context: Vec::new(),
            kept: if is_last { tail.parts } else { 0 },
            replaced: Vec::new(),
            part: if is_last { tail.next_part } else { 0 },
            cleared: None,
        }
    };
    times
        .chunk_by(|a, b| utc_day(*a) == utc_day(*b))
        .map(add)
        .collect()
}

fn packing_of(day: i64, today: i64) -> Packing {
    if day < today {
        Packing::Dense
    } else {
        Packing::Quick
    }
}

fn plan_point(layer: &Layer, point: PointId, entries: &[BlockEntry], today: i64) -> Vec<DayPlan> {
    let times = super::fresh(layer, point).map_or(&[][..], |columns| &columns.times);
    let mut days: Vec<i64> = Vec::new();
    days.extend(
        times
            .chunk_by(|a, b| utc_day(*a) == utc_day(*b))
            .map(|run| utc_day(run[0])),
    );
    days.extend(
        entries
            .iter()
            .filter(|entry| is_stale(layer, entry))
            .map(|entry| entry.day),
    );
    days.sort_unstable();
    days.dedup();
    days.into_iter()
        .map(|day| {
            let fresh = times.partition_point(|&at| utc_day(at) < day)
                ..times.partition_point(|&at| utc_day(at) <= day);
            let from = entries.partition_point(|entry| entry.day < day);
            let until = entries.partition_point(|entry| entry.day <= day);
            plan_day(
                layer,
                (day, packing_of(day, today)),
                fresh.clone(),
                &times[fresh],
                &entries[from..until],
            )
        })
        .collect()
}

fn plan_day(
    layer: &Layer,
    (day, packing): (i64, Packing),
    fresh: Range<usize>,
    times: &[i64],
    parts: &[BlockEntry],
) -> DayPlan {
    let stale = parts.iter().position(|entry| is_stale(layer, entry));
    let late = times
        .first()
        .and_then(|&first| parts.iter().position(|entry| entry.t1 >= first));
    let touched = stale.into_iter().chain(late).min().unwrap_or(parts.len());
    let replaced = absorb(parts, touched, times.len() as i64, packing);
    let changed_from = stale
        .map(|index| parts[index].t0)
        .into_iter()
        .chain(times.first().copied())
        .min()
        .map_or(i64::MAX, |at| Timestamp(at).hour_start().0);
    let context = parts[..replaced].partition_point(|entry| entry.t1 < changed_from);
    DayPlan {
        day,
        packing,
        fresh,
        context: parts[context..replaced].to_vec(),
        kept: replaced,
        replaced: parts[replaced..].to_vec(),
        part: parts.get(replaced).map_or_else(
            || parts.last().map_or(0, |last| last.part + 1),
            |first| first.part,
        ),
        cleared: stale.map(|_| {
            (
                changed_from,
                day.saturating_add(1).saturating_mul(Timestamp::DAY),
            )
        }),
    }
}

/// Takes the parts before into one block with what is new, as far as they fit: always on a day that is
/// over, on one that goes on only when it has many. So a sample is packed twice, seldom three times.
fn absorb(parts: &[BlockEntry], mut from: usize, fresh: i64, packing: Packing) -> usize {
    if packing == Packing::Quick && parts.len() < PARTS_OF_AN_OPEN_DAY {
        return from;
    }
    let mut total = fresh + parts[from..].iter().map(|entry| entry.n).sum::<i64>();
    while from > 0 && parts[from - 1].n + total <= BLOCK_SAMPLES as i64 {
        total += parts[from - 1].n;
        from -= 1;
    }
    from
}

/// Whether a deletion of this layer takes something from the block.
fn is_stale(layer: &Layer, entry: &BlockEntry) -> bool {
    of_point(&layer.tombstones, entry.point_id).any(|tombstone| {
        tombstone.seq > entry.version
            && tombstone.from_at <= entry.t1
            && entry.t0 < tombstone.until_at
    })
}

fn of_point(tombstones: &[TombstoneRow], point: PointId) -> impl Iterator<Item = &TombstoneRow> {
    tombstones
        .iter()
        .filter(move |tombstone| tombstone.point_id.is_none_or(|of| of == point))
}

fn utc_day(at: i64) -> i64 {
    at.div_euclid(Timestamp::DAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(sizes: &[i64]) -> Vec<BlockEntry> {
        let entry = |(index, &n): (usize, &i64)| BlockEntry {
            id: index as i64,
            point_id: PointId(1),
            day: 0,
            part: index as i64,
            version: 0,
            t0: index as i64 * 1_000,
            t1: index as i64 * 1_000 + 999,
            n,
        };
        sizes.iter().enumerate().map(entry).collect()
    }

    #[test]
    fn a_day_that_goes_on_keeps_its_parts_until_they_are_many() {
        let few = parts(&[100; PARTS_OF_AN_OPEN_DAY - 1]);
        assert_eq!(absorb(&few, few.len(), 100, Packing::Quick), few.len());
        let many = parts(&[100; PARTS_OF_AN_OPEN_DAY]);
        assert_eq!(absorb(&many, many.len(), 100, Packing::Quick), 0);
    }

    #[test]
    fn late_samples_of_a_day_that_is_over_join_its_block() {
        assert_eq!(absorb(&parts(&[8_600]), 1, 40, Packing::Dense), 0);
    }

    #[test]
    fn a_block_never_grows_beyond_its_limit() {
        assert_eq!(absorb(&parts(&[16_000]), 1, 16_000, Packing::Dense), 1);
    }

    #[test]
    fn late_samples_replace_the_parts_they_fall_into_and_those_after() {
        let layer = Layer::default();
        let stored = parts(&[9_000, 9_000, 9_000]);
        let day = plan_day(&layer, (0, Packing::Dense), 0..1, &[1_500], &stored);
        let ids = |entries: &[BlockEntry]| entries.iter().map(|e| e.id).collect::<Vec<_>>();
        assert_eq!(ids(&day.replaced), [1, 2]);
        assert_eq!(ids(&day.context), [0], "it shares the hour");
        assert_eq!(day.part, 1);
    }
}
