//! Where readings go, and when they count as safe.

use crate::{Address, Reading};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// Everything one message, poll or frame brought, or several read in one turn; settled as one.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// What could be decoded.
    pub readings: Vec<Reading>,
    /// What could not, in words; counted and shown, never silently dropped.
    pub refusals: Vec<Refusal>,
}

impl Delivery {
    /// How many readings and refusals it holds now.
    pub fn mark(&self) -> (usize, usize) {
        (self.readings.len(), self.refusals.len())
    }

    /// What was added since a mark, in words: for [`Trace`](crate::Trace).
    pub fn since(&self, (readings, refusals): (usize, usize)) -> String {
        let readings = self.readings.iter().skip(readings).map(|reading| {
            let Address { equipment, point } = &reading.address;
            let unit = reading.unit.as_deref().unwrap_or_default();
            let words = format!("{equipment}/{point} = {} {unit}", reading.value);
            words.trim_end().to_owned()
        });
        let refusals = self.refusals.iter().skip(refusals);
        let refusals = refusals.map(|refusal| format!("refused: {}", refusal.detail));
        let words: Vec<_> = readings.chain(refusals).take(TOLD).collect();
        words.join(", ")
    }
}

/// Readings and refusals of one message that a trace tells.
const TOLD: usize = 16;

/// Bytes of the message that a refusal keeps to look at.
pub const EXCERPT_BYTES: usize = 256;

/// Something a device sent that cannot become a reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// A short stable name for counting: `bad_json`, `no_route`, `too_large`, `bad_time`.
    pub reason: &'static str,
    /// Where it came from, in the protocol's words: a topic, a register.
    pub source: String,
    /// One sentence for a person.
    pub detail: String,
    /// The raw bytes, cut to at most [`EXCERPT_BYTES`].
    pub excerpt: Vec<u8>,
    /// How many values were refused for this reason at once; at least 1.
    pub count: u32,
}

impl Refusal {
    /// One refusal; keeps the beginning of `raw`.
    pub fn new(
        reason: &'static str,
        source: impl Into<String>,
        detail: impl Into<String>,
        raw: &[u8],
    ) -> Self {
        Self {
            reason,
            source: source.into(),
            detail: detail.into(),
            excerpt: raw[..raw.len().min(EXCERPT_BYTES)].to_vec(),
            count: 1,
        }
    }
}

/// What became of a delivery once it is safe to acknowledge it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Settlement {
    /// Samples that are durable now.
    pub stored: u32,
    /// Values that were refused for good and counted, by the connector or the sink; sending again
    /// will not help.
    pub refused: u32,
}

/// Why a delivery is not safe yet: keep it unacknowledged and offer it again later.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SinkError {
    /// The store is away or full, or the queue is; try again after a pause.
    #[error("not stored: {0}")]
    Unavailable(String),
    /// The sink is shutting down; stop.
    #[error("shutting down")]
    Closed,
}

/// The future of a settlement; boxed so that a sink is an object.
pub type Settling = Pin<Box<dyn Future<Output = Result<Settlement, SinkError>> + Send>>;

/// Takes deliveries and settles them once they are committed.
///
/// Cancel-safe: dropping the future may lose the answer, never a committed
/// sample; delivering the same again is harmless.
pub trait ReadingSink: Send + Sync + 'static {
    /// Resolves once every reading is durable or refused for good. Waits while the queue is full.
    /// The delivery is shared so that it can be offered again after [`SinkError::Unavailable`].
    fn deliver(self: Arc<Self>, delivery: Arc<Delivery>) -> Settling;
}
