//! Where the messages of one client land.

use crate::ingest::Ingest;
use std::sync::Arc;
use vigie_contract::{ArrivalClock, Delivery, StatusBoard};
use vigie_mqtt::RouteTable;
use vigie_mqtt_endpoint::{CommitError, Message, Outcome, Refusal};

/// The routes of a client, and the way in behind them.
pub(super) struct Landing {
    pub(super) ingest: Arc<Ingest>,
    pub(super) connection: Arc<str>,
    pub(super) routes: RouteTable,
    pub(super) arrivals: ArrivalClock,
    pub(super) status: StatusBoard,
}

impl Landing {
    /// One delivery for the whole batch, one outcome per message.
    pub(super) async fn commit(&self, batch: &[Message]) -> Vec<Outcome> {
        let mut delivery = Delivery::default();
        let mut seen = Seen::default();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
        for message in batch {
            outcomes.push(self.decode(&mut delivery, message, &mut seen));
        }
        if delivery.readings.is_empty() && delivery.refusals.is_empty() {
            return outcomes;
        }
        match self.ingest.deliver(&self.connection, &delivery).await {
            Ok(_) => {
                seen.write(&self.status);
                outcomes
            }
            Err(_) => vec![Err(CommitError::Retry); batch.len()],
        }
    }

    /// A message on a route that brought nothing but refusals is told so.
    fn decode(&self, delivery: &mut Delivery, message: &Message, seen: &mut Seen) -> Outcome {
        let (readings, refusals) = (delivery.readings.len(), delivery.refusals.len());
        if !self.routes.fits(&message.topic) {
            return Ok(());
        }
        self.routes.decode_into(
            delivery,
            &message.topic,
            &message.payload,
            self.arrivals.stamp(),
        );
        let refused = delivery.refusals.len() > refusals;
        seen.message(message.payload.len(), refused);
        if refused && delivery.readings.len() == readings {
            return Err(CommitError::Refused(Refusal::PayloadInvalid));
        }
        Ok(())
    }
}

/// Messages on routes, to be counted once they are safe.
#[derive(Default)]
struct Seen {
    messages: u64,
    bytes: u64,
    refused: u64,
}

impl Seen {
    fn message(&mut self, bytes: usize, refused: bool) {
        self.messages += 1;
        self.bytes += bytes as u64;
        self.refused += u64::from(refused);
    }

    fn write(&self, board: &StatusBoard) {
        board.update(|status| {
            status.messages += self.messages;
            status.bytes += self.bytes;
            status.refused += self.refused;
        });
    }
}
