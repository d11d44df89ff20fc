//! Messages out: as many as the client has room for.

use super::Connection;
use super::publishing::PACKET_ID_NOT_FOUND;
use crate::codec::{Ack, TooLarge};
use crate::outbox::{Next, Outgoing, Stage};
use crate::wire::HIGH_WATER;
use std::num::NonZeroU16;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<'_, Io> {
    /// Writes queued messages until the client's window or the output is full.
    pub(super) fn send_queued(&mut self) {
        let metrics = &self.space.metrics;
        let Some(mut session) = self.session.lock_as(self.attachment) else {
            return; // Taken over: the farewell is on its way.
        };
        let (now, output) = (Instant::now(), &mut self.wire.output);
        while output.len() < HIGH_WATER {
            let sent = match session.outbox.next(self.window, now, metrics) {
                Next::Nothing => break,
                Next::Release(id) => {
                    self.codec.put_ack(Ack::Release, id, 0, output);
                    Ok(())
                }
                Next::Forget(outgoing) => {
                    let sent = self.codec.put_publish(&outgoing, None, false, now, output);
                    if sent.is_ok() {
                        metrics.sent(&outgoing);
                        metrics.delivered.one();
                        arrived(Stage::Unreceived(outgoing));
                    }
                    sent
                }
                Next::Publish { id, again } => {
                    let sent = session.outbox.get(id).map_or(Ok(()), |outgoing| {
                        let codec = &mut self.codec;
                        codec
                            .put_publish(outgoing, Some(id), again, now, output)
                            .inspect(|()| metrics.sent(outgoing))
                    });
                    if sent.is_err() {
                        drop(session.outbox.finish(id));
                    }
                    sent
                }
            };
            if let Err(TooLarge) = sent {
                metrics.dropped_too_large.one();
            }
        }
    }

    /// PUBACK or PUBCOMP: the client has the message for good (or refuses it for good).
    pub(super) fn done(&mut self, id: NonZeroU16) {
        let finished = self
            .session
            .lock_as(self.attachment)
            .and_then(|mut session| session.outbox.finish(id));
        if let Some(stage) = finished {
            self.space.metrics.delivered.one();
            arrived(stage);
        }
    }

    /// PUBREC: the client has the message, and the rest is only to free the packet id.
    pub(super) fn received(&mut self, id: NonZeroU16) {
        let received = self
            .session
            .lock_as(self.attachment)
            .and_then(|mut session| session.outbox.received(id));
        let reason = if received.is_some() {
            0
        } else {
            PACKET_ID_NOT_FOUND
        };
        if let Some(stage) = received {
            arrived(stage);
        }
        let output = &mut self.wire.output;
        self.codec.put_ack(Ack::Release, id, reason, output);
    }
}

/// Tells a publisher that waits for it.
fn arrived(stage: Stage) {
    if let Stage::Unreceived(Outgoing {
        report: Some(report),
        ..
    }) = stage
    {
        report.arrived();
    }
}
