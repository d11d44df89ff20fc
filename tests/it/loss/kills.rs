//! `kill -9` of the platform at random moments.

use super::installation::Installation;
use super::load::Counter;
use super::oracle::{Verdict, judge};
use crate::support::{Backend, READY_WITHIN, Seed};
use rand::RngExt;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const KILLS: usize = 30;
/// A moment between these after the node said it was ready, in milliseconds.
const MOMENT_MS: std::ops::Range<u64> = 20..900;

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_lose_nothing_on_sqlite() {
    kills_lose_nothing(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_kills_lose_nothing_on_postgres() {
    kills_lose_nothing(Backend::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordered_stop_under_load_ends_well_and_loses_nothing() {
    let mut installation = Installation::start(Backend::Sqlite).await;
    let counters = Arc::new(installation.counters());
    let load = Load::start(&counters);
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_millis(MOMENT_MS.end)).await;
        assert!(installation.vigie.stop().await.success());
        installation.vigie.start().await;
    }
    load.stop().await;
    assert_eq!(judge(&installation, &counters).await, Verdict::default());
}

async fn kills_lose_nothing(backend: Backend) {
    let mut moments = Seed::new().rng();
    let mut installation = Installation::start(backend).await;
    let counters = Arc::new(installation.counters());
    let load = Load::start(&counters);
    let mut slowest = Duration::ZERO;
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(moments.random_range(MOMENT_MS))).await;
        installation.vigie.kill();
        slowest = slowest.max(installation.vigie.start().await);
    }
    load.stop().await;
    let acknowledged: usize = counters.iter().map(Counter::acknowledged).sum();
    eprintln!("{acknowledged} acknowledged over {KILLS} kills; slowest start {slowest:?}");
    assert!(
        counters
            .iter()
            .all(|counter| counter.acknowledged() > KILLS),
        "every device counted on"
    );
    assert!(slowest < READY_WITHIN);
    assert_eq!(judge(&installation, &counters).await, Verdict::default());
}

/// All counters counting, each in a task of its own.
pub struct Load {
    counters: Arc<Vec<Counter>>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Load {
    /// Starts them.
    pub fn start(counters: &Arc<Vec<Counter>>) -> Self {
        let (stop, mut tasks) = (CancellationToken::new(), JoinSet::new());
        for index in 0..counters.len() {
            let (counters, stop) = (Arc::clone(counters), stop.clone());
            tasks.spawn(async move { counters[index].count(&stop).await });
        }
        Self {
            counters: Arc::clone(counters),
            stop,
            tasks,
        }
    }

    /// Ends the counting, then waits until everything that was sent is acknowledged.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            ended.expect("a counter does not panic");
        }
        for counter in self.counters.iter() {
            counter.settle().await;
        }
    }
}
