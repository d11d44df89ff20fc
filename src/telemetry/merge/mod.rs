//! The merge: the head's frozen layer moves into blocks and rollups.
//!
//! Group by group of points, each in a short transaction of its own. It may be
//! repeated from the start at any point: what a group already has in its blocks
//! meets the same samples again and they win over themselves. Only the last
//! transaction takes the journal rows and deletions away, which makes it final.
//!
//! Invariant: rollups are recomputed from samples, never added to.

mod derive;
mod group;
mod plan;
mod retention;
mod settle;

use super::codec::Columns;
use super::head::{Layer, Tail};
use super::point_map::PointMap;
use super::restore::restore_latest;
use super::shared::{Counters, Shared};
use super::{EngineError, read};
use crate::domain::{PointId, Timestamp};
use crate::store::StoreError;
use crate::store::tenant::blocks::BlockEntry;
use crate::store::tenant::latest::LatestRow;
use crate::store::tenant::{blocks, fencing, journal, latest, open_spans, rollups, tombstones};
use group::Merged;
pub(super) use group::MergedPoint;
pub(super) use group::hours_of;
use plan::PointPlan;
use std::sync::Arc;

/// Points per transaction.
const GROUP: usize = 256;
/// How often a group is tried while blocks change under it.
const ATTEMPTS: usize = 3;

/// Merges what the head holds now; does nothing when that is nothing.
///
/// The caller makes sure that only one runs at a time.
pub(super) async fn merge(shared: &Shared) -> Result<(), EngineError> {
    let Some(layer) = shared.head_mut().freeze() else {
        return Ok(());
    };
    retention::apply(shared, &layer).await?;
    let mut calm = Vec::new();
    for point in points_of(&layer) {
        if layer
            .tombstones
            .iter()
            .any(|tombstone| tombstone.point_id == Some(point))
        {
            // Its deletions may reach over all of its days: by itself.
            restore_latest(shared, vec![point]).await?;
            merge_group(shared, &layer, &[point]).await?;
        } else {
            calm.push(point);
        }
    }
    for group in calm.chunks(GROUP) {
        merge_group(shared, &layer, group).await?;
    }
    derive::close_due(shared, &layer).await?;
    finish(shared, &layer).await?;
    Counters::add(&shared.counters.merges, 1);
    shared.merged.notify_waiters();
    Ok(())
}

fn points_of(layer: &Layer) -> Vec<PointId> {
    let deleted = layer
        .tombstones
        .iter()
        .filter_map(|tombstone| tombstone.point_id);
    let mut points: Vec<_> = layer.points.keys().copied().chain(deleted).collect();
    points.sort_unstable();
    points.dedup();
    points
}

/// Merges a group; again from its start when somebody else put blocks there since they were looked at.
///
/// That is a merge of ours that was cut off while its commit was under way. It had the same work, so its
/// blocks have the same names as ours and only one of the two is stored.
async fn merge_group(
    shared: &Shared,
    layer: &Arc<Layer>,
    points: &[PointId],
) -> Result<(), EngineError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match try_group(shared, layer, points).await {
            Err(GroupError::Store(StoreError::Duplicate(_))) if attempts < ATTEMPTS => {}
            Err(GroupError::Store(error)) => return Err(error.into()),
            Err(GroupError::Engine(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

/// Why a group was not merged; a duplicate is told apart.
#[derive(Debug, thiserror::Error)]
enum GroupError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

async fn try_group(
    shared: &Shared,
    layer: &Arc<Layer>,
    points: &[PointId],
) -> Result<(), GroupError> {
    let today = i64::from(shared.clock.now().utc_day());
    let tails = tails_of(shared, layer, points, today);
    let entries = entries_of(shared, layer, points, &tails).await?;
    let plans = plan::plan(layer, points, &tails, &entries, today);
    let wanted: Vec<_> = plans.iter().flat_map(PointPlan::wanted).collect();
    let data = blocks::data_of(&shared.db, &wanted).await?;
    let layer = layer.clone();
    let mut merged = read::off_the_loop(move || group::build(&layer, plans, data)).await?;
    merged.find_spans(&*shared.zones);
    for (what, spans) in &mut merged.open_spans {
        shared.marks.retain_new(*what, spans);
    }
    commit_group(shared, &merged).await
}

/// The tails of the points whose new samples only lie behind what their blocks hold.
fn tails_of(shared: &Shared, layer: &Layer, points: &[PointId], today: i64) -> PointMap<Tail> {
    if !layer.tombstones.is_empty() {
        return PointMap::default();
    }
    let head = shared.head();
    let tail_of = |&point: &PointId| {
        let first = fresh(layer, point)?.times.first()?;
        let tail = head.tail_before(point, *first)?;
        plan::is_appended(&tail, today).then_some((point, tail))
    };
    points.iter().filter_map(tail_of).collect()
}

/// The entries of the points without a tail.
async fn entries_of(
    shared: &Shared,
    layer: &Layer,
    points: &[PointId],
    tails: &PointMap<Tail>,
) -> Result<Vec<BlockEntry>, StoreError> {
    let looked_at: Vec<_> = points
        .iter()
        .copied()
        .filter(|point| !tails.contains_key(point))
        .collect();
    match plan::days(layer, &looked_at) {
        Some((first, last)) => blocks::entries(&shared.db, looked_at, first, last).await,
        None => Ok(Vec::new()),
    }
}

async fn commit_group(shared: &Shared, merged: &Merged) -> Result<(), GroupError> {
    let (latest_rows, gone) = latest_of(shared, merged).await?;
    shared.head_mut().expect_blocks(&merged.points);
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    blocks::delete(&mut tx, &merged.replaced).await?;
    blocks::insert(&mut tx, &merged.blocks).await?;
    for cleared in &merged.cleared_hours {
        let hours = (cleared.from_at..cleared.until_at).step_by(Timestamp::HOUR as usize);
        rollups::delete_hours(&mut tx, cleared.point, hours).await?;
    }
    rollups::upsert_hours(&mut tx, &merged.hours).await?;
    for (what, spans) in &merged.open_spans {
        open_spans::insert(&mut tx, *what, spans).await?;
    }
    latest::upsert(&mut tx, &latest_rows).await?;
    for point in gone {
        latest::delete(&mut tx, point).await?;
    }
    tx.commit().await?;
    for (what, spans) in &merged.open_spans {
        shared.marks.add(*what, spans);
    }
    shared.head_mut().note_tails(&merged.points);
    Ok(())
}

/// The rows of `latest`, and the points that have no sample left.
///
/// A deletion that came meanwhile may have taken the newest sample of a point: the row of an older one,
/// which a deletion does not touch when it is replayed, would stand for the newest after a restart.
async fn latest_of(
    shared: &Shared,
    merged: &Merged,
) -> Result<(Vec<LatestRow>, Vec<PointId>), EngineError> {
    loop {
        let bereft: Vec<PointId> = {
            let head = shared.head();
            let points = || merged.points.iter().map(|merged| merged.point);
            let bereft: Vec<_> = points().filter(|&point| head.is_bereft(point)).collect();
            if bereft.is_empty() {
                let row = |merged: &MergedPoint| head.latest_row(merged.point, merged.newest);
                let gone = points().filter(|&point| head.latest(point).is_none());
                return Ok((
                    merged.points.iter().filter_map(row).collect(),
                    gone.collect(),
                ));
            }
            bereft
        };
        restore_latest(shared, bereft).await?;
    }
}

/// Everything up to the layer's version is in blocks: say so, and forget the rest.
async fn finish(shared: &Shared, layer: &Layer) -> Result<(), EngineError> {
    let outcome: Result<(), StoreError> = async {
        let mut tx = shared.db.begin().await?;
        fencing::hold(&mut tx, shared.epoch).await?;
        journal::delete_until(&mut tx, layer.version).await?;
        tombstones::delete_until(&mut tx, layer.version).await?;
        fencing::set_merged(&mut tx, layer.version).await?;
        tx.commit().await
    }
    .await;
    outcome?;
    shared.head_mut().thaw();
    Ok(())
}

/// New samples of a point in a layer; nothing when a deletion is all there is.
fn fresh(layer: &Layer, point: PointId) -> Option<&Columns> {
    layer.points.get(&point)
}
