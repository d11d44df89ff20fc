//! What dialects say to their devices.

use super::Conversation;
use std::io;
use tokio::time::Interval;
use vigie_contract::Outbound;

impl Conversation<'_> {
    /// After the subscriptions, so that no answer is missed.
    pub(super) fn say_first(&mut self) -> io::Result<()> {
        if self.says.is_none() {
            return Ok(());
        }
        let words = self.routes.opened(self.session.clock.stamp());
        self.put_all(&words)
    }

    pub(super) fn say(&mut self) -> io::Result<()> {
        if self.says.is_none() {
            return Ok(());
        }
        let words = self.routes.say(self.session.clock.stamp());
        self.put_all(&words)
    }

    pub(super) fn say_last(&mut self) -> io::Result<()> {
        let words = self.routes.closing(self.session.clock.stamp());
        self.put_all(&words)
    }

    fn put_all(&mut self, messages: &[Outbound]) -> io::Result<()> {
        for message in messages {
            let id = self.next_id();
            self.wire.put(self.config.version.publish(id, message))?;
        }
        Ok(())
    }
}

/// Once a second; never where nobody has a say.
pub(super) async fn turn(says: &mut Option<Interval>) {
    match says {
        Some(says) => _ = says.tick().await,
        None => std::future::pending().await,
    }
}
