//! SUBSCRIBE and UNSUBSCRIBE.

use super::{Connection, End, Step};
use crate::codec::TooLarge;
use crate::packet::Fault;
use crate::space::TooMany;
use crate::topic::{Filter, is_reserved};
use crate::tree::Terms;
use bytestring::ByteString;
use rmqtt_codec::types::QoS;
use rmqtt_codec::v5::{
    DisconnectReasonCode, SubscribeAckReason, SubscriptionOptions, UnsubscribeAckReason,
};
use std::num::{NonZeroU16, NonZeroU32};
use tokio::io::{AsyncRead, AsyncWrite};

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<'_, Io> {
    /// Retained messages go to the queue of the session, so they follow the SUBACK.
    pub(super) fn subscribe(
        &mut self,
        id: NonZeroU16,
        filters: Vec<(ByteString, SubscriptionOptions)>,
        subscription_id: Option<NonZeroU32>,
    ) -> Step {
        let status: Result<Vec<_>, End> = filters
            .into_iter()
            .map(|(text, options)| self.subscribe_to(&text, options, subscription_id))
            .collect();
        let output = &mut self.wire.output;
        self.codec.put_suback(id, status?, output).map_err(no_room)
    }

    fn subscribe_to(
        &self,
        text: &ByteString,
        options: SubscriptionOptions,
        id: Option<NonZeroU32>,
    ) -> Result<SubscribeAckReason, End> {
        let Some(filter) = Filter::parse(text) else {
            return Ok(SubscribeAckReason::TopicFilterInvalid);
        };
        if filter.group.is_some() && options.no_local {
            return Err(Fault::protocol("no local on a shared subscription").into());
        }
        let handler = &self.broker.handler;
        if is_reserved(filter.pattern) || !handler.may_subscribe(&self.principal, filter.pattern) {
            return Ok(SubscribeAckReason::NotAuthorized);
        }
        let terms = Terms {
            qos: options.qos,
            no_local: options.no_local,
            retain_as_published: options.retain_as_published,
            id,
        };
        // In memory of its own: the filter is a slice of a read buffer.
        let text = ByteString::from(text.to_string());
        let handling = options.retain_handling;
        let subscribed = self.space.subscribe(
            &self.session,
            self.attachment,
            &text,
            filter,
            terms,
            handling,
        );
        Ok(match (subscribed, options.qos) {
            (Err(TooMany), _) => SubscribeAckReason::QuotaExceeded,
            (Ok(()), QoS::AtMostOnce) => SubscribeAckReason::GrantedQos0,
            (Ok(()), QoS::AtLeastOnce) => SubscribeAckReason::GrantedQos1,
            (Ok(()), QoS::ExactlyOnce) => SubscribeAckReason::GrantedQos2,
        })
    }

    pub(super) fn unsubscribe(&mut self, id: NonZeroU16, filters: &[ByteString]) -> Step {
        let status = filters
            .iter()
            .map(|text| self.unsubscribe_from(text))
            .collect();
        let output = &mut self.wire.output;
        self.codec.put_unsuback(id, status, output).map_err(no_room)
    }

    fn unsubscribe_from(&self, text: &ByteString) -> UnsubscribeAckReason {
        if Filter::parse(text).is_none() {
            return UnsubscribeAckReason::TopicFilterInvalid;
        }
        if self.space.unsubscribe(&self.session, self.attachment, text) {
            UnsubscribeAckReason::Success
        } else {
            UnsubscribeAckReason::NoSubscriptionExisted
        }
    }
}

/// An answer the client's own packet limit has no room for cannot be left out.
fn no_room(_: TooLarge) -> End {
    End::Closed(
        DisconnectReasonCode::PacketTooLarge,
        "an answer over the client's limit",
    )
}
