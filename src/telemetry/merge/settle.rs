//! A day that is over: its parts are packed once more, into as few blocks as hold them.
//!
//! While a day goes on every merge adds a part, packed quickly. Packing densely each time, or growing
//! one block, would cost several times as much and save room that is given back at midnight anyway.

use super::group::{self, Merged};
use super::plan::{DayPlan, PointPlan};
use super::{ATTEMPTS, GroupError};
use crate::domain::{PointId, Timestamp};
use crate::store::StoreError;
use crate::store::tenant::blocks::{self, BlockEntry};
use crate::store::tenant::fencing;
use crate::store::tenant::open_spans::OpenSpanRow;
use crate::telemetry::codec::{BLOCK_SAMPLES, Packing};
use crate::telemetry::head::Layer;
use crate::telemetry::shared::Shared;
use crate::telemetry::{EngineError, read};
use std::sync::Arc;

/// Points per transaction.
const GROUP: usize = 64;

/// Packs the blocks of these UTC days together where they are more than needed.
pub(super) async fn settle(
    shared: &Shared,
    layer: &Arc<Layer>,
    days: &[OpenSpanRow],
) -> Result<(), EngineError> {
    for alike in days.chunk_by(|a, b| a.start_at == b.start_at) {
        let day = alike[0].start_at.div_euclid(Timestamp::DAY);
        let points: Vec<_> = alike.iter().map(|day| day.point_id).collect();
        for group in points.chunks(GROUP) {
            settle_group(shared, layer, group, day).await?;
        }
    }
    Ok(())
}

/// Again from its start when a merge that was cut off finished its commit meanwhile.
async fn settle_group(
    shared: &Shared,
    layer: &Arc<Layer>,
    points: &[PointId],
    day: i64,
) -> Result<(), EngineError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match try_group(shared, layer, points, day).await {
            Err(GroupError::Store(StoreError::Duplicate(_))) if attempts < ATTEMPTS => {}
            Err(GroupError::Store(error)) => return Err(error.into()),
            Err(GroupError::Engine(error)) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

async fn try_group(
    shared: &Shared,
    layer: &Arc<Layer>,
    points: &[PointId],
    day: i64,
) -> Result<(), GroupError> {
    let entries = blocks::entries(&shared.db, points.iter().copied(), day, day).await?;
    let scattered: Vec<PointPlan> = entries
        .chunk_by(|a, b| a.point_id == b.point_id)
        .filter(|parts| is_scattered(parts))
        .map(|parts| plan(day, parts))
        .collect();
    if scattered.is_empty() {
        return Ok(());
    }
    let wanted: Vec<_> = scattered.iter().flat_map(PointPlan::wanted).collect();
    let data = blocks::data_of(&shared.db, &wanted).await?;
    let layer = layer.clone();
    let settled = read::off_the_loop(move || group::build(&layer, scattered, data)).await?;
    Ok(commit(shared, &settled).await?)
}

fn is_scattered(parts: &[BlockEntry]) -> bool {
    let samples: i64 = parts.iter().map(|part| part.n).sum();
    parts.len() as i64 > (samples as u64).div_ceil(BLOCK_SAMPLES as u64) as i64
}

fn plan(day: i64, parts: &[BlockEntry]) -> PointPlan {
    let whole = DayPlan {
        day,
        packing: Packing::Dense,
        fresh: 0..0,
        context: Vec::new(),
        kept: 0,
        replaced: parts.to_vec(),
        part: 0,
        cleared: None,
    };
    PointPlan {
        point: parts[0].point_id,
        days: vec![whole],
    }
}

async fn commit(shared: &Shared, settled: &Merged) -> Result<(), StoreError> {
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    blocks::delete(&mut tx, &settled.replaced).await?;
    blocks::insert(&mut tx, &settled.blocks).await?;
    tx.commit().await
}
