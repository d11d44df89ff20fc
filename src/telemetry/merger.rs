//! When to merge: the one task that does it without being asked.

use super::shared::Shared;
use super::{EngineError, merge};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// After a failed merge.
const PAUSE: Duration = Duration::from_secs(10);

/// Merges, one at a time.
pub(super) struct Merger {
    shared: Arc<Shared>,
    one_at_a_time: Mutex<()>,
}

impl Merger {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self {
            shared,
            one_at_a_time: Mutex::new(()),
        }
    }

    /// Merges what the head holds now.
    pub(super) async fn merge(&self) -> Result<(), EngineError> {
        let _turn = self.one_at_a_time.lock().await;
        let outcome = merge::merge(&self.shared).await;
        if matches!(outcome, Err(EngineError::Fenced)) {
            self.shared.stop(EngineError::Fenced);
        }
        outcome
    }

    /// Merges every interval and whenever it is wanted, until `closing`.
    pub(super) async fn run(&self, interval: Option<Duration>, closing: CancellationToken) {
        let until_closing = async {
            loop {
                self.wait(interval).await;
                if let Err(error) = self.merge().await {
                    tracing::warn!(error = %error, "merge failed, will be repeated");
                    sleep(PAUSE).await;
                    self.shared.merge_wanted.notify_one();
                }
            }
        };
        // A merge may be dropped at any await: it starts again from the journal.
        let _closed = closing.run_until_cancelled(until_closing).await;
    }

    async fn wait(&self, interval: Option<Duration>) {
        let wanted = self.shared.merge_wanted.notified();
        match interval {
            Some(interval) => {
                tokio::select! {
                    () = wanted => {}
                    () = sleep_until(Instant::now() + interval) => {}
                }
            }
            None => wanted.await,
        }
    }
}
