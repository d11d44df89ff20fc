//! What client and server agree on at CONNECT.

use crate::Config;
use bytestring::ByteString;
use rmqtt_codec::v5::{Connect, ConnectAck};
use std::num::NonZeroU16;
use std::time::Duration;

/// What client and server settle on.
pub(super) struct SessionTerms {
    pub(super) expiry: Duration,
    pub(super) keep_alive: Duration,
    pub(super) window: usize,
}

impl SessionTerms {
    /// The client asks, the limits decide.
    pub(super) fn agree(connect: &Connect, limits: &Config) -> Self {
        let asked_expiry = Duration::from_secs(connect.session_expiry_interval_secs.into());
        let asked_window = connect.receive_max.map_or(u16::MAX, NonZeroU16::get);
        let longest_silence = limits
            .max_keep_alive
            .min(Duration::from_secs(u16::MAX.into()));
        Self {
            expiry: asked_expiry.min(limits.max_session_expiry),
            keep_alive: match connect.keep_alive {
                0 => longest_silence,
                seconds => Duration::from_secs(seconds.into()).min(longest_silence),
            },
            window: asked_window.min(limits.max_in_flight_out).into(),
        }
    }

    /// Welcomes the client, and says where the server did not do as asked.
    pub(super) fn connack(
        &self,
        connect: &Connect,
        session_present: bool,
        assigned_client_id: Option<ByteString>,
        limits: &Config,
    ) -> ConnectAck {
        let expiry = self.expiry.as_secs() as u32;
        let keep_alive = self.keep_alive.as_secs() as u16;
        ConnectAck {
            session_present,
            assigned_client_id,
            session_expiry_interval_secs: (expiry != connect.session_expiry_interval_secs)
                .then_some(expiry),
            server_keepalive_sec: (keep_alive != connect.keep_alive).then_some(keep_alive),
            receive_max: NonZeroU16::new(limits.max_in_flight).unwrap_or(NonZeroU16::MIN),
            max_packet_size: Some(limits.max_packet_bytes),
            topic_alias_max: limits.max_topic_aliases,
            ..ConnectAck::default()
        }
    }
}
