//! What a client can say, whichever version it speaks.

use crate::Protocol;
use bytestring::ByteString;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::v5::{self, DisconnectReasonCode, RetainHandling, SubscriptionOptions};
use rmqtt_codec::{v3, v5::PublishAckReason};
use std::num::{NonZeroU16, NonZeroU32};

/// One packet of a client. MQTT 3 is told in the words of MQTT 5.
#[derive(Debug)]
pub(crate) enum Packet {
    Connect(Box<v5::Connect>),
    Publish(Box<Publish>),
    /// PUBACK, or PUBREC with an error: the client is done with this id.
    Done(NonZeroU16),
    /// PUBREC
    Received(NonZeroU16),
    /// PUBREL
    Release(NonZeroU16),
    /// PUBCOMP
    Complete(NonZeroU16),
    Subscribe {
        id: NonZeroU16,
        filters: Vec<(ByteString, SubscriptionOptions)>,
        subscription_id: Option<NonZeroU32>,
    },
    Unsubscribe {
        id: NonZeroU16,
        filters: Vec<ByteString>,
    },
    Ping,
    Disconnect(v5::Disconnect),
}

/// The client broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub(crate) struct Fault {
    pub(crate) reason: DisconnectReasonCode,
    pub(crate) what: &'static str,
}

impl Fault {
    pub(crate) const fn new(reason: DisconnectReasonCode, what: &'static str) -> Self {
        Self { reason, what }
    }

    pub(crate) const fn protocol(what: &'static str) -> Self {
        Self::new(DisconnectReasonCode::ProtocolError, what)
    }

    pub(crate) const fn malformed(what: &'static str) -> Self {
        Self::new(DisconnectReasonCode::MalformedPacket, what)
    }
}

impl TryFrom<v3::Packet> for Packet {
    type Error = Fault;

    fn try_from(packet: v3::Packet) -> Result<Self, Fault> {
        Ok(match packet {
            v3::Packet::Connect(connect) => Self::Connect(Box::new(connect_of_v3(*connect)?)),
            v3::Packet::Publish(publish) => Self::Publish(publish),
            v3::Packet::PublishAck { packet_id } => Self::Done(packet_id),
            v3::Packet::PublishReceived { packet_id } => Self::Received(packet_id),
            v3::Packet::PublishRelease { packet_id } => Self::Release(packet_id),
            v3::Packet::PublishComplete { packet_id } => Self::Complete(packet_id),
            v3::Packet::Subscribe {
                packet_id,
                topic_filters,
            } => Self::Subscribe {
                id: packet_id,
                filters: topic_filters.into_iter().map(options_of_v3).collect(),
                subscription_id: None,
            },
            v3::Packet::Unsubscribe {
                packet_id,
                topic_filters,
            } => Self::Unsubscribe {
                id: packet_id,
                filters: topic_filters,
            },
            v3::Packet::PingRequest => Self::Ping,
            v3::Packet::Disconnect => Self::Disconnect(v5::Disconnect::default()),
            v3::Packet::ConnectAck(_)
            | v3::Packet::SubscribeAck { .. }
            | v3::Packet::UnsubscribeAck { .. }
            | v3::Packet::PingResponse => return Err(NOT_FROM_CLIENT),
        })
    }
}

impl TryFrom<v5::Packet> for Packet {
    type Error = Fault;

    fn try_from(packet: v5::Packet) -> Result<Self, Fault> {
        Ok(match packet {
            v5::Packet::Connect(connect) => Self::Connect(connect),
            v5::Packet::Publish(publish) => Self::Publish(publish),
            v5::Packet::PublishAck(ack) => Self::Done(ack.packet_id),
            v5::Packet::PublishReceived(ack) => match ack.reason_code {
                PublishAckReason::Success | PublishAckReason::NoMatchingSubscribers => {
                    Self::Received(ack.packet_id)
                }
                _ => Self::Done(ack.packet_id),
            },
            v5::Packet::PublishRelease(ack) => Self::Release(ack.packet_id),
            v5::Packet::PublishComplete(ack) => Self::Complete(ack.packet_id),
            v5::Packet::Subscribe(subscribe) => Self::Subscribe {
                id: subscribe.packet_id,
                filters: subscribe.topic_filters,
                subscription_id: subscribe.id,
            },
            v5::Packet::Unsubscribe(unsubscribe) => Self::Unsubscribe {
                id: unsubscribe.packet_id,
                filters: unsubscribe.topic_filters,
            },
            v5::Packet::PingRequest => Self::Ping,
            v5::Packet::Disconnect(disconnect) => Self::Disconnect(disconnect),
            v5::Packet::ConnectAck(_)
            | v5::Packet::SubscribeAck(_)
            | v5::Packet::UnsubscribeAck(_)
            | v5::Packet::PingResponse => return Err(NOT_FROM_CLIENT),
            v5::Packet::Auth(_) => {
                return Err(Fault::protocol("AUTH without enhanced authentication"));
            }
        })
    }
}

const NOT_FROM_CLIENT: Fault = Fault::protocol("a packet only a server may send");

/// MQTT 3 subscribes as MQTT 5 does with these options (MQTT 3.1.1, 3.8).
fn options_of_v3((filter, qos): (ByteString, QoS)) -> (ByteString, SubscriptionOptions) {
    let options = SubscriptionOptions {
        qos,
        no_local: false,
        retain_as_published: false,
        retain_handling: RetainHandling::AtSubscribe,
    };
    (filter, options)
}

/// A session of MQTT 3 ends with its connection (clean) or never (`u32::MAX`: as long as the server keeps it).
fn connect_of_v3(connect: v3::Connect) -> Result<v5::Connect, Fault> {
    if connect.password.is_some() && connect.username.is_none() {
        return Err(Fault::protocol("a password without a user name"));
    }
    Ok(v5::Connect {
        clean_start: connect.clean_session,
        session_expiry_interval_secs: if connect.clean_session { 0 } else { u32::MAX },
        keep_alive: connect.keep_alive,
        last_will: connect.last_will.map(will_of_v3),
        client_id: connect.client_id,
        username: connect.username,
        password: connect.password,
        ..v5::Connect::default()
    })
}

fn will_of_v3(will: v3::LastWill) -> v5::LastWill {
    v5::LastWill {
        qos: will.qos,
        retain: will.retain,
        topic: will.topic,
        message: will.message,
        will_delay_interval_sec: None,
        correlation_data: None,
        message_expiry_interval: None,
        content_type: None,
        user_properties: Vec::new(),
        is_utf8_payload: None,
        response_topic: None,
    }
}

/// Reads the version from the first bytes of a CONNECT; `None` when there are too few.
pub(crate) fn sniff(bytes: &[u8]) -> Result<Option<Protocol>, Stranger> {
    let Some(first) = bytes.first() else {
        return Ok(None);
    };
    if *first != 0x10 {
        return Err(Stranger::NotMqtt);
    }
    let Some(length_end) = bytes.iter().skip(1).position(|byte| byte & 0x80 == 0) else {
        return if bytes.len() > 4 {
            Err(Stranger::NotMqtt)
        } else {
            Ok(None)
        };
    };
    let body = &bytes[length_end + 2..];
    for (name, v3_level) in [(&b"\0\x04MQTT"[..], 4), (&b"\0\x06MQIsdp"[..], 3)] {
        let shared = body.len().min(name.len());
        if body[..shared] != name[..shared] {
            continue;
        }
        return match body.get(name.len()) {
            None => Ok(None),
            Some(5) if v3_level == 4 => Ok(Some(Protocol::V5)),
            Some(level) if *level == v3_level => Ok(Some(Protocol::V3)),
            Some(level) => Err(Stranger::OtherVersion(*level)),
        };
    }
    Err(Stranger::NotMqtt)
}

/// Whoever opened the connection does not speak our MQTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stranger {
    NotMqtt,
    OtherVersion(u8),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_any_prefix_of_a_connect() {
        for (bytes, expected) in [
            (&b"\x10\x0c\0\x04MQTT\x04"[..], Protocol::V3),
            (&b"\x10\xff\xff\x01\0\x04MQTT\x05"[..], Protocol::V5),
            (&b"\x10\x0c\0\x06MQIsdp\x03"[..], Protocol::V3),
        ] {
            for end in 0..bytes.len() {
                assert_eq!(sniff(&bytes[..end]), Ok(None), "{end} bytes");
            }
            assert_eq!(sniff(bytes), Ok(Some(expected)));
        }
    }

    #[test]
    fn strangers_are_told_apart() {
        for bytes in [
            &b"GET / HTTP/1.1"[..],
            b"\x16\x03\x01",
            b"\x10\xff\xff\xff\xff\xff",
            b"\x10\x04\0\x04HTTP",
        ] {
            assert_eq!(sniff(bytes), Err(Stranger::NotMqtt), "{bytes:?}");
        }
        assert_eq!(
            sniff(b"\x10\x0c\0\x04MQTT\x06"),
            Err(Stranger::OtherVersion(6))
        );
    }
}
