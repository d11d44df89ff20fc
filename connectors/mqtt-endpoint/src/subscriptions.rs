//! Subscribing to a space and leaving again.

use crate::outbox::{Outgoing, Room};
use crate::session::{Attachment, Session};
use crate::space::{Space, TooMany};
use crate::topic::Filter;
use crate::tree::Terms;
use bytestring::ByteString;
use rmqtt_codec::v5::RetainHandling;
use std::sync::Arc;
use tokio::time::Instant;

impl Space {
    /// Subscribes and queues the retained messages that belong to it; `Err` when there are too many.
    pub(crate) fn subscribe(
        &self,
        session: &Session,
        attachment: Attachment,
        text: &ByteString,
        filter: Filter<'_>,
        terms: Terms,
        handling: RetainHandling,
    ) -> Result<(), TooMany> {
        let mut space = self.lock();
        let mut state = session.lock_as(attachment).ok_or(TooMany)?;
        let is_new = !state.subscriptions.contains(text);
        if is_new && state.subscriptions.len() >= self.limits.max_subscriptions {
            return Err(TooMany);
        }
        state.subscriptions.insert(text.clone());
        let key = session.key.clone();
        space.subscriptions.insert(filter, key, terms);
        let wanted = match handling {
            RetainHandling::AtSubscribe => true,
            RetainHandling::AtSubscribeNew => is_new,
            RetainHandling::NoAtSubscribe => false,
        };
        if !wanted || filter.group.is_some() {
            return Ok(());
        }
        let room = Room::for_retained(&self.limits);
        for message in space.retained.matching(filter.pattern, Instant::now()) {
            let outgoing = Outgoing {
                qos: message.qos.less_value(terms.qos),
                retain: true,
                subscription_ids: terms.id.into_iter().collect(),
                message: Arc::clone(message),
                report: None,
            };
            if state.outbox.push(outgoing, room).is_err() {
                self.metrics.dropped_queue_full.one();
            }
        }
        Ok(())
    }

    /// `false` when there was no such subscription.
    pub(crate) fn unsubscribe(
        &self,
        session: &Session,
        attachment: Attachment,
        text: &ByteString,
    ) -> bool {
        let mut space = self.lock();
        let Some(mut state) = session.lock_as(attachment) else {
            return false;
        };
        let (true, Some(filter)) = (state.subscriptions.remove(text), Filter::parse(text)) else {
            return false;
        };
        space.subscriptions.remove(filter, &session.key)
    }
}
