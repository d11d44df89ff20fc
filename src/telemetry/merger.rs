//! When to merge: the one task that does it without being asked.

use super::shared::Shared;
use super::{EngineError, merge};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Behind the turn of an hour: a timer may be early by a little.
const SLACK: Duration = Duration::from_secs(1);
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

    /// Merges at every turn and whenever it is wanted, until `closing`.
    pub(super) async fn run(&self, closing: CancellationToken) {
        let until_closing = async {
            loop {
                self.wait().await;
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

    /// The writer wants a merge at the first commit of a turn; where nobody writes, the clock does.
    async fn wait(&self) {
        let Some(interval) = self.shared.config.merge_interval else {
            return self.shared.merge_wanted.notified().await;
        };
        loop {
            tokio::select! {
                () = self.shared.merge_wanted.notified() => return,
                () = sleep(self.until_turn(interval)) => if self.shared.turns() { return },
            }
        }
    }

    /// How long to the end of the interval, a little more rather than less.
    fn until_turn(&self, interval: Duration) -> Duration {
        let micros = interval.as_micros().max(1) as i64;
        let left = micros - self.shared.clock.now().0.rem_euclid(micros);
        Duration::from_micros(left.unsigned_abs()) + SLACK
    }
}
