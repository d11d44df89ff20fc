//! The writer: the one task that commits, one group at a time.
//!
//! Order of one commit: transaction durable, then head, then listener, then callers.

use super::EngineError;
use super::batch::{Batch, pack};
use super::commit::{Change, is_stored, store};
use super::engine::{Committed, Noted};
use super::gather::{Arrival, Gatherer};
use super::restore::restore_latest;
use super::shared::{Counters, Shared};
use crate::domain::{PointId, PointSample, TimeRange};
use crate::store::tenant::journal::Flush;
use crate::store::tenant::tombstones::TombstoneRow;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, timeout};

/// How often a writer that waits for room looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
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
        /// What the audit log is to say of it.
        noted: Option<Box<Noted>>,
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
                    noted,
                    waiter,
                } => deletion = Some((point, range, noted, waiter)),
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
        if let Some((point, range, noted, waiter)) = deletion {
            let _gone = waiter.send(self.delete(point, range, noted.as_deref()).await);
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
        match store(&self.shared, Change::Flush(&flush)).await {
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
        let turned = shared.turns();
        let head_samples = {
            let mut head = shared.head_mut();
            if turned {
                // What came before this commit is merged by itself: whole hours.
                head.freeze();
            }
            head.apply(seq, &samples);
            head.active_samples()
        };
        Counters::add(&shared.counters.commits, 1);
        Counters::add(&shared.counters.samples, samples.len());
        Counters::add(&shared.counters.journal_bytes, bytes);
        shared.listener.committed(&samples);
        if turned || head_samples >= shared.config.merge_samples {
            shared.merge_wanted.notify_one();
        }
    }

    async fn delete(
        &mut self,
        point: Option<PointId>,
        range: TimeRange,
        noted: Option<&Noted>,
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
        let stored = store(shared, Change::Tombstone(&tombstone, noted)).await;
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
        if is_stored(&self.shared, &self.source, seq).await? {
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
            let _checked_again = timeout(LOOK_AGAIN, merged).await;
        }
        Ok(())
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
