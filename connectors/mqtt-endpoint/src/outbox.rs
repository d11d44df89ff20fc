//! What a session still has to send: a bounded queue and the window of unacknowledged messages.

use crate::report::Report;
use crate::{Config, Message, Metrics};
use rmqtt_codec::types::QoS;
use std::collections::VecDeque;
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;
use tokio::time::Instant;

/// A message on its way to one subscriber, on the terms of its subscription.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) message: Arc<Message>,
    pub(crate) qos: QoS,
    pub(crate) retain: bool,
    pub(crate) subscription_ids: Vec<NonZeroU32>,
    pub(crate) report: Option<Report>,
}

/// What to put on the wire next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Nothing, or the client must acknowledge first.
    Nothing,
    /// A QoS 0 message; it is not kept.
    Forget(Outgoing),
    /// The PUBLISH of this packet id; see [`Outbox::get`].
    Publish { id: NonZeroU16, again: bool },
    /// The PUBREL of this packet id.
    Release(NonZeroU16),
}

/// How much a queue may hold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    messages: usize,
    bytes: usize,
}

impl Room {
    /// For messages as they are published.
    pub(crate) fn of(limits: &Config) -> Self {
        Self {
            messages: limits.max_queued_messages,
            bytes: limits.max_queued_bytes,
        }
    }

    /// For the answer to a subscription: as much more as may be retained.
    pub(crate) fn for_retained(limits: &Config) -> Self {
        Self {
            messages: limits.max_queued_messages + limits.max_retained_messages,
            bytes: limits.max_queued_bytes + limits.max_retained_bytes,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Outgoing>,
    queued_bytes: usize,
    /// In the order they were first sent (MQTT-4.6.0-1).
    window: VecDeque<Unacknowledged>,
    last_id: u16,
}

#[derive(Debug)]
struct Unacknowledged {
    id: NonZeroU16,
    stage: Stage,
    sent: Sent,
}

/// How far a packet id has come.
#[derive(Debug)]
pub(crate) enum Stage {
    /// The client has not said that it has the message.
    Unreceived(Outgoing),
    /// It has (PUBREC), and only the id is to be freed (PUBREL, PUBCOMP).
    Received,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    OnThisConnection,
    OnAnEarlierOne,
}

impl Outbox {
    /// Queues a message, or gives it back when there is no room.
    pub(crate) fn push(&mut self, outgoing: Outgoing, room: Room) -> Result<(), Outgoing> {
        let weight = outgoing.message.weight();
        let full = self.queue.len() >= room.messages || self.queued_bytes + weight > room.bytes;
        if full {
            return Err(outgoing);
        }
        self.queued_bytes += weight;
        self.queue.push_back(outgoing);
        Ok(())
    }

    /// Decides what goes next, with at most `window` messages unacknowledged.
    pub(crate) fn next(&mut self, window: usize, now: Instant, metrics: &Metrics) -> Next {
        if let Some(next) = self.send_again(window) {
            return next;
        }
        while let Some(front) = self.queue.front() {
            if front.message.is_expired(now) {
                metrics.dropped_expired.one();
                self.pop();
                continue;
            }
            if front.qos != QoS::AtMostOnce && self.window.len() >= window {
                return Next::Nothing;
            }
            return self
                .pop()
                .map_or(Next::Nothing, |outgoing| self.dispatch(outgoing));
        }
        Next::Nothing
    }

    /// After a reconnect everything unacknowledged goes again, in its old order.
    fn send_again(&mut self, window: usize) -> Option<Next> {
        let (_, unsent) = self
            .window
            .iter_mut()
            .enumerate()
            .take(window)
            .find(|(_, entry)| entry.sent == Sent::OnAnEarlierOne)?;
        unsent.sent = Sent::OnThisConnection;
        Some(match unsent.stage {
            Stage::Unreceived(_) => Next::Publish {
                id: unsent.id,
                again: true,
            },
            Stage::Received => Next::Release(unsent.id),
        })
    }

    fn dispatch(&mut self, outgoing: Outgoing) -> Next {
        if outgoing.qos == QoS::AtMostOnce {
            return Next::Forget(outgoing);
        }
        let id = self.free_id();
        self.window.push_back(Unacknowledged {
            id,
            stage: Stage::Unreceived(outgoing),
            sent: Sent::OnThisConnection,
        });
        Next::Publish { id, again: false }
    }

    /// The message of an id that is not yet received.
    pub(crate) fn get(&self, id: NonZeroU16) -> Option<&Outgoing> {
        let entry = self.window.iter().find(|entry| entry.id == id)?;
        match &entry.stage {
            Stage::Unreceived(outgoing) => Some(outgoing),
            Stage::Received => None,
        }
    }

    /// PUBACK or PUBCOMP: done with this id. Says how far it had come; `None` when it is unknown.
    pub(crate) fn finish(&mut self, id: NonZeroU16) -> Option<Stage> {
        let index = self.window.iter().position(|entry| entry.id == id)?;
        self.window.remove(index).map(|entry| entry.stage)
    }

    /// PUBREC: the receiver has it. Says how far it had come; `None` when it is unknown.
    pub(crate) fn received(&mut self, id: NonZeroU16) -> Option<Stage> {
        let entry = self.window.iter_mut().find(|entry| entry.id == id)?;
        Some(std::mem::replace(&mut entry.stage, Stage::Received))
    }

    /// The connection is gone: QoS 0 is given up, what is unacknowledged will go again.
    pub(crate) fn rewind(&mut self, metrics: &Metrics) {
        for entry in &mut self.window {
            entry.sent = Sent::OnAnEarlierOne;
        }
        let before = self.queue.len();
        self.queue
            .retain(|outgoing| outgoing.qos != QoS::AtMostOnce);
        metrics
            .dropped_offline
            .add((before - self.queue.len()) as u64);
        self.queued_bytes = self.queue.iter().map(|out| out.message.weight()).sum();
        self.queue.shrink_to_fit();
    }

    /// Messages not yet acknowledged.
    pub(crate) fn len(&self) -> usize {
        self.queue.len() + self.window.len()
    }

    fn pop(&mut self) -> Option<Outgoing> {
        let outgoing = self.queue.pop_front()?;
        self.queued_bytes -= outgoing.message.weight();
        Some(outgoing)
    }

    /// The window is far smaller than the id space, so a free id is near.
    fn free_id(&mut self) -> NonZeroU16 {
        loop {
            self.last_id = self.last_id.wrapping_add(1);
            if let Some(id) = NonZeroU16::new(self.last_id)
                && self.window.iter().all(|entry| entry.id != id)
            {
                return id;
            }
        }
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
