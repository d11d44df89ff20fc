//! Days and months that are over and whose hours changed get their row.

use crate::store::tenant::fencing;
use crate::store::tenant::rollups::{self, CalendarUnit, OpenSpanRow};
use crate::telemetry::shared::Shared;
use crate::telemetry::{EngineError, rollup_read};

/// Spans per transaction.
const CHUNK: i64 = 256;

/// Recomputes every open day and month that ended.
pub(super) async fn close_due(shared: &Shared) -> Result<(), EngineError> {
    let now = shared.clock.now().0;
    for unit in [CalendarUnit::Day, CalendarUnit::Month] {
        loop {
            let due = rollups::due(&shared.db, unit, now, CHUNK).await?;
            if due.is_empty() {
                break;
            }
            close(shared, unit, &due).await?;
        }
    }
    Ok(())
}

async fn close(
    shared: &Shared,
    unit: CalendarUnit,
    due: &[OpenSpanRow],
) -> Result<(), EngineError> {
    let found = rollup_read::merged_spans(shared, due).await?;
    let mut rows = Vec::new();
    let mut empty = Vec::new();
    for (span, summary) in due.iter().zip(found) {
        match summary {
            Some(summary) => rows.push(summary.row(span.point_id, span.start_at, span.end_at)),
            None => empty.push(*span),
        }
    }
    shared.marks.remove(unit, due);
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    for span in &empty {
        rollups::delete_calendar(&mut tx, unit, span).await?;
    }
    rollups::upsert_calendar(&mut tx, unit, &rows).await?;
    rollups::close_spans(&mut tx, unit, due).await?;
    tx.commit().await?;
    Ok(())
}
