//! What one turn of reading brought, and its way through the sink.

use crate::RouteTable;
use rand::random;
use std::num::NonZeroU16;
use std::sync::Arc;
use std::time::Duration;
use vigie_contract::{Backoff, Delivery, ReadingSink, Refusal, Settlement, SinkError, StatusBoard};

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Messages that are delivered and settled as one.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) delivery: Delivery,
    /// Packet ids to acknowledge, in the order they came; QoS 0 has none.
    pub(crate) ids: Vec<NonZeroU16>,
    pub(crate) messages: usize,
    bytes: usize,
}

/// A batch whose fate is known.
pub(crate) struct Settled {
    pub(crate) ids: Vec<NonZeroU16>,
    pub(crate) messages: usize,
    pub(crate) readings: usize,
    /// `None`: the sink is closed, the batch stays unacknowledged.
    pub(crate) settlement: Option<Settlement>,
}

impl Batch {
    pub(crate) fn add(
        &mut self,
        routes: &RouteTable,
        topic: &str,
        payload: &[u8],
        arrival_us: i64,
    ) {
        routes.decode_into(&mut self.delivery, topic, payload, arrival_us);
        self.messages += 1;
        self.bytes += payload.len();
    }

    /// A message that is settled already: it waits for its turn to be acknowledged again.
    pub(crate) fn repeat(&mut self, id: NonZeroU16) {
        self.messages += 1;
        self.ids.push(id);
    }

    pub(crate) fn refuse(&mut self, refusal: Refusal, bytes: usize) {
        self.delivery.refusals.push(refusal);
        self.messages += 1;
        self.bytes += bytes;
    }

    /// Counts the batch on the board.
    pub(crate) fn announce(&self, status: &StatusBoard) {
        status.update(|status| {
            status.messages += self.messages as u64;
            status.bytes += self.bytes as u64;
        });
    }

    /// Offers the batch until it is settled. While the store is away it is held
    /// here, unacknowledged, and the session stays alive.
    pub(crate) async fn settle(self, sink: Arc<dyn ReadingSink>, status: StatusBoard) -> Settled {
        let delivery = Arc::new(self.delivery);
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let settlement = loop {
            match sink.clone().deliver(delivery.clone()).await {
                Ok(settlement) => break Some(settlement),
                Err(SinkError::Closed) => break None,
                Err(SinkError::Unavailable(why)) => {
                    status.update(|status| status.last_error = Some(format!("not stored: {why}")));
                    tokio::time::sleep(backoff.next_pause(random())).await;
                }
            }
        };
        if backoff.attempts() > 0 && settlement.is_some() {
            status.update(|status| status.last_error = None);
        }
        Settled {
            ids: self.ids,
            messages: self.messages,
            readings: delivery.readings.len(),
            settlement,
        }
    }
}
