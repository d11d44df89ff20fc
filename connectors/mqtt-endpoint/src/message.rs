//! One application message, as the handler and the router see it.

use bytes::Bytes;
use bytestring::ByteString;
use rmqtt_codec::types::QoS;
use std::num::NonZeroU16;
use tokio::time::Instant;

/// A message on its way through a topic space. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where it was published.
    pub topic: ByteString,
    /// The bytes.
    pub payload: Bytes,
    /// How it was published.
    pub qos: QoS,
    /// Whether it replaces the retained message of its topic (an empty payload clears it).
    pub retain: bool,
    /// After this instant it is not delivered to anybody any more.
    pub expires_at: Option<Instant>,
    /// What MQTT 5 lets a publisher attach; boxed because it is rare.
    pub properties: Option<Box<Properties>>,
    /// Of QoS 1 and 2, the packet it came in.
    pub packet: Option<Packet>,
}

/// The PUBLISH that a message came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// Its id, used again and again by its device.
    pub id: NonZeroU16,
    /// Whether the device says that it sent it before.
    pub is_again: bool,
}

/// The properties of a PUBLISH a server must hand on unaltered (MQTT 5.0, 3.3.2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Properties {
    /// Payload format indicator: the payload is UTF-8.
    pub payload_is_utf8: bool,
    /// MIME type or name of the content.
    pub content_type: Option<ByteString>,
    /// Where an answer is expected.
    pub response_topic: Option<ByteString>,
    /// What the answer must carry.
    pub correlation_data: Option<Bytes>,
    /// Name and value pairs, in order.
    pub user_properties: Vec<(ByteString, ByteString)>,
}

impl Message {
    /// A plain message.
    pub fn new(topic: impl Into<ByteString>, payload: impl Into<Bytes>, qos: QoS) -> Self {
        Self {
            topic: topic.into(),
            payload: payload.into(),
            qos,
            retain: false,
            expires_at: None,
            properties: None,
            packet: None,
        }
    }

    /// The same message in memory of its own.
    ///
    /// Topic and payload of a received message are slices of a read buffer; whoever keeps
    /// the message longer than a turn would keep the whole buffer alive.
    pub(crate) fn detached(&self) -> Self {
        let mut bytes = Vec::with_capacity(self.topic.len() + self.payload.len());
        bytes.extend_from_slice(self.topic.as_bytes());
        bytes.extend_from_slice(&self.payload);
        let mut payload = Bytes::from(bytes);
        let topic = payload.split_to(self.topic.len());
        Self {
            topic: ByteString::try_from(topic).unwrap_or_else(|_| self.topic.clone()),
            payload,
            ..self.clone()
        }
    }

    /// Bytes this message occupies in a queue, near enough for a limit.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.topic.len() + self.payload.len()
    }

    pub(crate) fn is_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }
}
