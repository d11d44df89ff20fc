//! The writer: the one task that commits, one group at a time.
//!
//! Order of one commit: transaction durable, then head, then listener, then callers.
//! A failure that may pass is retried; a retry stores the same flush only once.

use super::batch::{Batch, pack};
use super::engine::Committed;
use super::gather::{Arrival, Gatherer};
use super::shared::{Counters, Shared};
use super::{EngineError, read};
use crate::domain::{PointId, PointSample, TimeRange, Timestamp};
use crate::store::tenant::fencing;
use crate::store::tenant::journal::{self, Flush};
use crate::store::tenant::tombstones::{self, TombstoneRow};
use crate::store::{Db, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};

const STATEMENT_TIMEOUT: Duration = Duration::from_secs(15);
const FIRST_RETRY: Duration = Duration::from_millis(50);
const SLOWEST_RETRY: Duration = Duration::from_secs(1);
/// With a head of this many merges the writer waits for a merge.
const HEAD_LIMIT: usize = 2;

/// Who waits for a commit.
pub(super) type Waiter = oneshot::Sender<Result<Committed, EngineError>>;

/// What callers ask of the writer.
pub(super) enum Request {
    Write {
        samples: Vec<PointSample>,
        /// Its share of the queue, given back when it is settled.
        room: OwnedSemaphorePermit,
        waiter: Waiter,
    },
    Delete {
        /// All points when none.
        point: Option<PointId>,
        range: TimeRange,
        waiter: Waiter,
    },
    /// Commit what is queued, then end.
    Close,
}

impl Arrival for Request {
    fn weight(&self) -> usize {
        match self {
            Self::Write { samples, .. } => samples.len(),
            Self::Delete { .. } | Self::Close => 0,
        }
    }
    fn ends_batch(&self) -> bool {
        matches!(self, Self::Delete { .. } | Self::Close)
    }
}

/// The state of the writer task.
pub(super) struct Writer {
    shared: Arc<Shared>,
    source: String,
    /// The seq last given out, also to a flush that failed.
    seq: i64,
    /// A flush that was given up without knowing whether it is stored.
    in_doubt: Option<(i64, Arc<[PointSample]>)>,
}

impl Writer {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let seq = shared.head().seq();
        Self {
            source: format!("writer {}", shared.epoch),
            seq,
            in_doubt: None,
            shared,
        }
    }

    /// Serves requests until it is told to close or nobody can send any more.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let mut gatherer = Gatherer::new(&self.shared.config);
        while let Some(batch) = gatherer.next(&mut requests).await {
            if matches!(batch.last(), Some(Request::Close)) {
                requests.close();
            }
            self.serve(batch).await;
            if matches!(self.shared.stopped.get(), Some(EngineError::Fenced)) {
                return;
            }
        }
    }

    async fn serve(&mut self, batch: Vec<Request>) {
        let mut samples = Vec::new();
        let mut waiting = Vec::new();
        let mut deletion = None;
        for request in batch {
            match request {
                Request::Write {
                    samples: more,
                    room,
                    waiter,
                } => {
                    if samples.is_empty() {
                        samples = more;
                    } else {
                        samples.extend(more);
                    }
                    waiting.push((waiter, room));
                }
                Request::Delete {
                    point,
                    range,
                    waiter,
                } => deletion = Some((point, range, waiter)),
                Request::Close => {}
            }
        }
        if !waiting.is_empty() {
            let outcome = self.write(samples).await;
            for (waiter, _room) in waiting {
                // A caller that stopped waiting does not take its samples back.
                let _gone = waiter.send(outcome.clone());
            }
        }
        if let Some((point, range, waiter)) = deletion {
            let _gone = waiter.send(self.delete(point, range).await);
        }
    }

    async fn write(&mut self, samples: Vec<PointSample>) -> Result<Committed, EngineError> {
        if samples.is_empty() {
            return Ok(Committed {
                seq: self.shared.head().seq(),
            });
        }
        self.wait_for_room().await?;
        self.settle_doubt().await?;
        let batch = pack(samples).await?;
        let samples = batch.samples.clone();
        self.seq += 1;
        let flush = self.flush(batch);
        match self.store(Change::Flush(&flush)).await {
            Ok(()) => self.publish(flush.seq, samples, flush.data.len()),
            Err(error) => {
                if error.is_transient() {
                    self.in_doubt = Some((flush.seq, samples));
                }
                return Err(self.failed(error));
            }
        }
        Ok(Committed { seq: flush.seq })
    }

    fn flush(&self, batch: Batch) -> Flush {
        Flush {
            seq: self.seq,
            epoch: self.shared.epoch,
            source: self.source.clone(),
            source_seq: self.seq,
            t_min: batch.t_min,
            t_max: batch.t_max,
            n: batch.samples.len() as i64,
            data: batch.data,
        }
    }

    /// Makes a durable batch visible, then tells the listener.
    fn publish(&self, seq: i64, samples: Arc<[PointSample]>, bytes: usize) {
        let shared = &self.shared;
        let head_samples = {
            let mut head = shared.head_mut();
            head.apply(seq, &samples);
            head.active_samples()
        };
        Counters::add(&shared.counters.commits, 1);
        Counters::add(&shared.counters.samples, samples.len());
        Counters::add(&shared.counters.journal_bytes, bytes);
        shared.listener.committed(&samples);
        if head_samples >= shared.config.merge_samples {
            shared.merge_wanted.notify_one();
        }
    }

    async fn delete(
        &mut self,
        point: Option<PointId>,
        range: TimeRange,
    ) -> Result<Committed, EngineError> {
        self.settle_doubt().await?;
        self.seq += 1;
        let tombstone = TombstoneRow {
            seq: self.seq,
            point_id: point,
            from_at: range.start.0,
            until_at: range.end.0,
        };
        let shared = &self.shared;
        let stored = self.store(Change::Tombstone(&tombstone)).await;
        stored.map_err(|error| self.failed(error))?;
        let bereft = shared.head_mut().apply_delete(tombstone);
        restore_latest(shared, bereft).await?;
        Ok(Committed { seq: tombstone.seq })
    }

    /// Learns whether a flush that was given up is stored after all; if so it counts.
    async fn settle_doubt(&mut self) -> Result<(), EngineError> {
        let Some((seq, samples)) = self.in_doubt.clone() else {
            return Ok(());
        };
        let stored = timeout(
            STATEMENT_TIMEOUT,
            journal::is_stored(&self.shared.db, &self.source, seq),
        )
        .await
        .map_err(|_| timed_out())??;
        if stored {
            self.publish(seq, samples, 0);
        }
        self.in_doubt = None;
        Ok(())
    }

    async fn wait_for_room(&self) -> Result<(), EngineError> {
        let config = &self.shared.config;
        if config.merge_interval.is_none() {
            return Ok(());
        }
        let deadline = Instant::now() + config.retry_for;
        while self.shared.head().active_samples() >= config.merge_samples.saturating_mul(HEAD_LIMIT)
        {
            let merged = self.shared.merged.notified();
            self.shared.merge_wanted.notify_one();
            if Instant::now() >= deadline {
                return Err(EngineError::Unavailable(
                    "waiting for a merge to make room".to_owned(),
                ));
            }
            let _checked_again = timeout(SLOWEST_RETRY, merged).await;
        }
        Ok(())
    }

    /// Stores a change exactly once; repeats it while the failure may pass and there is time.
    async fn store(&self, change: Change<'_>) -> Result<(), EngineError> {
        let deadline = Instant::now() + self.shared.config.retry_for;
        let mut delay = FIRST_RETRY;
        loop {
            let error = match timeout(STATEMENT_TIMEOUT, change.store(&self.shared)).await {
                Ok(Ok(())) => return Ok(()),
                // Another writer used this seq: it took over.
                Ok(Err(StoreError::Duplicate(_))) => EngineError::Fenced,
                Ok(Err(error)) => error.into(),
                Err(_) => timed_out(),
            };
            if !error.is_transient() || Instant::now() + delay > deadline {
                return Err(error);
            }
            tracing::debug!(error = %error, "commit failed, trying again");
            sleep(delay).await;
            delay = (delay * 2).min(SLOWEST_RETRY);
        }
    }

    fn failed(&self, error: EngineError) -> EngineError {
        if matches!(error, EngineError::Fenced) {
            tracing::warn!(
                epoch = self.shared.epoch,
                "another writer took over, closing"
            );
            self.shared.stop(EngineError::Fenced);
        } else {
            tracing::warn!(error = %error, "commit failed");
        }
        error
    }
}

/// What a transaction of the writer adds.
#[derive(Clone, Copy)]
enum Change<'a> {
    Flush(&'a Flush),
    Tombstone(&'a TombstoneRow),
}

impl Change<'_> {
    /// One attempt; repeating it after an unknown outcome changes nothing.
    async fn store(self, shared: &Shared) -> Result<(), StoreError> {
        match self {
            Self::Flush(flush) => store_flush(&shared.db, flush).await,
            Self::Tombstone(tombstone) => store_tombstone(shared, tombstone).await,
        }
    }
}

async fn store_flush(db: &Db, flush: &Flush) -> Result<(), StoreError> {
    let added = journal::insert(db, flush).await?;
    if added || journal::is_stored(db, &flush.source, flush.source_seq).await? {
        Ok(())
    } else {
        Err(StoreError::Fenced)
    }
}

async fn store_tombstone(shared: &Shared, tombstone: &TombstoneRow) -> Result<(), StoreError> {
    let mut tx = shared.db.begin().await?;
    fencing::hold(&mut tx, shared.epoch).await?;
    tombstones::insert(&mut tx, tombstone).await?;
    tx.commit().await
}

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

fn timed_out() -> EngineError {
    EngineError::Unavailable("the database did not answer in time".to_owned())
}
