//! What is done once its time is over: blocks of a day settled, hours packed, days and months summed up.

use super::settle::settle;
use crate::domain::Timestamp;
use crate::store::tenant::fencing;
use crate::store::tenant::open_spans::{self, Derived, OpenSpanRow};
use crate::store::tenant::packed_hours::{self, PackedHoursRow};
use crate::store::tenant::rollups::{self, CalendarUnit};
use crate::telemetry::codec::encode_hours;
use crate::telemetry::head::Layer;
use crate::telemetry::shared::Shared;
use crate::telemetry::{EngineError, read_calendar};
use std::sync::Arc;

/// Spans per transaction.
const CHUNK: i64 = 256;

/// Derives again what is marked open and over.
pub(super) async fn close_due(shared: &Shared, layer: &Arc<Layer>) -> Result<(), EngineError> {
    let now = shared.clock.now().0;
    for what in Derived::ALL {
        loop {
            let due = open_spans::due(&shared.db, what, now, CHUNK).await?;
            if due.is_empty() {
                break;
            }
            shared.marks.remove(what, &due);
            match what {
                Derived::PackedHours => {
                    settle(shared, layer, &due).await?;
                    pack(shared, &due).await?;
                }
                Derived::Calendar(unit) => sum_up(shared, unit, &due).await?,
            }
        }
    }
    Ok(())
}

/// Packs days from the rows of their hours.
async fn pack(shared: &Shared, due: &[OpenSpanRow]) -> Result<(), EngineError> {
    let mut packed = Vec::new();
    for alike in due.chunk_by(|a, b| a.start_at == b.start_at) {
        let points: Vec<_> = alike.iter().map(|day| day.point_id).collect();
        let (from, until) = (alike[0].start_at, alike[0].end_at);
        let starts = (from..until).step_by(Timestamp::HOUR as usize);
        let hours = rollups::hours(&shared.db, &points, starts).await?;
        for hours in hours.chunk_by(|a, b| a.point_id == b.point_id) {
            let day = from.div_euclid(Timestamp::DAY);
            let data =
                encode_hours(day, hours).map_err(|e| EngineError::Internal(e.to_string()))?;
            packed.push(PackedHoursRow {
                point_id: hours[0].point_id,
                day,
                data,
            });
        }
    }
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    // Those that have no hours left are not written again.
    packed_hours::delete(&mut tx, due).await?;
    packed_hours::upsert(&mut tx, &packed).await?;
    open_spans::delete(&mut tx, Derived::PackedHours, due).await?;
    tx.commit().await?;
    Ok(())
}

/// Sums up days or months from their hours.
async fn sum_up(
    shared: &Shared,
    unit: CalendarUnit,
    due: &[OpenSpanRow],
) -> Result<(), EngineError> {
    let found = read_calendar::merged_spans(shared, due).await?;
    let mut rows = Vec::new();
    let mut empty = Vec::new();
    for (span, summary) in due.iter().zip(found) {
        match summary {
            Some(summary) => rows.push(summary.row(span.point_id, span.start_at, span.end_at)),
            None => empty.push(*span),
        }
    }
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    for span in &empty {
        rollups::delete_calendar(&mut tx, unit, span).await?;
    }
    rollups::upsert_calendar(&mut tx, unit, &rows).await?;
    open_spans::delete(&mut tx, Derived::Calendar(unit), due).await?;
    tx.commit().await?;
    Ok(())
}
