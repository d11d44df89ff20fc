//! The knobs of one engine; the defaults are the measured ones.

use std::time::Duration;

/// How one engine batches, merges and bounds its memory.
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The longest a busy engine gathers writes before it commits them.
    pub flush_interval: Duration,
    /// A batch of this many samples is committed without waiting.
    pub flush_samples: usize,
    /// Samples that may wait for their commit; beyond it `write` waits for room.
    pub queued_samples: usize,
    /// How long a transient failure is retried before the callers hear of it.
    pub retry_for: Duration,
    /// The head is merged at the multiples of this since 1970 UTC; `None`: only on demand.
    ///
    /// At the turn of an hour that is over each hour is summed up once, from samples in memory.
    pub merge_interval: Option<Duration>,
    /// A head of this many samples is merged early.
    pub merge_samples: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            flush_interval: Duration::from_millis(250),
            flush_samples: 50_000,
            queued_samples: 200_000,
            retry_for: Duration::from_secs(10),
            merge_interval: Some(Duration::from_secs(60 * 60)),
            merge_samples: 4_000_000,
        }
    }
}
