//! A sink that remembers everything and settles as it is told.

use super::POINT;
use crate::{Delivery, ReadingSink, ReadingValue, Refusal, Settlement, Settling, SinkError};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// How a [`TestSink`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Stores and settles.
    Stores,
    /// Answers nothing until the mood changes.
    Waits,
    /// Says that the store is away.
    Away,
    /// Says that it is shutting down.
    Closed,
}

/// A sink for tests.
#[derive(Debug)]
pub struct TestSink {
    mood: watch::Sender<Mood>,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    stored: Vec<u32>,
    refusals: Vec<Refusal>,
    offers: u32,
}

impl TestSink {
    /// A sink in this mood.
    pub fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            mood: watch::Sender::new(mood),
            seen: Mutex::default(),
        })
    }

    /// Changes the mood; deliveries that wait notice it.
    pub fn set(&self, mood: Mood) {
        self.mood.send_replace(mood);
    }

    /// The different numbers that are stored, in order.
    pub fn numbers(&self) -> Vec<u32> {
        let distinct: BTreeSet<_> = self.seen().stored.iter().copied().collect();
        distinct.into_iter().collect()
    }

    /// How many numbers were stored, each as often as it was.
    pub fn stored(&self) -> usize {
        self.seen().stored.len()
    }

    /// Everything that was refused.
    pub fn refusals(&self) -> Vec<Refusal> {
        self.seen().refusals.clone()
    }

    /// How often a delivery was offered.
    pub fn offers(&self) -> u32 {
        self.seen().offers
    }

    fn settle(&self, delivery: &Delivery) -> Settlement {
        let mut seen = self.seen();
        for reading in &delivery.readings {
            if let (ReadingValue::Number(number), POINT) = (&reading.value, &*reading.address.point)
            {
                seen.stored.push(*number as u32);
            }
        }
        seen.refusals.extend(delivery.refusals.iter().cloned());
        Settlement {
            stored: delivery.readings.len() as u32,
            refused: delivery.refusals.iter().map(|refusal| refusal.count).sum(),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ReadingSink for TestSink {
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling {
        self.seen().offers += 1;
        Box::pin(async move {
            let mut mood = self.mood.subscribe();
            loop {
                let now = *mood.borrow_and_update();
                match now {
                    Mood::Stores => return Ok(self.settle(&delivery)),
                    Mood::Away => {
                        return Err(SinkError::Unavailable("the test says so".to_owned()));
                    }
                    Mood::Closed => return Err(SinkError::Closed),
                    Mood::Waits => _ = mood.changed().await,
                }
            }
        })
    }
}
