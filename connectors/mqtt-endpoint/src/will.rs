//! What a client wants said when it vanishes.

use crate::{Message, Principal, Properties};
use rmqtt_codec::v5::LastWill;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The will of a connection, as it was at CONNECT.
#[derive(Debug, Clone)]
pub(crate) struct Will {
    pub(crate) message: Message,
    pub(crate) delay: Duration,
    expiry: Option<Duration>,
    pub(crate) principal: Arc<Principal>,
}

/// A will that waits for its delay to pass or its session to end.
#[derive(Debug)]
pub(crate) struct PendingWill {
    pub(crate) will: Will,
    pub(crate) due: Instant,
}

impl Will {
    pub(crate) fn new(last_will: LastWill, principal: &Arc<Principal>) -> Self {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        let properties = Properties {
            payload_is_utf8: last_will.is_utf8_payload.unwrap_or(false),
            content_type: last_will.content_type,
            response_topic: last_will.response_topic,
            correlation_data: last_will.correlation_data,
            user_properties: last_will.user_properties,
        };
        let message = Message {
            retain: last_will.retain,
            properties: (properties != Properties::default()).then(|| Box::new(properties)),
            ..Message::new(last_will.topic, last_will.message, last_will.qos)
        };
        Self {
            message: message.detached(),
            delay: seconds(last_will.will_delay_interval_sec.unwrap_or(0)),
            expiry: last_will
                .message_expiry_interval
                .map(|interval| seconds(interval.get())),
            principal: Arc::clone(principal),
        }
    }

    /// The message, whose life begins when it is published.
    pub(crate) fn into_message(self, now: Instant) -> Message {
        Message {
            expires_at: self.expiry.map(|expiry| now + expiry),
            ..self.message
        }
    }
}
