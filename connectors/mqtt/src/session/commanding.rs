//! Commands on their way out, and what the trace shows of a session.

use super::Conversation;
use std::io;
use tokio::time::{Instant, sleep_until};
use vigie_contract::{Command, Delivery, Direction, Outbound};

impl Conversation<'_> {
    /// Only what can be confirmed is sent: while subscriptions stand and few commands wait.
    pub(super) fn takes_commands(&self) -> bool {
        self.subscribing == 0 && self.awaited.has_room()
    }

    /// Publishes a command, once.
    pub(super) fn command(&mut self, command: Command) -> io::Result<()> {
        let now_us = self.session.clock.stamp();
        let leaving = match self.commands.leaving(&command, self.routes, now_us) {
            Ok(leaving) => leaving,
            Err(fault) => {
                command.failed(fault);
                return Ok(());
            }
        };
        let id = self.next_id();
        self.note_out(&leaving.message);
        let packet = (leaving.message.qos > 0).then_some(id);
        let publish = self.config.version.publish(id, &leaving.message);
        self.awaited.left(command, leaving, packet);
        self.wire.put(publish)
    }

    pub(super) fn note_out(&self, message: &Outbound) {
        let at = self.session.clock.stamp();
        self.session.trace.note(at, Direction::Out, || {
            let words = format!("QoS {}", message.qos);
            (message.topic.to_string(), &message.payload, words)
        });
    }

    /// `before`: how many readings and refusals there were before this message.
    pub(super) fn note_in(
        &self,
        at_us: i64,
        topic: &str,
        payload: &[u8],
        delivery: &Delivery,
        before: (usize, usize),
    ) {
        let shown = self.routes.presentable(topic, payload);
        self.session.trace.note(at_us, Direction::In, || {
            (topic.to_owned(), &*shown, delivery.since(before))
        });
    }
}

/// Waits for an instant; for ever without one.
pub(super) async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
