//! The last day of the main points of a client, hour by hour; read once a minute however many look.

use crate::domain::{PointId, TenantId, TimeRange, Timestamp};
use crate::telemetry::{Engine, EngineError, Resolution, Rollup};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

const FRESH_FOR: i64 = 60 * Timestamp::SECOND;

/// Hours by point.
pub type History = HashMap<PointId, Vec<Rollup>>;

/// What was read for each client and choice of points, and when.
#[derive(Debug, Default)]
pub struct Sparks(Mutex<HashMap<(TenantId, Vec<PointId>), Read>>);

type Read = (Timestamp, Arc<History>);

impl Sparks {
    /// The last day of these points, at most a minute old.
    pub async fn of(
        &self,
        tenant: TenantId,
        engine: &Engine,
        points: &[PointId],
        now: Timestamp,
    ) -> Result<Arc<History>, EngineError> {
        let choice = (tenant, points.to_vec());
        let is_fresh = |read_at: Timestamp| (0..FRESH_FOR).contains(&now.since(read_at));
        if let Some((read_at, history)) = self.lock().get(&choice)
            && is_fresh(*read_at)
        {
            return Ok(Arc::clone(history));
        }
        let range = TimeRange {
            start: now.plus(-Timestamp::DAY),
            end: now,
        };
        let rollups = engine.rollups(points, range, Resolution::Hour).await?;
        let history = Arc::new(rollups.into_iter().collect());
        let mut all = self.lock();
        all.retain(|_, (read_at, _)| is_fresh(*read_at));
        all.insert(choice, (now, Arc::clone(&history)));
        Ok(history)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, Vec<PointId>), Read>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
