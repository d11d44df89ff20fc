//! A PUBLISH in: checked, handed over, and acknowledged once it is settled.

use super::{Connection, End, Step};
use crate::codec::Ack;
use crate::packet::Fault;
use crate::session::Session;
use crate::settle::{Batch, Receipt, Settled, Settlement};
use crate::space::Space;
use crate::topic::{is_reserved, is_topic};
use crate::{CommitError, Message, Metrics, Packet, Properties, Protocol, QoS, Refusal};
use rmqtt_codec::types::Publish;
use rmqtt_codec::v5::{DisconnectReasonCode, PublishProperties};
use std::num::NonZeroU16;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<'_, Io> {
    pub(super) fn publish(&mut self, publish: Publish, batch: &mut Batch) -> Step {
        let (id, is_again) = (publish.packet_id, publish.dup);
        let message = self.message_of(publish)?;
        let metrics = &self.space.metrics;
        metrics.received(&message);
        if id.is_some() {
            self.unacknowledged += 1;
        }
        if is_reserved(&message.topic) || !self.may_publish(&message) {
            metrics.refused_topic.one();
            batch.refuse(id, message.qos, Refusal::NotAuthorized);
            return Ok(());
        }
        match (id, message.qos) {
            (Some(id), QoS::ExactlyOnce) => self.publish_once(message, id, batch),
            (Some(id), QoS::AtLeastOnce) => {
                self.publish_at_least_once(message, id, is_again, batch);
            }
            _ => batch.commit(message, id),
        }
        Ok(())
    }

    fn may_publish(&self, message: &Message) -> bool {
        let handler = &self.broker.handler;
        handler.may_publish(&self.principal, &message.topic)
    }

    /// QoS 2: a packet id that is between PUBLISH and PUBREL is not committed again.
    fn publish_once(&mut self, message: Message, id: NonZeroU16, batch: &mut Batch) {
        let Some(mut session) = self.session.lock_as(self.attachment) else {
            return; // Taken over: nobody is left to answer.
        };
        if let Some(receipt) = session.receipts.get(&id) {
            return batch.again(id, message.qos, receipt.clone());
        }
        let receipt = batch.commit_with_receipt(message, id);
        session.receipts.insert(id, receipt);
    }

    /// QoS 1: a packet that is sent again is answered with the verdict on the first.
    fn publish_at_least_once(
        &mut self,
        message: Message,
        id: NonZeroU16,
        is_again: bool,
        batch: &mut Batch,
    ) {
        let Some(mut session) = self.session.lock_as(self.attachment) else {
            return batch.commit(message, Some(id)); // Taken over: it is stored, and not answered.
        };
        let recent = &mut session.recent;
        let fingerprint = recent.fingerprint(&message);
        if is_again && let Some(receipt) = recent.find(id, fingerprint) {
            self.space.metrics.repeated.one();
            return batch.again(id, message.qos, receipt);
        }
        let most = self.broker.limits.max_in_flight.into();
        let receipt = batch.commit_with_receipt(message, id);
        recent.remember(id, fingerprint, receipt, Instant::now(), most);
    }

    /// Checks what the codec does not, and turns the packet into a message.
    fn message_of(&mut self, publish: Publish) -> Result<Message, End> {
        if publish.dup && publish.qos == QoS::AtMostOnce {
            return Err(Fault::malformed("a duplicate of QoS 0").into());
        }
        let limits = &self.broker.limits;
        let is_v5 = self.codec.protocol() == Protocol::V5;
        if is_v5
            && publish.packet_id.is_some()
            && self.unacknowledged >= limits.max_in_flight.into()
        {
            let reason = DisconnectReasonCode::ReceiveMaximumExceeded;
            return Err(End::Closed(reason, "more in flight than agreed"));
        }
        let properties = publish.properties.unwrap_or_default();
        let (alias, max) = (properties.topic_alias, limits.max_topic_aliases);
        let topic = self.aliases.resolve(publish.topic, alias, max)?;
        if !is_topic(&topic) {
            let reason = DisconnectReasonCode::TopicNameInvalid;
            return Err(End::Closed(reason, "a topic that cannot be published to"));
        }
        Ok(Message {
            topic,
            payload: publish.payload,
            qos: publish.qos,
            retain: publish.retain,
            expires_at: properties
                .message_expiry_interval
                .map(|seconds| Instant::now() + Duration::from_secs(seconds.get().into())),
            properties: attached_properties(properties)?,
            packet: publish.packet_id.map(|id| Packet {
                id,
                is_again: publish.dup,
            }),
        })
    }

    /// Shows a settled batch to subscribers and acknowledges it, in the order it came.
    pub(super) fn acknowledge(&mut self, settled: Settled) -> Step {
        show(&self.space, &self.session, &settled);
        if settled.timed_out {
            self.space.metrics.commit_timeouts.one();
            return Err(End::Dropped("the handler did not answer in time"));
        }
        for verdict in &settled.verdicts {
            self.answer(*verdict)?;
        }
        Ok(())
    }

    fn answer(&mut self, verdict: Settlement) -> Step {
        let Some((ack, id)) = verdict.ack() else {
            return Ok(());
        };
        let failed = verdict.outcome == Err(CommitError::Retry);
        if failed && self.codec.protocol() == Protocol::V3 {
            return Err(End::Dropped("not stored: the client sends again"));
        }
        let reason = verdict.reason();
        if matches!(ack, Ack::Publish) || reason != 0 {
            self.unacknowledged = self.unacknowledged.saturating_sub(1);
        }
        let output = &mut self.wire.output;
        self.codec.put_ack(ack, id, reason, output);
        self.space.metrics.acknowledged.one();
        Ok(())
    }

    /// PUBREL: the packet id is free again.
    pub(super) fn release(&mut self, id: NonZeroU16) {
        let known: Option<Receipt> = self
            .session
            .lock_as(self.attachment)
            .and_then(|mut session| session.receipts.remove(&id));
        if known.is_some() {
            self.unacknowledged = self.unacknowledged.saturating_sub(1);
        }
        let reason = if known.is_some() {
            0
        } else {
            PACKET_ID_NOT_FOUND
        };
        let output = &mut self.wire.output;
        self.codec.put_ack(Ack::Complete, id, reason, output);
    }
}

/// MQTT 5 reason of a PUBREL or PUBCOMP for an id nobody knows.
pub(super) const PACKET_ID_NOT_FOUND: u8 = 0x92;

/// What is done with a settled batch whether its client is still there or not.
pub(super) fn show(space: &Space, session: &Session, settled: &Settled) {
    space.route(settled.committed(), Some(&session.key));
    let failed: Vec<_> = settled.failed_receipts().collect();
    if !failed.is_empty() {
        let mut state = session.lock();
        for id in failed {
            state.receipts.remove(&id);
        }
    }
    count(&space.metrics, settled);
}

fn count(metrics: &Metrics, settled: &Settled) {
    metrics.committed.add(settled.committed().count() as u64);
    for outcome in settled.failures() {
        match outcome {
            CommitError::Retry => metrics.not_stored.one(),
            CommitError::Refused(_) => metrics.refused.one(),
        }
    }
}

fn attached_properties(properties: PublishProperties) -> Result<Option<Box<Properties>>, Fault> {
    if !properties.subscription_ids.is_empty() {
        return Err(Fault::protocol("a subscription identifier from a client"));
    }
    if properties
        .response_topic
        .as_ref()
        .is_some_and(|topic| !is_topic(topic))
    {
        return Err(Fault::protocol("a response topic with wildcards"));
    }
    let attached = Properties {
        payload_is_utf8: properties.is_utf8_payload,
        content_type: properties.content_type,
        response_topic: properties.response_topic,
        correlation_data: properties.correlation_data,
        user_properties: properties.user_properties,
    };
    Ok((attached != Properties::default()).then(|| Box::new(attached)))
}
