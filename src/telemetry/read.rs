//! Samples of one point: blocks, frozen and active layer as one.

use super::codec::{Columns, decode_block};
use super::series::Series;
use super::shared::Shared;
use super::view::View;
use super::{EngineError, codec::CodecError};
use crate::domain::{PointId, Sample, TimeRange, Timestamp};
use crate::store::tenant::blocks::{self, BlockRow, PointSpan};

/// How often a reader starts again because a merge began or ended under it.
pub(super) const ATTEMPTS: usize = 16;
/// Blocks per statement when only the oldest samples are wanted.
const PAGE: i64 = 4;
/// Blobs beyond this size together are unpacked on the blocking pool.
const INLINE_BYTES: usize = 64 * 1024;

/// The oldest `limit` samples of a range, ascending.
pub(super) async fn samples(
    shared: &Shared,
    point: PointId,
    range: TimeRange,
    limit: usize,
) -> Result<Vec<Sample>, EngineError> {
    for _ in 0..ATTEMPTS {
        let view = shared.head().view(point, range);
        let generation = view.generation;
        let series = assemble(shared, &view, point, range, limit).await?;
        if shared.head().is_generation(generation) {
            return Ok(series.into_samples(limit));
        }
    }
    Err(busy())
}

/// The newest sample before `until`.
pub(super) async fn last_before(
    shared: &Shared,
    point: PointId,
    until: Timestamp,
) -> Result<Option<Sample>, EngineError> {
    let range = TimeRange {
        start: Timestamp(i64::MIN),
        end: until,
    };
    for _ in 0..ATTEMPTS {
        let view = shared.head().view(point, range);
        let generation = view.generation;
        let mut series = newest_of_blocks(shared, &view, point, range).await?;
        series.overlay(view.frozen_of(point, range));
        series.overlay(view.active);
        if shared.head().is_generation(generation) {
            return Ok(series.last());
        }
    }
    Err(busy())
}

/// The head changed shape under a reader too often.
pub(super) fn busy() -> EngineError {
    EngineError::Unavailable("merges follow one another too quickly to read".to_owned())
}

/// A range of a point as the block table wants it.
pub(super) fn span(point: PointId, range: TimeRange) -> PointSpan {
    PointSpan {
        point,
        from_at: range.start.0,
        until_at: range.end.0,
        first_day: i64::from(range.start.utc_day()),
        last_day: i64::from(range.end.utc_day()),
    }
}

/// Unpacks a block, naming it when it is damaged.
pub(super) fn unpack(point: PointId, data: &[u8]) -> Result<Columns, EngineError> {
    decode_block(data).map_err(|error| damaged(point, &error))
}

fn damaged(point: PointId, error: &CodecError) -> EngineError {
    EngineError::Corrupt(format!("a block of point {point}: {error}"))
}

/// Unpacks blocks on the blocking pool when they are many.
pub(super) async fn unpack_all(
    rows: Vec<BlockRow>,
) -> Result<Vec<(BlockRow, Columns)>, EngineError> {
    let unpack_rows = |rows: Vec<BlockRow>| {
        rows.into_iter()
            .map(|row| unpack(row.point_id, &row.data).map(|columns| (row, columns)))
            .collect()
    };
    if rows.iter().map(|row| row.data.len()).sum::<usize>() <= INLINE_BYTES {
        return unpack_rows(rows);
    }
    off_the_loop(move || unpack_rows(rows)).await
}

/// Runs long arithmetic on the blocking pool.
pub(super) async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EngineError::Internal(error.to_string()))?
}

async fn assemble(
    shared: &Shared,
    view: &View,
    point: PointId,
    range: TimeRange,
    limit: usize,
) -> Result<Series, EngineError> {
    let mut series = Series::default();
    if view.in_blocks(range.start.0) {
        read_blocks(shared, view, point, range, limit, &mut series).await?;
    }
    series.overlay(view.frozen_of(point, range));
    series.overlay(view.active.clone());
    Ok(series)
}

/// Adds blocks until the range or the limit is reached. What the head holds
/// beyond the last block read lies after `limit` samples and is cut off later.
async fn read_blocks(
    shared: &Shared,
    view: &View,
    point: PointId,
    range: TimeRange,
    limit: usize,
    series: &mut Series,
) -> Result<(), EngineError> {
    let mut rest = range;
    loop {
        let page = if limit < super::codec::BLOCK_SAMPLES {
            PAGE
        } else {
            i64::MAX
        };
        let rows = blocks::in_span(&shared.db, span(point, rest), page).await?;
        let is_last = (rows.len() as i64) < page;
        for (row, columns) in unpack_all(rows).await? {
            series.overlay(view.block(columns, row.version, rest));
            rest.start = Timestamp(row.t1.saturating_add(1));
        }
        if is_last || series.len() >= limit || rest.start >= rest.end {
            return Ok(());
        }
    }
}

/// The newest block before the end of the range that still has a sample.
async fn newest_of_blocks(
    shared: &Shared,
    view: &View,
    point: PointId,
    range: TimeRange,
) -> Result<Series, EngineError> {
    let mut series = Series::default();
    let mut until = range.end.0;
    while series.len() == 0 {
        let Some(row) = blocks::newest_before(&shared.db, point, until, 1)
            .await?
            .pop()
        else {
            break;
        };
        let columns = unpack(point, &row.data)?;
        until = columns.times.first().copied().unwrap_or(i64::MIN);
        series.overlay(view.block(columns, row.version, range));
    }
    Ok(series)
}
