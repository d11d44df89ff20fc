//! How a connection ends, and what is left in order behind it.

use super::{Connection, publishing};
use crate::packet::Fault;
use crate::session::Farewell;
use rmqtt_codec::v5::DisconnectReasonCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long a client may take to read why it is closed.
pub(super) const FAREWELL_PATIENCE: Duration = Duration::from_secs(2);

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum End {
    /// The client said goodbye, with or without its will.
    #[error("the client said goodbye")]
    Left { with_will: bool },
    /// The stream ended.
    #[error("the stream ended: {0}")]
    Lost(String),
    /// The server closes and says why, where the version has a word for it.
    #[error("{1} ({0:?})")]
    Closed(DisconnectReasonCode, &'static str),
    /// The server closes without a word.
    #[error("{0}")]
    Dropped(&'static str),
}

pub(super) type Step = Result<(), End>;

impl From<Fault> for End {
    fn from(fault: Fault) -> Self {
        Self::Closed(fault.reason, fault.what)
    }
}

pub(super) const SHUTTING_DOWN: End = End::Closed(
    DisconnectReasonCode::ServerShuttingDown,
    "the server is closing",
);

/// What a connection that lost its session says.
pub(super) fn told_to_leave(farewell: Result<Farewell, oneshot::error::RecvError>) -> End {
    match farewell {
        Ok(Farewell::Evicted) => End::Closed(
            DisconnectReasonCode::AdministrativeAction,
            "closed by the platform",
        ),
        Ok(Farewell::TakenOver) | Err(_) => End::Closed(
            DisconnectReasonCode::SessionTakenOver,
            "the client id connected again",
        ),
    }
}

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<'_, Io> {
    /// Leaves the session in order and closes the stream.
    pub(super) async fn finish(mut self, end: End) {
        self.count(&end);
        let (broker, space) = (self.broker, self.space);
        let keeps_will = match &end {
            End::Left { with_will } => *with_will,
            // A server that closes may keep wills to itself (MQTT 5.0, 3.1.2.5).
            End::Closed(DisconnectReasonCode::ServerShuttingDown, _) => false,
            _ => true,
        };
        let will = self.will.filter(|_| keeps_will);
        let due = space.detach(&self.session, self.attachment, will, Instant::now());
        let (session, from) = (Arc::clone(&self.session), Arc::clone(&space));
        broker.settle_without_client(self.in_flight, move |settled| {
            publishing::show(&from, &session, settled);
        });
        if let Some(will) = due {
            broker.publish_will(space, will);
        }
        broker
            .handler
            .disconnected(&self.principal, &self.session.key.client_id);
        if let End::Closed(reason, _) = end {
            self.codec.put_disconnect(reason, &mut self.wire.output);
        }
        if !matches!(end, End::Lost(_)) {
            self.wire.close(FAREWELL_PATIENCE).await;
        }
    }

    fn count(&self, end: &End) {
        let metrics = &self.space.metrics;
        let (space, device) = (&*self.principal.space, &*self.principal.device);
        match end {
            End::Left { .. } | End::Lost(_) => {
                tracing::debug!(space, device, %end, "mqtt client left");
                return;
            }
            End::Closed(DisconnectReasonCode::KeepAliveTimeout, _) | End::Dropped(_) => {
                metrics.timeouts.one();
            }
            End::Closed(
                DisconnectReasonCode::SessionTakenOver
                | DisconnectReasonCode::AdministrativeAction
                | DisconnectReasonCode::ServerShuttingDown,
                _,
            ) => {}
            End::Closed(..) => metrics.protocol_errors.one(),
        }
        tracing::info!(space, device, %end, "mqtt client closed");
    }
}
