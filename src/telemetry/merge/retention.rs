//! Whole days that are beyond the retention: their rows go without being read.

use crate::domain::Timestamp;
use crate::store::tenant::rollups::CalendarUnit;
use crate::store::tenant::{blocks, fencing, latest, open_spans, packed_hours, rollups};
use crate::telemetry::EngineError;
use crate::telemetry::head::Layer;
use crate::telemetry::shared::Shared;

/// Points per transaction.
const GROUP: usize = 64;

/// Carries out the deletions that are of all points: from the beginning up to a UTC day.
pub(super) async fn apply(shared: &Shared, layer: &Layer) -> Result<(), EngineError> {
    let of_all = layer
        .tombstones
        .iter()
        .filter(|tombstone| tombstone.point_id.is_none());
    let Some(until) = of_all.map(|tombstone| tombstone.until_at).max() else {
        return Ok(());
    };
    delete_blocks(shared, until.div_euclid(Timestamp::DAY)).await?;
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    for unit in [CalendarUnit::Day, CalendarUnit::Month] {
        open_spans::insert_before(&mut tx, unit, until).await?;
    }
    rollups::delete_hours_before(&mut tx, until).await?;
    packed_hours::delete_before(&mut tx, until.div_euclid(Timestamp::DAY)).await?;
    latest::delete_before(&mut tx, until).await?;
    tx.commit().await?;
    Ok(())
}

async fn delete_blocks(shared: &Shared, day: i64) -> Result<(), EngineError> {
    let points = blocks::points_before(&shared.db, day).await?;
    for group in points.chunks(GROUP) {
        let mut tx = shared.db.begin().await?;
        fencing::hold(&mut tx, shared.epoch).await?;
        blocks::delete_before(&mut tx, group, day).await?;
        tx.commit().await?;
    }
    Ok(())
}
