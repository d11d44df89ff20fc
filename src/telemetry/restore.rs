//! The newest sample of a point, looked up again after a deletion took it.

use super::shared::Shared;
use super::{EngineError, read};
use crate::domain::{PointId, Timestamp};

/// Looks up what is now the newest sample of points that lost theirs.
pub(super) async fn restore_latest(
    shared: &Shared,
    points: Vec<PointId>,
) -> Result<(), EngineError> {
    for point in points {
        while shared.head().is_bereft(point) {
            let generation = shared.head().generation();
            let found = read::last_before(shared, point, Timestamp(i64::MAX)).await?;
            let mut head = shared.head_mut();
            if head.is_generation(generation) {
                head.restore_latest(point, found);
            }
        }
    }
    Ok(())
}
