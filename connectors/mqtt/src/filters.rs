//! Which filters the broker holds for us, over restarts: it tells nobody, and what a route no
//! longer wants keeps arriving in a session it keeps.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use vigie_contract::Memory;

/// Without an answer in this time nothing is unsubscribed, and nothing forgotten.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// What is to be done about them in a session that begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Filters {
    pub(crate) wanted: Vec<String>,
    pub(crate) unwanted: Vec<String>,
}

impl Filters {
    /// Compares what is wanted with what was subscribed once. What will be subscribed is
    /// noted first: a crash leaves too much on the note, never too little.
    pub(crate) async fn compare(wanted: Vec<String>, memory: &Arc<dyn Memory>) -> Self {
        let mut filters = Self {
            wanted,
            unwanted: Vec::new(),
        };
        // What is not known now must not be written over.
        let Some(known) = recall(memory).await else {
            return filters;
        };
        let wanted: BTreeSet<String> = filters.wanted.iter().cloned().collect();
        filters.unwanted = known.difference(&wanted).cloned().collect();
        if !wanted.is_subset(&known) {
            keep(memory, &known.union(&wanted).cloned().collect()).await;
        }
        filters
    }

    /// The broker holds nothing else any more.
    pub(crate) async fn are_all(&self, memory: &Arc<dyn Memory>) {
        keep(memory, &self.wanted.iter().cloned().collect()).await;
    }
}

async fn recall(memory: &Arc<dyn Memory>) -> Option<BTreeSet<String>> {
    let recalled = timeout(ANSWER_TIMEOUT, Arc::clone(memory).recall()).await;
    let Ok(Ok(words)) = recalled else {
        tracing::warn!("former subscriptions are not known now");
        return None;
    };
    let known = words.and_then(|words| serde_json::from_str(&words).ok());
    Some(known.unwrap_or_default())
}

async fn keep(memory: &Arc<dyn Memory>, filters: &BTreeSet<String>) {
    let words = serde_json::json!(filters).to_string();
    let kept = timeout(ANSWER_TIMEOUT, Arc::clone(memory).keep(words)).await;
    if !matches!(kept, Ok(Ok(()))) {
        tracing::warn!("subscriptions are not noted; old topics may come after a change of routes");
    }
}
