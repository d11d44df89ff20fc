//! Bytes to packets and back, in the version the client speaks.

use crate::outbox::Outgoing;
use crate::packet::{Fault, Packet};
use crate::words::{fault_of, return_code, suback_code};
use crate::{Message, Protocol};
use bytes::{BufMut, BytesMut};
use rmqtt_codec::error::EncodeError;
use rmqtt_codec::types::Publish;
use rmqtt_codec::v5::{
    DisconnectReasonCode, PublishProperties, SubscribeAckReason, UnsubscribeAckReason,
};
use rmqtt_codec::{v3, v5};
use std::num::{NonZeroU16, NonZeroU32};
use tokio::time::Instant;
use tokio_util::codec::{Decoder, Encoder};

/// Reads and writes packets of one connection.
#[derive(Debug)]
pub(crate) struct Codec {
    version: Version,
    /// The largest packet the client takes, header included.
    max_outbound: usize,
}

#[derive(Debug)]
enum Version {
    V3(v3::Codec),
    V5(v5::Codec),
}

/// The packet is larger than the client takes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// The four acknowledgements that are nothing but a packet id and, in MQTT 5, a reason.
#[derive(Debug, Clone, Copy)]
#[repr(u8)]
pub(crate) enum Ack {
    Publish = 0x40,
    Received = 0x50,
    Release = 0x62,
    Complete = 0x70,
}

impl Codec {
    /// Takes packets of up to `max_inbound` bytes until [`Self::set_limits`].
    pub(crate) fn new(protocol: Protocol, max_inbound: u32) -> Self {
        let version = match protocol {
            Protocol::V3 => Version::V3(v3::Codec::new(max_inbound)),
            Protocol::V5 => Version::V5(v5::Codec::new(max_inbound, 0)),
        };
        Self {
            version,
            max_outbound: usize::MAX,
        }
    }

    pub(crate) fn set_limits(&mut self, max_inbound: u32, max_outbound: Option<NonZeroU32>) {
        match &mut self.version {
            Version::V3(codec) => codec.set_max_size(max_inbound),
            Version::V5(codec) => codec.set_max_inbound_size(max_inbound),
        }
        self.max_outbound = max_outbound.map_or(usize::MAX, |max| max.get() as usize);
    }

    pub(crate) fn protocol(&self) -> Protocol {
        match self.version {
            Version::V3(_) => Protocol::V3,
            Version::V5(_) => Protocol::V5,
        }
    }

    /// The next whole packet, if there is one.
    pub(crate) fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Packet>, Fault> {
        match &mut self.version {
            Version::V3(codec) => {
                let decoded = codec.decode(input).map_err(|error| fault_of(&error))?;
                decoded.map(|(packet, _)| packet.try_into()).transpose()
            }
            Version::V5(codec) => {
                let decoded = codec.decode(input).map_err(|error| fault_of(&error))?;
                decoded.map(|(packet, _)| packet.try_into()).transpose()
            }
        }
    }

    /// Writes an acknowledgement; MQTT 3 has no word for the reason.
    pub(crate) fn put_ack(&self, ack: Ack, id: NonZeroU16, reason: u8, output: &mut BytesMut) {
        let with_reason = reason != 0 && self.protocol() == Protocol::V5;
        output.put_u8(ack as u8);
        output.put_u8(2 + u8::from(with_reason));
        output.put_u16(id.get());
        if with_reason {
            output.put_u8(reason);
        }
    }

    pub(crate) fn put_pong(output: &mut BytesMut) {
        output.put_slice(&[0xD0, 0]);
    }

    /// Writes a DISCONNECT with a reason; MQTT 3 servers just close.
    pub(crate) fn put_disconnect(&self, reason: DisconnectReasonCode, output: &mut BytesMut) {
        if self.protocol() == Protocol::V5 {
            output.put_slice(&[0xE0, 1, reason.into()]);
        }
    }

    pub(crate) fn put_connack(
        &mut self,
        ack: v5::ConnectAck,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        let in_v3 = v3::Packet::ConnectAck(v3::ConnectAck {
            session_present: ack.session_present,
            return_code: return_code(ack.reason_code),
        });
        self.put(in_v3, || ack.into(), output)
    }

    pub(crate) fn put_suback(
        &mut self,
        packet_id: NonZeroU16,
        status: Vec<SubscribeAckReason>,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        let codes = status.iter().map(|reason| suback_code(*reason)).collect();
        let in_v3 = v3::Packet::SubscribeAck {
            packet_id,
            status: codes,
        };
        let in_v5 = || {
            v5::Packet::SubscribeAck(v5::SubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status,
            })
        };
        self.put(in_v3, in_v5, output)
    }

    pub(crate) fn put_unsuback(
        &mut self,
        packet_id: NonZeroU16,
        status: Vec<UnsubscribeAckReason>,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        let in_v5 = || {
            v5::Packet::UnsubscribeAck(v5::UnsubscribeAck {
                packet_id,
                properties: Vec::new(),
                reason_string: None,
                status,
            })
        };
        self.put(v3::Packet::UnsubscribeAck { packet_id }, in_v5, output)
    }

    /// Writes a PUBLISH: `id` for QoS 1 and 2, `again` for one sent before.
    pub(crate) fn put_publish(
        &mut self,
        outgoing: &Outgoing,
        id: Option<NonZeroU16>,
        again: bool,
        now: Instant,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        let message = &outgoing.message;
        let publish = Box::new(Publish {
            dup: again,
            retain: outgoing.retain,
            qos: outgoing.qos,
            topic: message.topic.clone(),
            packet_id: id,
            payload: message.payload.clone(),
            properties: (self.protocol() == Protocol::V5)
                .then(|| properties_of(message, &outgoing.subscription_ids, now)),
        });
        let start = output.len();
        let written = match &mut self.version {
            Version::V3(codec) => codec.encode(v3::Packet::Publish(publish), output),
            Version::V5(codec) => codec.encode(v5::Packet::Publish(publish), output),
        };
        self.check(written, start, output)
    }

    fn put(
        &mut self,
        in_v3: v3::Packet,
        in_v5: impl FnOnce() -> v5::Packet,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        let start = output.len();
        let written = match &mut self.version {
            Version::V3(codec) => codec.encode(in_v3, output),
            Version::V5(codec) => codec.encode(in_v5(), output),
        };
        self.check(written, start, output)
    }

    /// Takes back what the client would not take. The codec's own limit is not used: with a
    /// small one its arithmetic wraps around.
    fn check(
        &self,
        written: Result<(), EncodeError>,
        start: usize,
        output: &mut BytesMut,
    ) -> Result<(), TooLarge> {
        if written.is_ok() && output.len() - start <= self.max_outbound {
            return Ok(());
        }
        output.truncate(start);
        Err(TooLarge)
    }
}

fn properties_of(
    message: &Message,
    subscription_ids: &[NonZeroU32],
    now: Instant,
) -> PublishProperties {
    let attached = message.properties.as_deref().cloned().unwrap_or_default();
    let seconds_left = message
        .expires_at
        .map(|at| at.saturating_duration_since(now).as_secs_f64().ceil() as u32);
    PublishProperties {
        topic_alias: None,
        correlation_data: attached.correlation_data,
        message_expiry_interval: seconds_left.and_then(NonZeroU32::new),
        content_type: attached.content_type,
        user_properties: attached.user_properties,
        is_utf8_payload: attached.payload_is_utf8,
        response_topic: attached.response_topic,
        subscription_ids: subscription_ids.to_vec(),
    }
}
