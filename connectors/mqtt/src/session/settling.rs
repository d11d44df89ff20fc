//! Settled batches: acknowledged while the connection lives, remembered when it is gone.

use super::Conversation;
use crate::batch::Settled;
use futures_util::stream::StreamExt;
use std::io;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(PartialEq, Eq)]
pub(super) enum Sink {
    Open,
    Closed,
}

impl Conversation<'_> {
    pub(super) fn acknowledge(&mut self, settled: &Settled) -> io::Result<Sink> {
        self.messages_in_work -= settled.messages;
        self.readings_in_work -= settled.readings;
        let Some(settlement) = settled.settlement else {
            return Ok(Sink::Closed);
        };
        self.recent.settle(&settled.ids);
        let refused = u64::from(settlement.refused);
        self.session
            .status
            .update(|status| status.refused += refused);
        for &id in &settled.ids {
            self.wire.put(self.config.version.acknowledge(id))?;
        }
        Ok(Sink::Open)
    }

    /// Settles what is in work, acknowledges it and says goodbye; what takes too long comes again.
    pub(super) async fn drain(&mut self) {
        let deadline = Instant::now() + DRAIN_TIMEOUT;
        while !self.unsettled.is_empty() {
            let settled = timeout_at(deadline, self.unsettled.next()).await;
            let Ok(Some(settled)) = settled else { break };
            if !matches!(self.acknowledge(&settled), Ok(Sink::Open)) {
                break;
            }
        }
        if self.say_last().is_ok()
            && self.wire.put(self.config.version.goodbye()).is_ok()
            && let Err(error) = self.wire.flush().await
        {
            tracing::debug!(%error, "goodbye not sent");
        }
    }

    /// The connection is gone: what is in work is sent again by the broker, and not to be
    /// stored again where it is known by then.
    pub(super) async fn settle_unacknowledged(&mut self) {
        let deadline = Instant::now() + DRAIN_TIMEOUT;
        while !self.unsettled.is_empty() {
            let settled = timeout_at(deadline, self.unsettled.next()).await;
            let Ok(Some(settled)) = settled else { break };
            if settled.settlement.is_some() {
                self.recent.settle(&settled.ids);
            }
        }
    }
}
