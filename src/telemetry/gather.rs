//! When to stop gathering and commit.
//!
//! An idle engine commits at once. A busy one waits for company, up to the flush
//! interval, because a commit costs the same for one sample as for thousands. The
//! wait ends early when arrivals pause: then everybody is waiting for us. A wait
//! that nobody joins is tried half as often the next time.

use super::EngineConfig;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

const SHORTEST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(100);
/// A pause is this many times the usual gap between two arrivals.
const GAPS_IN_A_PAUSE: u32 = 4;
/// After so many waits in vain in a row only every 64th flush waits.
const MOST_HALVINGS: u32 = 6;

/// What may be gathered: how many samples it weighs, and whether it ends a batch.
pub(super) trait Arrival {
    fn weight(&self) -> usize;
    fn ends_batch(&self) -> bool;
}

/// Gathers arrivals into batches.
#[derive(Debug)]
pub(super) struct Gatherer {
    interval: Duration,
    full: usize,
    gap: Duration,
    last_batch: Instant,
    waits_in_vain: u32,
    batches: u32,
}

impl Gatherer {
    pub(super) fn new(config: &EngineConfig) -> Self {
        Self {
            interval: config.flush_interval,
            full: config.flush_samples,
            gap: config.flush_interval,
            last_batch: Instant::now(),
            waits_in_vain: 0,
            batches: 0,
        }
    }

    /// The next batch; none when the channel is closed and empty.
    ///
    /// An arrival that ends a batch is the last of its batch.
    pub(super) async fn next<T: Arrival>(
        &mut self,
        from: &mut mpsc::Receiver<T>,
    ) -> Option<Vec<T>> {
        let mut batch = Pile::new(from.recv().await?, self.full);
        batch.take_waiting(from);
        if !batch.is_done() && self.worth_waiting() {
            self.wait_for_company(&mut batch, from).await;
        }
        self.note(batch.arrivals.len());
        Some(batch.arrivals)
    }

    fn pause(&self) -> Duration {
        (self.gap * GAPS_IN_A_PAUSE).max(SHORTEST_PAUSE)
    }

    fn worth_waiting(&self) -> bool {
        let sparse = self.pause() > LONGEST_PAUSE.min(self.interval);
        let every = 1_u32 << self.waits_in_vain.min(MOST_HALVINGS);
        !sparse && self.batches.is_multiple_of(every)
    }

    async fn wait_for_company<T: Arrival>(
        &mut self,
        batch: &mut Pile<T>,
        from: &mut mpsc::Receiver<T>,
    ) {
        let alone = batch.arrivals.len();
        let latest = Instant::now() + self.interval;
        while !batch.is_done() {
            let until = latest.min(Instant::now() + self.pause());
            let Ok(Some(arrival)) = timeout_at(until, from.recv()).await else {
                break;
            };
            batch.push(arrival);
            batch.take_waiting(from);
        }
        self.waits_in_vain = if batch.arrivals.len() > alone {
            0
        } else {
            self.waits_in_vain + 1
        };
    }

    fn note(&mut self, arrivals: usize) {
        let now = Instant::now();
        let gap = (now - self.last_batch) / arrivals as u32;
        self.gap = (self.gap * 3 + gap) / 4;
        self.last_batch = now;
        self.batches = self.batches.wrapping_add(1);
    }
}

/// A batch that grows.
struct Pile<T> {
    arrivals: Vec<T>,
    weight: usize,
    full: usize,
    ended: bool,
}

impl<T: Arrival> Pile<T> {
    fn new(first: T, full: usize) -> Self {
        let mut pile = Self {
            arrivals: Vec::new(),
            weight: 0,
            full,
            ended: false,
        };
        pile.push(first);
        pile
    }

    fn push(&mut self, arrival: T) {
        self.weight += arrival.weight();
        self.ended = arrival.ends_batch();
        self.arrivals.push(arrival);
    }

    fn take_waiting(&mut self, from: &mut mpsc::Receiver<T>) {
        while !self.is_done() {
            let Ok(arrival) = from.try_recv() else { return };
            self.push(arrival);
        }
    }

    const fn is_done(&self) -> bool {
        self.ended || self.weight >= self.full
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Arrival for usize {
        fn weight(&self) -> usize {
            *self
        }
        fn ends_batch(&self) -> bool {
            *self == 0
        }
    }

    fn gatherer() -> Gatherer {
        Gatherer::new(&EngineConfig {
            flush_samples: 100,
            ..EngineConfig::default()
        })
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_engine_does_not_wait() {
        let (to, mut from) = mpsc::channel(8);
        to.send(1).await.unwrap();
        let before = Instant::now();
        assert_eq!(gatherer().next(&mut from).await, Some(vec![1]));
        assert_eq!(Instant::now(), before);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_batch_is_not_waited_for() {
        let (to, mut from) = mpsc::channel(8);
        for weight in [60, 60, 60] {
            to.send(weight).await.unwrap();
        }
        let mut gatherer = gatherer();
        assert_eq!(gatherer.next(&mut from).await, Some(vec![60, 60]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_steady_stream_is_gathered_and_never_longer_than_the_interval() {
        let (to, mut from) = mpsc::channel(1_000);
        let stream = tokio::spawn(async move {
            for _ in 0..2_000 {
                to.send(1).await.unwrap();
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        });
        let mut gatherer = Gatherer::new(&EngineConfig::default());
        let mut sizes = Vec::new();
        while let Some(batch) = gatherer.next(&mut from).await {
            sizes.push(batch.len());
        }
        stream.await.unwrap();
        let settled = &sizes[sizes.len() / 2..sizes.len() - 1];
        assert!(
            settled.iter().all(|size| (40..=52).contains(size)),
            "{sizes:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_arrival_that_ends_a_batch_is_its_last() {
        let (to, mut from) = mpsc::channel(8);
        for weight in [1, 0, 1] {
            to.send(weight).await.unwrap();
        }
        assert_eq!(gatherer().next(&mut from).await, Some(vec![1, 0]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_channel_ends_it() {
        let (to, mut from) = mpsc::channel::<usize>(8);
        drop(to);
        assert_eq!(gatherer().next(&mut from).await, None);
    }
}
