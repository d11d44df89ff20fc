//! The engine as its callers see it.

use super::{EngineConfig, EngineError, Resolution, Rollup, StateSpan};
use crate::domain::{Clock, PointId, PointSample, Sample, TimeRange};
use crate::store::Db;
use std::sync::Arc;

/// Hears of every commit, in commit order, after it is durable and readable. It must not block.
pub trait CommitListener: Send + Sync + 'static {
    /// `samples` are sorted by point and time, without duplicates.
    fn committed(&self, samples: &Arc<[PointSample]>);
}

/// What the engine must know of a point to sum it up.
pub trait PointZones: Send + Sync + 'static {
    /// The zone whose calendar cuts the point's days and months.
    fn zone(&self, point: PointId) -> jiff::tz::TimeZone;
    /// Whether its values are states, so that the time in each is kept.
    fn has_states(&self, _point: PointId) -> bool {
        false
    }
}

/// The receipt of a write: it is durable and readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The journal row it is in; grows with every commit.
    pub seq: i64,
}

/// What the engine holds and did since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EngineStats {
    /// Samples in memory that no block holds yet.
    pub head_samples: u64,
    /// Samples waiting for their commit.
    pub queued_samples: u64,
    /// Commits since open.
    pub commits: u64,
    /// Samples committed since open.
    pub committed_samples: u64,
    /// Bytes of journal blobs written since open.
    pub journal_bytes: u64,
    /// Merges since open.
    pub merges: u64,
}

/// The time series of one tenant. Exactly one per database writes; opening takes the role over.
pub struct Engine {
    db: Db,
}

impl Engine {
    /// Takes the writer's epoch, replays the journal and starts the writer.
    pub async fn open(
        db: Db,
        _zones: Arc<dyn PointZones>,
        _listener: Arc<dyn CommitListener>,
        _clock: Arc<dyn Clock>,
        _config: EngineConfig,
    ) -> Result<Arc<Self>, EngineError> {
        db.ping().await?;
        Ok(Arc::new(Self { db }))
    }

    /// Joins the next group commit; returns once the samples are durable and readable.
    ///
    /// Waits while too many samples are queued. Dropping the future does not take the samples back.
    pub async fn write(&self, _samples: Vec<PointSample>) -> Result<Committed, EngineError> {
        self.db.ping().await?;
        Err(EngineError::Closed)
    }

    /// The samples of a point in ascending time, the oldest `limit` of the range.
    pub async fn samples(
        &self,
        _point: PointId,
        _range: TimeRange,
        _limit: usize,
    ) -> Result<Vec<Sample>, EngineError> {
        Err(EngineError::Closed)
    }

    /// The rollups of several points over every span that overlaps the range, ascending, one entry per asked point.
    pub async fn rollups(
        &self,
        _points: &[PointId],
        _range: TimeRange,
        _resolution: Resolution,
    ) -> Result<Vec<(PointId, Vec<Rollup>)>, EngineError> {
        Err(EngineError::Closed)
    }

    /// How long the point stood in each state, per span, within the range and not beyond now.
    pub async fn state_durations(
        &self,
        _point: PointId,
        _range: TimeRange,
        _resolution: Resolution,
    ) -> Result<Vec<StateSpan>, EngineError> {
        Err(EngineError::Closed)
    }

    /// The newest sample of each point by its own time, from memory; in the order asked.
    pub fn latest(&self, points: &[PointId]) -> Vec<(PointId, Option<Sample>)> {
        points.iter().map(|&point| (point, None)).collect()
    }

    /// Deletes what is stored of a point in the range; what is written later stays.
    pub async fn delete(&self, _point: PointId, _range: TimeRange) -> Result<(), EngineError> {
        Err(EngineError::Closed)
    }

    /// Moves what is in the head into blocks and rollups.
    pub async fn merge(&self) -> Result<(), EngineError> {
        Err(EngineError::Closed)
    }

    /// Deletes everything older than `days` whole UTC days before today.
    pub async fn enforce_retention(&self, _days: u32) -> Result<(), EngineError> {
        Err(EngineError::Closed)
    }

    /// What it holds and did.
    pub fn stats(&self) -> EngineStats {
        EngineStats::default()
    }

    /// Commits what waits, then stops. Later calls get [`EngineError::Closed`].
    pub async fn close(&self) {
        self.db.close().await;
    }
}
