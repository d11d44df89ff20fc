//! One vocabulary for both protocol versions.

use crate::{MqttConfig, Version};
use bytes::Bytes;
use bytestring::ByteString;
use rmqtt_codec::types::{Publish, QoS};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use secrecy::ExposeSecret;
use std::num::{NonZeroU16, NonZeroU32};
use vigie_contract::Outbound;

/// The largest packet MQTT allows (5.0, 2.1.4): nothing a broker sends is ever too large to skip.
const LARGEST_PACKET: u32 = 268_435_455 + 5;

/// What a broker says, in the words of this connector.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// CONNACK: whether the broker kept the session; the refusal in words.
    Welcome(Result<bool, String>),
    /// SUBACK: how many filters were refused.
    Subscribed { refused: usize },
    /// UNSUBACK.
    Unsubscribed,
    /// PUBLISH.
    Message {
        topic: ByteString,
        payload: Bytes,
        id: Option<NonZeroU16>,
        /// Sent before, as far as the broker knows.
        is_again: bool,
    },
    /// A PUBLISH that was skipped because of its size.
    TooLarge {
        topic: String,
        size: u32,
        excerpt: Vec<u8>,
        id: Option<NonZeroU16>,
    },
    /// PUBACK for a message of ours; why it was not taken, in words.
    Delivered {
        id: NonZeroU16,
        refusal: Option<String>,
    },
    /// PINGRESP and what needs no answer.
    Quiet,
    /// The broker says goodbye, in words.
    Goodbye(String),
}

impl Version {
    pub(crate) fn codec(self) -> MqttCodec {
        match self {
            Self::V4 => MqttCodec::V3(v3::Codec::new(0)),
            Self::V5 => MqttCodec::V5(v5::Codec::new(0, 0)),
        }
    }

    /// `will`: what the broker shall say when we are lost.
    pub(crate) fn connect(self, config: &MqttConfig, will: Option<Outbound>) -> MqttPacket {
        let client_id = ByteString::from(config.client_id.clone().unwrap_or_default());
        let username = config.username.clone().map(ByteString::from);
        let secret = config.password.as_ref();
        let password = secret.map(|secret| Bytes::from(secret.expose_secret().to_owned()));
        let keep_alive = config.keep_alive_s;
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::Connect(Box::new(v3::Connect {
                clean_session: !config.persistent,
                keep_alive,
                client_id,
                username,
                password,
                last_will: will.map(|will| v3::LastWill {
                    qos: quality(&will),
                    retain: will.retain,
                    topic: ByteString::from(&*will.topic),
                    message: will.payload.into(),
                }),
                ..v3::Connect::default()
            }))),
            Self::V5 => MqttPacket::V5(v5::Packet::Connect(Box::new(v5::Connect {
                clean_start: !config.persistent,
                session_expiry_interval_secs: if config.persistent {
                    config.session_expiry_s
                } else {
                    0
                },
                keep_alive,
                client_id,
                username,
                password,
                last_will: will.map(|will| v5::LastWill {
                    qos: quality(&will),
                    retain: will.retain,
                    topic: ByteString::from(&*will.topic),
                    message: will.payload.into(),
                    will_delay_interval_sec: None,
                    correlation_data: None,
                    message_expiry_interval: None,
                    content_type: None,
                    user_properties: Vec::new(),
                    is_utf8_payload: None,
                    response_topic: None,
                }),
                receive_max: NonZeroU16::new(config.inflight),
                max_packet_size: NonZeroU32::new(LARGEST_PACKET),
                ..v5::Connect::default()
            }))),
        }
    }

    pub(crate) fn subscribe(self, id: NonZeroU16, filters: &[String]) -> MqttPacket {
        let filters = filters.iter().cloned().map(ByteString::from);
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::Subscribe {
                packet_id: id,
                topic_filters: filters.map(|filter| (filter, QoS::AtLeastOnce)).collect(),
            }),
            Self::V5 => {
                let options = v5::SubscriptionOptions {
                    qos: QoS::AtLeastOnce,
                    // A resumed session has seen what is retained.
                    retain_handling: v5::RetainHandling::AtSubscribeNew,
                    ..v5::SubscriptionOptions::default()
                };
                MqttPacket::V5(v5::Packet::Subscribe(v5::Subscribe {
                    packet_id: id,
                    id: None,
                    user_properties: Vec::new(),
                    topic_filters: filters.map(|filter| (filter, options)).collect(),
                }))
            }
        }
    }

    pub(crate) fn unsubscribe(self, id: NonZeroU16, filters: &[String]) -> MqttPacket {
        let topic_filters = filters.iter().cloned().map(ByteString::from).collect();
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::Unsubscribe {
                packet_id: id,
                topic_filters,
            }),
            Self::V5 => MqttPacket::V5(v5::Packet::Unsubscribe(v5::Unsubscribe {
                packet_id: id,
                user_properties: Vec::new(),
                topic_filters,
            })),
        }
    }

    pub(crate) fn acknowledge(self, packet_id: NonZeroU16) -> MqttPacket {
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::PublishAck { packet_id }),
            Self::V5 => MqttPacket::V5(v5::Packet::PublishAck(v5::PublishAck {
                packet_id,
                reason_code: v5::PublishAckReason::Success,
                properties: Vec::new(),
                reason_string: None,
            })),
        }
    }

    pub(crate) fn publish(self, id: NonZeroU16, message: &Outbound) -> MqttPacket {
        let acknowledged = message.qos > 0;
        let publish = Box::new(Publish {
            dup: false,
            retain: message.retain,
            qos: quality(message),
            topic: ByteString::from(&*message.topic),
            packet_id: acknowledged.then_some(id),
            payload: Bytes::from(message.payload.clone()),
            properties: (self == Self::V5).then(Default::default),
        });
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::Publish(publish)),
            Self::V5 => MqttPacket::V5(v5::Packet::Publish(publish)),
        }
    }

    pub(crate) fn ping(self) -> MqttPacket {
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::PingRequest),
            Self::V5 => MqttPacket::V5(v5::Packet::PingRequest),
        }
    }

    pub(crate) fn goodbye(self) -> MqttPacket {
        match self {
            Self::V4 => MqttPacket::V3(v3::Packet::Disconnect),
            Self::V5 => MqttPacket::V5(v5::Packet::Disconnect(v5::Disconnect::default())),
        }
    }
}

impl From<MqttPacket> for Incoming {
    fn from(packet: MqttPacket) -> Self {
        match packet {
            MqttPacket::V3(packet) => from_v3(packet),
            MqttPacket::V5(packet) => from_v5(packet),
            MqttPacket::Version(_) => Self::Quiet,
        }
    }
}

fn quality(message: &Outbound) -> QoS {
    match message.qos {
        0 => QoS::AtMostOnce,
        _ => QoS::AtLeastOnce,
    }
}

fn from_v3(packet: v3::Packet) -> Incoming {
    use v3::Packet as P;
    match packet {
        P::ConnectAck(ack) => Incoming::Welcome(match ack.return_code {
            v3::ConnectAckReason::ConnectionAccepted => Ok(ack.session_present),
            refused => {
                use v3::ConnectAckReason as R;
                let is_ours = matches!(refused, R::BadUserNameOrPassword | R::NotAuthorized);
                Err(not_let_in(refused.reason(), is_ours))
            }
        }),
        P::SubscribeAck { status, .. } => Incoming::Subscribed {
            refused: status
                .iter()
                .filter(|one| **one == v3::SubscribeReturnCode::Failure)
                .count(),
        },
        P::UnsubscribeAck { .. } => Incoming::Unsubscribed,
        P::Publish(publish) => from_publish(*publish),
        P::PublishAck { packet_id } => Incoming::Delivered {
            id: packet_id,
            refusal: None,
        },
        P::PingResponse => Incoming::Quiet,
        other => Incoming::Goodbye(format!(
            "unexpected packet of type {:#x}",
            other.packet_type()
        )),
    }
}

fn from_v5(packet: v5::Packet) -> Incoming {
    use v5::Packet as P;
    match packet {
        P::ConnectAck(ack) => Incoming::Welcome(match ack.reason_code {
            v5::ConnectAckReason::Success => Ok(ack.session_present),
            refused => {
                use v5::ConnectAckReason as R;
                let is_ours = matches!(refused, R::BadUserNameOrPassword | R::NotAuthorized);
                let words = in_words(refused.reason(), ack.reason_string);
                Err(not_let_in(&words, is_ours))
            }
        }),
        P::SubscribeAck(ack) => Incoming::Subscribed {
            refused: ack
                .status
                .iter()
                .filter(|one| u8::from(**one) >= 0x80)
                .count(),
        },
        P::UnsubscribeAck(_) => Incoming::Unsubscribed,
        P::Publish(publish) => from_publish(*publish),
        P::PublishAck(ack) => Incoming::Delivered {
            id: ack.packet_id,
            refusal: (u8::from(ack.reason_code) >= 0x80)
                .then(|| in_words(&format!("{:?}", ack.reason_code), ack.reason_string)),
        },
        P::PingResponse => Incoming::Quiet,
        P::Disconnect(bye) => Incoming::Goodbye(in_words(
            &format!("{:?}", bye.reason_code),
            bye.reason_string,
        )),
        other => Incoming::Goodbye(format!(
            "unexpected packet of type {:#x}",
            other.packet_type()
        )),
    }
}

fn from_publish(publish: Publish) -> Incoming {
    Incoming::Message {
        topic: publish.topic,
        payload: publish.payload,
        id: publish.packet_id,
        is_again: publish.dup,
    }
}

/// A broker says little about credentials, and nothing more than that they do not do.
fn not_let_in(words: &str, is_for_credentials: bool) -> String {
    if is_for_credentials {
        format!("{words}; check `username` and `password`")
    } else {
        words.to_owned()
    }
}

fn in_words(reason: &str, text: Option<ByteString>) -> String {
    match text {
        Some(text) => format!("{reason} ({text})"),
        None => reason.to_owned(),
    }
}
