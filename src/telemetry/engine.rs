//! The engine as its callers see it.

use super::merger::Merger;
use super::read_calendar::calendar;
use super::read_hours::hours;
use super::replay::{Replayed, replay};
use super::restore::restore_latest;
use super::shared::{Parts, Shared};
use super::stored_hours::Spans;
use super::summary::Summary;
use super::writer::{Request, Waiter, Writer};
use super::{EngineConfig, EngineError, Resolution, Rollup, StateSpan, read, states};
use crate::domain::audit::{Actor, Deed};
use crate::domain::{Clock, PointId, PointSample, Sample, TimeRange, Timestamp};
use crate::store::Db;
use crate::store::tenant::rollups::CalendarUnit;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

/// Hears of every commit, in commit order, after it is durable and readable. It must not block.
pub trait CommitListener: Send + Sync + 'static {
    /// `samples` are sorted by point and time, without duplicates.
    fn committed(&self, samples: &Arc<[PointSample]>);
}

/// What the engine must know of a point to sum it up.
pub trait PointZones: Send + Sync + 'static {
    /// The zone whose calendar cuts the point's days and months.
    fn zone(&self, point: PointId) -> jiff::tz::TimeZone;
}

/// The receipt of a write: it is durable and readers see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The journal row it is in; grows with every commit.
    pub seq: i64,
}

/// What the audit log is to say of a deletion, in the transaction that makes it durable.
#[derive(Debug, Clone)]
pub struct Noted {
    /// When.
    pub at: Timestamp,
    /// Who deletes.
    pub actor: Actor,
    /// What they do.
    pub deed: Deed,
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

/// Writes that may wait in the queue; samples are bounded by the configuration.
const QUEUE: usize = 16_384;

/// The time series of one tenant. Exactly one per database writes; opening takes the role over.
///
/// Dropped without [`Engine::close`], it commits what is queued and stops.
pub struct Engine {
    shared: Arc<Shared>,
    merger: Arc<Merger>,
    requests: mpsc::Sender<Request>,
    /// Samples that may wait for their commit.
    room: Arc<Semaphore>,
    /// The writer and the merger.
    tasks: TaskTracker,
    closing: CancellationToken,
    _on_drop: DropGuard,
}

impl Engine {
    /// Takes the writer's epoch, replays the journal and starts the writer and the merger.
    pub async fn open(
        db: Db,
        zones: Arc<dyn PointZones>,
        listener: Arc<dyn CommitListener>,
        clock: Arc<dyn Clock>,
        config: EngineConfig,
    ) -> Result<Arc<Self>, EngineError> {
        let Replayed {
            epoch,
            head,
            bereft,
        } = replay(&db).await?;
        let room = Arc::new(Semaphore::new(config.queued_samples));
        let parts = Parts {
            db,
            zones,
            listener,
            clock,
            config,
        };
        let shared = Arc::new(Shared::new(parts, epoch, head));
        restore_latest(&shared, bereft).await?;
        let merger = Arc::new(Merger::new(shared.clone()));
        let (requests, queue) = mpsc::channel(QUEUE);
        let (tasks, closing) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(Writer::new(shared.clone()).run(queue));
        tasks.spawn({
            let (merger, closing) = (merger.clone(), closing.clone());
            async move { merger.run(closing).await }
        });
        tasks.close();
        Ok(Arc::new(Self {
            shared,
            merger,
            requests,
            room,
            tasks,
            _on_drop: closing.clone().drop_guard(),
            closing,
        }))
    }

    /// Joins the next group commit; returns once the samples are durable and readable.
    ///
    /// Of several samples of one point at one instant the last written stays. Waits
    /// while too many samples are queued. Dropping the future does not take samples
    /// back once they are queued. Instants outside the years -9999 to 9999 are refused.
    pub async fn write(&self, samples: Vec<PointSample>) -> Result<Committed, EngineError> {
        if let Some(wrong) = samples
            .iter()
            .find(|sample| sample.sample.at.to_jiff().is_none())
        {
            return Err(EngineError::OutOfRange(wrong.sample.at));
        }
        let share = samples.len().min(self.shared.config.queued_samples) as u32;
        let room = self.room.clone().acquire_many_owned(share).await;
        let room = room.map_err(|_| EngineError::Closed)?;
        self.ask(|waiter| Request::Write {
            samples,
            room,
            waiter,
        })
        .await
    }

    /// The samples of a point in ascending time, the oldest `limit` of the range.
    pub async fn samples(
        &self,
        point: PointId,
        range: TimeRange,
        limit: usize,
    ) -> Result<Vec<Sample>, EngineError> {
        match storable(range) {
            Some(range) => read::samples(&self.shared, point, range, limit).await,
            None => Ok(Vec::new()),
        }
    }

    /// The newest sample of a point before an instant.
    pub async fn last_before(
        &self,
        point: PointId,
        until: Timestamp,
    ) -> Result<Option<Sample>, EngineError> {
        read::last_before(&self.shared, point, until).await
    }

    /// The rollups of several points over every span that overlaps the range,
    /// ascending, one entry per asked point. What is not merged yet is included.
    pub async fn rollups(
        &self,
        points: &[PointId],
        range: TimeRange,
        resolution: Resolution,
    ) -> Result<Vec<(PointId, Vec<Rollup>)>, EngineError> {
        let mut each = points.to_vec();
        each.sort_unstable();
        each.dedup();
        let found = self.rollups_of(&each, range, resolution).await?;
        if each == points {
            return Ok(points.iter().copied().zip(found).collect());
        }
        let of = |point| {
            each.binary_search(point)
                .map_or_else(|_| Vec::new(), |i| found[i].clone())
        };
        Ok(points.iter().map(|point| (*point, of(point))).collect())
    }

    /// The rollups of points that are all different.
    async fn rollups_of(
        &self,
        points: &[PointId],
        range: TimeRange,
        resolution: Resolution,
    ) -> Result<Vec<Vec<Rollup>>, EngineError> {
        let shared = &self.shared;
        let spans = match (storable(range), resolution) {
            (None, _) => vec![Spans::new(); points.len()],
            (Some(range), Resolution::Hour) => hours(shared, points, range).await?,
            (Some(range), Resolution::Day) => {
                calendar(shared, CalendarUnit::Day, points, range).await?
            }
            (Some(range), Resolution::Month) => {
                calendar(shared, CalendarUnit::Month, points, range).await?
            }
        };
        let rollups = |spans: Spans| {
            let rollup =
                |(start, (end, summary)): (i64, (i64, Summary))| summary.rollup(start, end);
            spans.into_iter().map(rollup).collect()
        };
        Ok(spans.into_iter().map(rollups).collect())
    }

    /// How long the point stood in each state, per span, within the range and not beyond now.
    ///
    /// A state stands until the next sample, however long that takes.
    pub async fn state_durations(
        &self,
        point: PointId,
        range: TimeRange,
        resolution: Resolution,
    ) -> Result<Vec<StateSpan>, EngineError> {
        match storable(range) {
            Some(range) => states::durations(&self.shared, point, range, resolution).await,
            None => Ok(Vec::new()),
        }
    }

    /// The newest sample of each point by its own time, from memory; in the order asked.
    pub fn latest(&self, points: &[PointId]) -> Vec<(PointId, Option<Sample>)> {
        let head = self.shared.head();
        points
            .iter()
            .map(|&point| (point, head.latest(point)))
            .collect()
    }

    /// Deletes what is stored of a point in the range; what is written later stays.
    pub async fn delete(&self, point: PointId, range: TimeRange) -> Result<(), EngineError> {
        self.remove(Some(point), range, None).await
    }

    /// The same for somebody: the audit log tells of it if and only if it is durable.
    pub async fn delete_noted(
        &self,
        point: PointId,
        range: TimeRange,
        noted: Noted,
    ) -> Result<(), EngineError> {
        self.remove(Some(point), range, Some(Box::new(noted))).await
    }

    /// Moves what is in the head into blocks and rollups.
    pub async fn merge(&self) -> Result<(), EngineError> {
        self.merger.merge().await
    }

    /// Deletes everything older than `days` whole UTC days before today.
    pub async fn enforce_retention(&self, days: u32) -> Result<(), EngineError> {
        let today = i64::from(self.shared.clock.now().utc_day());
        let first_kept = (today - i64::from(days)).saturating_mul(Timestamp::DAY);
        let expired = TimeRange {
            start: Timestamp(i64::MIN),
            end: Timestamp(first_kept),
        };
        self.remove(None, expired, None).await
    }

    /// Why it does not write any more: another writer took over, or it was closed.
    pub fn stopped(&self) -> Option<EngineError> {
        self.shared.stopped.get().cloned()
    }

    /// What it holds and did.
    pub fn stats(&self) -> EngineStats {
        let counters = &self.shared.counters;
        let queued = self.shared.config.queued_samples - self.room.available_permits();
        EngineStats {
            head_samples: self.shared.head().samples() as u64,
            queued_samples: queued as u64,
            commits: counters.commits.load(Ordering::Relaxed),
            committed_samples: counters.samples.load(Ordering::Relaxed),
            journal_bytes: counters.journal_bytes.load(Ordering::Relaxed),
            merges: counters.merges.load(Ordering::Relaxed),
        }
    }

    /// Commits what is queued, then stops. Later writes get [`EngineError::Closed`].
    pub async fn close(&self) {
        self.shared.stop(EngineError::Closed);
        self.room.close();
        // It is closed already when this fails.
        let _already_closed = self.requests.send(Request::Close).await;
        self.closing.cancel();
        self.tasks.wait().await;
    }

    async fn remove(
        &self,
        point: Option<PointId>,
        range: TimeRange,
        noted: Option<Box<Noted>>,
    ) -> Result<(), EngineError> {
        self.ask(|waiter| Request::Delete {
            point,
            range,
            noted,
            waiter,
        })
        .await?;
        self.shared.merge_wanted.notify_one();
        Ok(())
    }

    async fn ask(&self, request: impl FnOnce(Waiter) -> Request) -> Result<Committed, EngineError> {
        let (waiter, outcome) = oneshot::channel();
        let refused = |_| self.shared.stop_reason();
        self.requests
            .send(request(waiter))
            .await
            .map_err(|_| self.shared.stop_reason())?;
        outcome.await.map_err(refused)?
    }
}

/// The part of a range that samples can lie in.
fn storable(range: TimeRange) -> Option<TimeRange> {
    let first = Timestamp::from_jiff(jiff::Timestamp::MIN).plus(Timestamp::DAY);
    let last = Timestamp::from_jiff(jiff::Timestamp::MAX).plus(-Timestamp::DAY);
    TimeRange::new(range.start.max(first), range.end.min(last))
}
