//! Where the messages of one client land.

use super::Port;
use super::obey::NotObeyed;
use crate::ingest::Ingest;
use std::sync::Arc;
use vigie_contract::{self as contract, ArrivalClock, Delivery, Direction, StatusBoard};
use vigie_mqtt_endpoint::{CommitError, Message, Outcome, Refusal};

/// The routes of a client, and the way in behind them.
pub(super) struct Landing {
    pub(super) ingest: Arc<Ingest>,
    pub(super) arrivals: ArrivalClock,
    pub(super) port: Port,
}

impl Landing {
    /// One delivery for the whole batch, one outcome per message.
    pub(super) async fn commit(&self, device: &str, batch: &[Message]) -> Vec<Outcome> {
        let mut delivery = Delivery::default();
        let mut seen = Seen::default();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
        for message in batch {
            let guarded = self.guarded(&mut delivery, device, message).await;
            let before = delivery.mark();
            outcomes.push(guarded.and_then(|()| self.decode(&mut delivery, message, &mut seen)));
            self.port.commanding.heard(&delivery.readings[before.0..]);
        }
        if delivery.readings.is_empty() && delivery.refusals.is_empty() {
            return outcomes;
        }
        match self.ingest.deliver(&self.port.connection, &delivery).await {
            Ok(_) => {
                seen.write(&self.port.status);
                outcomes
            }
            Err(_) => vec![Err(CommitError::Retry); batch.len()],
        }
    }

    /// On a topic of commands only devices that may command are heard.
    async fn guarded(&self, delivery: &mut Delivery, device: &str, message: &Message) -> Outcome {
        let topic = &*message.topic;
        let commanding = &self.port.commanding;
        if !commanding.guards(topic) {
            return Ok(());
        }
        let obeyed = commanding.obeying.obey(&self.ingest, device, message);
        let Err(why) = obeyed.await else {
            return Ok(());
        };
        if let NotObeyed::Unavailable(why) = &why {
            tracing::warn!(why, "a device's command waits");
            return Err(CommitError::Retry);
        }
        let refusal =
            contract::Refusal::new(why.reason(), topic, why.to_string(), &message.payload);
        delivery.refusals.push(refusal);
        Err(CommitError::Refused(match why {
            NotObeyed::NotAuthorised => Refusal::NotAuthorized,
            _ => Refusal::PayloadInvalid,
        }))
    }

    fn note(&self, at_us: i64, message: &Message, decoded: impl FnOnce() -> String) {
        let shown = self
            .port
            .routes
            .presentable(&message.topic, &message.payload);
        self.port.trace.note(at_us, Direction::In, || {
            (message.topic.to_string(), &*shown, decoded())
        });
    }

    /// A message on a route that brought nothing but refusals is told so.
    fn decode(&self, delivery: &mut Delivery, message: &Message, seen: &mut Seen) -> Outcome {
        let (readings, refusals) = (delivery.readings.len(), delivery.refusals.len());
        let at = self.arrivals.stamp();
        let routes = &self.port.routes;
        if !routes.fits(&message.topic) {
            self.note(at, message, String::new);
            return Ok(());
        }
        routes.decode_into(delivery, &message.topic, &message.payload, at);
        self.note(at, message, || delivery.since((readings, refusals)));
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
