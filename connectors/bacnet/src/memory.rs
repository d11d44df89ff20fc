//! What a session leaves the next: how far each log was read, and when each device last answered.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use vigie_contract::Memory;

/// Read once, kept after every change that matters.
#[derive(Debug)]
pub(crate) struct Recollection {
    memory: Arc<dyn Memory>,
    kept: Mutex<Kept>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Kept {
    /// The next record of each log, by `<device>/<log>`.
    #[serde(default)]
    logs: BTreeMap<String, u64>,
    /// When each device last answered, in microseconds since the epoch.
    #[serde(default)]
    seen_us: BTreeMap<u32, i64>,
}

impl Recollection {
    /// What was kept; nothing when that cannot be read, which reads logs anew.
    pub(crate) async fn recall(memory: Arc<dyn Memory>) -> Self {
        let words = match memory.clone().recall().await {
            Ok(words) => words.unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "what the last session left is not to be had");
                String::new()
            }
        };
        let kept = serde_json::from_str(&words).unwrap_or_default();
        Self {
            memory,
            kept: Mutex::new(kept),
        }
    }

    pub(crate) fn next_record(&self, log: &str) -> Option<u64> {
        self.lock().logs.get(log).copied()
    }

    pub(crate) fn seen_us(&self, device: u32) -> Option<i64> {
        self.lock().seen_us.get(&device).copied()
    }

    /// A device answered; kept with the next change of a log, or by [`keep`](Self::keep).
    pub(crate) fn saw(&self, device: u32, at_us: i64) {
        self.lock().seen_us.insert(device, at_us);
    }

    /// A log was read up to before `next`, and that is safe.
    pub(crate) async fn read_up_to(&self, log: &str, next: u64) {
        self.lock().logs.insert(log.to_owned(), next);
        self.keep().await;
    }

    pub(crate) async fn keep(&self) {
        let words = serde_json::to_string(&*self.lock()).unwrap_or_default();
        if let Err(error) = self.memory.clone().keep(words).await {
            tracing::warn!(%error, "not kept for the next session");
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vigie_contract::ShortMemory;

    #[tokio::test]
    async fn the_next_session_goes_on_where_the_last_one_stopped() {
        let memory = Arc::new(ShortMemory::default());
        let first = Recollection::recall(memory.clone()).await;
        first.saw(7_000, 12);
        first.read_up_to("7000/trend-log:1", 51).await;
        let second = Recollection::recall(memory).await;
        assert_eq!(second.next_record("7000/trend-log:1"), Some(51));
        assert_eq!(second.seen_us(7_000), Some(12));
    }

    #[tokio::test]
    async fn words_of_somebody_else_are_forgotten() {
        let memory: Arc<ShortMemory> = Arc::default();
        memory.clone().keep("[1".to_owned()).await.unwrap();
        let recalled = Recollection::recall(memory).await;
        assert_eq!(recalled.next_record("7000/trend-log:1"), None);
    }
}
