//! Gathers what callers hand in until it is time to commit; [`Pace`] decides when.

use super::EngineConfig;
use super::pace::Pace;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

/// What may be gathered: how many samples it weighs, and whether it ends a batch.
pub(super) trait Arrival {
    fn weight(&self) -> usize;
    fn ends_batch(&self) -> bool;
}

/// Gathers arrivals into batches.
#[derive(Debug)]
pub(super) struct Gatherer {
    pace: Pace,
    full: usize,
    last_batch: Instant,
}

impl Gatherer {
    pub(super) fn new(config: &EngineConfig) -> Self {
        Self {
            pace: Pace::new(config.flush_interval),
            full: config.flush_samples,
            last_batch: Instant::now(),
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
        if !batch.is_done() && self.pace.worth_waiting() {
            self.wait_for_company(&mut batch, from).await;
        }
        let now = Instant::now();
        self.pace
            .note_batch(batch.arrivals.len(), now - self.last_batch);
        self.last_batch = now;
        Some(batch.arrivals)
    }

    async fn wait_for_company<T: Arrival>(
        &mut self,
        batch: &mut Pile<T>,
        from: &mut mpsc::Receiver<T>,
    ) {
        let alone = batch.arrivals.len();
        let latest = Instant::now() + self.pace.interval();
        while !batch.is_done() {
            let until = latest.min(Instant::now() + self.pace.pause());
            let Ok(Some(arrival)) = timeout_at(until, from.recv()).await else {
                break;
            };
            batch.push(arrival);
            batch.take_waiting(from);
        }
        self.pace.note_wait(batch.arrivals.len() > alone);
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

    /// Gathers everything that is queued; a batch is full at 100.
    async fn batches(weights: &[usize]) -> Vec<Vec<usize>> {
        let (to, mut from) = mpsc::channel(8);
        for &weight in weights {
            to.send(weight).await.unwrap();
        }
        drop(to);
        let mut gatherer = Gatherer::new(&EngineConfig {
            flush_samples: 100,
            ..EngineConfig::default()
        });
        let mut batches = Vec::new();
        while let Some(batch) = gatherer.next(&mut from).await {
            batches.push(batch);
        }
        batches
    }

    #[tokio::test]
    async fn what_is_queued_goes_together_until_the_batch_is_full() {
        assert_eq!(
            batches(&[60, 30, 60, 60]).await,
            [vec![60, 30, 60], vec![60]]
        );
    }

    #[tokio::test]
    async fn an_arrival_that_ends_a_batch_is_its_last() {
        assert_eq!(batches(&[1, 0, 1]).await, [vec![1, 0], vec![1]]);
    }
}
