//! SUBSCRIBE to what the routes want, UNSUBSCRIBE from what they wanted once.

use super::Conversation;
use std::io;
use vigie_contract::Health;

/// Filters in one packet; some brokers take no more.
const FILTERS_PER_PACKET: usize = 8;

impl Conversation<'_> {
    pub(super) fn subscribe(&mut self) -> io::Result<()> {
        let filters = std::mem::take(&mut self.filters);
        for some in filters.unwanted.chunks(FILTERS_PER_PACKET) {
            let id = self.next_id();
            self.wire.put(self.config.version.unsubscribe(id, some))?;
            self.unsubscribing += 1;
        }
        for some in filters.wanted.chunks(FILTERS_PER_PACKET) {
            let id = self.next_id();
            self.wire.put(self.config.version.subscribe(id, some))?;
            self.subscribing += 1;
        }
        self.filters = filters;
        self.is_connected();
        Ok(())
    }

    pub(super) fn subscribed(&mut self, refused: usize) {
        self.subscribing = self.subscribing.saturating_sub(1);
        if refused > 0 {
            let words = format!("the broker refused {refused} of the topic filters");
            tracing::warn!(refused, "subscription refused");
            self.session
                .status
                .update(|status| status.last_error = Some(words));
        }
        self.is_connected();
    }

    /// Says so once every subscription is answered.
    pub(super) fn is_connected(&self) {
        if self.subscribing == 0 {
            self.session
                .status
                .update(|status| status.health = Health::Connected);
        }
    }
}
