//! What came in and what was refused, counted for people, metrics and the database.

use super::discoveries::DiscoveryBook;
use super::rejects::RejectBook;
use super::resolve::Reason;
use crate::domain::{Timestamp, visible};
use crate::store::tenant::Reject;
use crate::store::{Db, StoreError};
use metrics::{Counter, Histogram, counter, histogram};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use vigie_contract::{Delivery, Reading};

/// Refused readings of one delivery and reason that are kept to look at.
const EXAMPLES: u32 = 20;

/// What came in since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IngestStats {
    /// Samples that are durable.
    pub stored: u64,
    /// Of these, samples of doubtful quality: said so by the device, or outside the limits of their point.
    pub uncertain: u64,
    /// Values that were refused.
    pub refused: u64,
}

/// All counts of one client.
pub(super) struct Tally {
    slug: String,
    rejects: RejectBook,
    discoveries: DiscoveryBook,
    /// One flush after the other.
    turn: tokio::sync::Mutex<()>,
    stored: AtomicU64,
    uncertain: AtomicU64,
    refused: AtomicU64,
    stored_metric: Counter,
    lag: Histogram,
}

impl Tally {
    pub(super) fn new(slug: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            rejects: RejectBook::default(),
            discoveries: DiscoveryBook::default(),
            turn: tokio::sync::Mutex::default(),
            stored: AtomicU64::new(0),
            uncertain: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            stored_metric: counter!("vigie_ingest_samples_total", "tenant" => slug.to_owned()),
            lag: histogram!("vigie_ingest_lag_seconds", "tenant" => slug.to_owned()),
        }
    }

    pub(super) fn stats(&self) -> IngestStats {
        IngestStats {
            stored: self.stored.load(Relaxed),
            uncertain: self.uncertain.load(Relaxed),
            refused: self.refused.load(Relaxed),
        }
    }

    /// Notes how long a delivery waited from its arrival until it was durable.
    pub(super) fn waited(&self, lag: Duration) {
        self.lag.record(lag);
    }

    /// Counts samples that are durable.
    pub(super) fn store(&self, stored: u32, uncertain: u32) {
        self.stored.fetch_add(stored.into(), Relaxed);
        self.stored_metric.increment(stored.into());
        self.uncertain.fetch_add(uncertain.into(), Relaxed);
    }

    /// Counts everything of a delivery that is not stored; how many values that is.
    pub(super) fn refuse(
        &self,
        connection: &Arc<str>,
        delivery: &Delivery,
        readings: &[(usize, Reason)],
        now: Timestamp,
    ) -> u32 {
        let mut total = 0;
        for refusal in &delivery.refusals {
            total += refusal.count;
            self.count(connection, refusal.reason, refusal.count, now);
            self.rejects.keep(Reject {
                at: now,
                connection_key: connection.to_string(),
                reason: refusal.reason.to_owned(),
                source: refusal.source.clone(),
                detail: refusal.detail.clone(),
                excerpt: refusal.excerpt.clone(),
            });
        }
        let mut reasons: Vec<(Reason, u32)> = Vec::new();
        for (index, reason) in readings {
            let nth = count_one(&mut reasons, *reason);
            let reading = &delivery.readings[*index];
            if matches!(reason, Reason::UnknownEquipment | Reason::UnknownPoint) {
                self.discoveries.note(connection, reading, now);
            } else if nth <= EXAMPLES {
                self.rejects
                    .keep(example(connection, reading, *reason, now));
            }
        }
        for (reason, n) in reasons {
            total += n;
            self.count(connection, reason.as_str(), n, now);
        }
        self.refused.fetch_add(total.into(), Relaxed);
        total
    }

    /// Writes what is not in the database yet. When it returns, all that was counted before
    /// the call is written, also what another flush had taken.
    pub(super) async fn flush(&self, db: &Db) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        self.rejects.flush(db).await?;
        self.discoveries.flush(db).await
    }

    fn count(&self, connection: &Arc<str>, reason: &'static str, n: u32, now: Timestamp) {
        self.rejects.count(connection, reason, n, now);
        counter!("vigie_ingest_rejected_total", "tenant" => self.slug.clone(), "reason" => reason)
            .increment(n.into());
    }
}

/// How many of the reason there are now.
fn count_one(reasons: &mut Vec<(Reason, u32)>, reason: Reason) -> u32 {
    if let Some((_, n)) = reasons.iter_mut().find(|(known, _)| *known == reason) {
        *n += 1;
        return *n;
    }
    reasons.push((reason, 1));
    1
}

fn example(connection: &Arc<str>, reading: &Reading, reason: Reason, now: Timestamp) -> Reject {
    let stamp = reading
        .observed_at_us
        .map(|at| format!(" at {}", Timestamp(at)));
    let value = format!("{}{}", reading.value, stamp.unwrap_or_default());
    let source = format!("{}/{}", reading.address.equipment, reading.address.point);
    Reject {
        at: now,
        connection_key: connection.to_string(),
        reason: reason.as_str().to_owned(),
        source: visible(&source).into_owned(),
        detail: reason.sentence().to_owned(),
        excerpt: visible(&value).into_owned().into_bytes(),
    }
}
