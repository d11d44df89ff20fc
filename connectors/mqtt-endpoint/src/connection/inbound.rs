//! What the client says, packet by packet.

use super::{Connection, End, Step};
use crate::codec::Codec;
use crate::packet::{Fault, Packet};
use crate::settle::Batch;
use rmqtt_codec::v5::{Disconnect, DisconnectReasonCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

impl<Io: AsyncRead + AsyncWrite + Unpin> Connection<'_, Io> {
    /// Handles the whole packets that are in the buffer, as far as there is room for their
    /// messages; the rest stays in the buffer for the next turn. The publishes of the turn go
    /// to the handler as one batch, also those before a packet that ends the connection.
    pub(super) fn take_packets(&mut self) -> Step {
        let mut batch = Batch::default();
        let taken = self.take_packets_into(&mut batch);
        if !batch.is_empty() {
            self.in_flight.push(
                batch,
                Arc::clone(&self.broker.handler),
                Arc::clone(&self.principal),
                self.broker.limits.commit_timeout,
            );
        }
        taken
    }

    fn take_packets_into(&mut self, batch: &mut Batch) -> Step {
        while !self.wire.input.is_empty() && self.may_take(batch) {
            let Some(packet) = self.codec.decode(&mut self.wire.input)? else {
                self.clock.packet_under_way();
                return Ok(());
            };
            self.clock.packet_complete();
            self.packet(packet, batch)?;
        }
        Ok(())
    }

    fn packet(&mut self, packet: Packet, batch: &mut Batch) -> Step {
        match packet {
            Packet::Publish(publish) => return self.publish(*publish, batch),
            Packet::Done(id) | Packet::Complete(id) => self.done(id),
            Packet::Received(id) => self.received(id),
            Packet::Release(id) => self.release(id),
            Packet::Subscribe {
                id,
                filters,
                subscription_id,
            } => return self.subscribe(id, filters, subscription_id),
            Packet::Unsubscribe { id, filters } => return self.unsubscribe(id, &filters),
            Packet::Ping => Codec::put_pong(&mut self.wire.output),
            Packet::Disconnect(disconnect) => return Err(self.left(&disconnect)),
            Packet::Connect(_) => return Err(Fault::protocol("a second CONNECT").into()),
        }
        Ok(())
    }

    /// DISCONNECT: the will is forgotten unless asked for, and MQTT 5 may change how long the
    /// session lives on, but not begin to (MQTT 5.0, 3.14.2.2.2).
    fn left(&mut self, disconnect: &Disconnect) -> End {
        if let Some(seconds) = disconnect.session_expiry_interval_secs
            && let Some(mut session) = self.session.lock_as(self.attachment)
        {
            if session.expiry.is_zero() && seconds > 0 {
                return Fault::protocol("a session that was to end cannot be kept").into();
            }
            let longest = self.broker.limits.max_session_expiry;
            session.expiry = Duration::from_secs(seconds.into()).min(longest);
        }
        let asked = DisconnectReasonCode::DisconnectWithWillMessage;
        End::Left {
            with_will: disconnect.reason_code == asked,
        }
    }
}
