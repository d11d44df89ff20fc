//! From the first byte to CONNACK.

use super::terms::SessionTerms;
use crate::codec::Codec;
use crate::packet::{Fault, Packet, Stranger, sniff};
use crate::sessions::SessionKey;
use crate::space::{Attached, Space, TooMany};
use crate::topic::{is_reserved, is_topic};
use crate::will::Will;
use crate::wire::Wire;
use crate::{Broker, Config, ConnectRequest, Principal, Protocol, RefuseReason};
use bytestring::ByteString;
use rmqtt_codec::v5::{Connect, ConnectAck, ConnectAckReason, DisconnectReasonCode};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

/// A client that was let in; its CONNACK is in the output.
pub(super) struct Admitted {
    pub(super) codec: Codec,
    pub(super) principal: Arc<Principal>,
    pub(super) space: Arc<Space>,
    pub(super) attached: Attached,
    pub(super) will: Option<Will>,
    pub(super) keep_alive: Duration,
    pub(super) window: usize,
}

/// Why nobody was let in.
enum Rejected {
    /// The stream ended, time ran out, or it is not MQTT at all.
    Silently(&'static str),
    /// An MQTT client that is told why.
    With(Codec, ConnectAckReason),
    /// A version we do not speak.
    OtherVersion(u8),
}

impl Broker {
    /// Lets a client in, or leaves the refusal in the output.
    pub(super) async fn handshake<Io>(
        self: &Arc<Self>,
        wire: &mut Wire<Io>,
        peer: Option<SocketAddr>,
        stop: &CancellationToken,
    ) -> Option<Admitted>
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let admitting = timeout(self.limits.connect_timeout, self.admit(wire, peer));
        let rejected = match stop.run_until_cancelled(admitting).await {
            Some(Ok(Ok(admitted))) => return Some(admitted),
            Some(Ok(Err(rejected))) => rejected,
            Some(Err(_)) => {
                self.metrics.timeouts.one();
                return None;
            }
            None => return None,
        };
        match rejected {
            Rejected::Silently(why) => {
                self.metrics.protocol_errors.one();
                tracing::debug!(?peer, why, "connection closed before CONNECT");
            }
            Rejected::OtherVersion(level) => {
                self.metrics.refused_connects.one();
                wire.output.extend_from_slice(unacceptable_version(level));
            }
            Rejected::With(mut codec, reason_code) => {
                self.metrics.refused_connects.one();
                if let Some(held_back) = self.refusals.turn(Instant::now()) {
                    tracing::info!(?peer, ?reason_code, held_back, "mqtt client refused");
                }
                let refusal = ConnectAck {
                    reason_code,
                    ..ConnectAck::default()
                };
                // A client with no room for a refusal gets none.
                drop(codec.put_connack(refusal, &mut wire.output));
            }
        }
        None
    }

    async fn admit<Io>(
        self: &Arc<Self>,
        wire: &mut Wire<Io>,
        peer: Option<SocketAddr>,
    ) -> Result<Admitted, Rejected>
    where
        Io: AsyncRead + AsyncWrite + Unpin,
    {
        let (mut codec, connect) = read_connect(wire, &self.limits).await?;
        let assigned = connect
            .client_id
            .is_empty()
            .then(|| self.assign_client_id());
        let client_id = match &assigned {
            Some(assigned) => assigned.clone(),
            None => ByteString::from(connect.client_id.to_string()),
        };
        let principal = match self
            .identify(codec.protocol(), &connect, &client_id, peer)
            .await
        {
            Ok(principal) => Arc::new(principal),
            Err(reason) => return Err(Rejected::With(codec, connack_reason(reason))),
        };
        let terms = SessionTerms::agree(&connect, &self.limits);
        let space = self.space(&principal.space);
        let key = SessionKey {
            device: Arc::clone(&principal.device),
            client_id,
        };
        let attaching = space.attach(&key, connect.clean_start, terms.expiry, Instant::now());
        let mut attached = match attaching {
            Ok(attached) => attached,
            Err(TooMany) => return Err(Rejected::With(codec, ConnectAckReason::QuotaExceeded)),
        };
        if let Some(will) = attached.will.take() {
            self.publish_will(Arc::clone(&space), will);
        }
        codec.set_limits(self.limits.max_packet_bytes, connect.max_packet_size);
        let welcome = terms.connack(&connect, attached.present, assigned, &self.limits);
        // A client with no room for its CONNACK has room for nothing; it will find out.
        drop(codec.put_connack(welcome, &mut wire.output));
        Ok(Admitted {
            codec,
            will: connect.last_will.map(|will| Will::new(will, &principal)),
            principal,
            space,
            attached,
            keep_alive: terms.keep_alive + terms.keep_alive / 2,
            window: terms.window,
        })
    }

    async fn identify(
        &self,
        protocol: Protocol,
        connect: &Connect,
        client_id: &ByteString,
        peer: Option<SocketAddr>,
    ) -> Result<Principal, RefuseReason> {
        if client_id.len() > self.limits.max_client_id_bytes || client_id.contains('\0') {
            return Err(RefuseReason::BadClientId);
        }
        let will_topic = connect.last_will.as_ref().map(|will| &will.topic);
        if will_topic.is_some_and(|topic| !is_topic(topic) || is_reserved(topic)) {
            return Err(RefuseReason::BadWillTopic);
        }
        let request = ConnectRequest {
            client_id: client_id.clone(),
            username: connect.username.clone(),
            password: connect.password.clone(),
            protocol,
            peer,
        };
        Arc::clone(&self.handler).authenticate(request).await
    }
}

async fn read_connect<Io>(
    wire: &mut Wire<Io>,
    limits: &Config,
) -> Result<(Codec, Box<Connect>), Rejected>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    let protocol = loop {
        match sniff(&wire.input) {
            Ok(Some(protocol)) => break protocol,
            Ok(None) => read_some(wire).await?,
            Err(Stranger::NotMqtt) => return Err(Rejected::Silently("not MQTT")),
            Err(Stranger::OtherVersion(level)) => return Err(Rejected::OtherVersion(level)),
        }
    };
    let mut codec = Codec::new(protocol, limits.max_connect_bytes);
    loop {
        match codec.decode(&mut wire.input) {
            Ok(Some(Packet::Connect(connect))) if connect.auth_method.is_some() => {
                return Err(Rejected::With(
                    codec,
                    ConnectAckReason::BadAuthenticationMethod,
                ));
            }
            Ok(Some(Packet::Connect(connect))) => return Ok((codec, connect)),
            Ok(Some(_)) => return Err(Rejected::Silently("no CONNECT")),
            Ok(None) => read_some(wire).await?,
            Err(fault) => return Err(refusal_of(codec, fault)),
        }
    }
}

async fn read_some<Io>(wire: &mut Wire<Io>) -> Result<(), Rejected>
where
    Io: AsyncRead + AsyncWrite + Unpin,
{
    match wire.turn(true).await {
        Ok(moved) if !moved.at_end => Ok(()),
        _ => Err(Rejected::Silently("the stream ended")),
    }
}

fn refusal_of(codec: Codec, fault: Fault) -> Rejected {
    let no_client_id = fault.reason == DisconnectReasonCode::NotAuthorized;
    let reason = match (codec.protocol(), fault.reason) {
        (_, _) if no_client_id => ConnectAckReason::ClientIdentifierNotValid,
        (Protocol::V3, _) => return Rejected::Silently(fault.what),
        (_, DisconnectReasonCode::PacketTooLarge) => ConnectAckReason::PacketTooLarge,
        (_, DisconnectReasonCode::ProtocolError) => ConnectAckReason::ProtocolError,
        _ => ConnectAckReason::MalformedPacket,
    };
    Rejected::With(codec, reason)
}

/// CONNACK in the words of the version asked for: old ones know code 1, new ones 0x84.
fn unacceptable_version(level: u8) -> &'static [u8] {
    if level < 5 {
        &[0x20, 2, 0, 1]
    } else {
        &[0x20, 3, 0, 0x84, 0]
    }
}

fn connack_reason(reason: RefuseReason) -> ConnectAckReason {
    match reason {
        RefuseReason::BadCredentials => ConnectAckReason::BadUserNameOrPassword,
        RefuseReason::NotAuthorized => ConnectAckReason::NotAuthorized,
        RefuseReason::BadClientId => ConnectAckReason::ClientIdentifierNotValid,
        RefuseReason::BadWillTopic => ConnectAckReason::TopicNameInvalid,
        RefuseReason::Unavailable => ConnectAckReason::ServerUnavailable,
        RefuseReason::Busy => ConnectAckReason::ServerBusy,
    }
}
