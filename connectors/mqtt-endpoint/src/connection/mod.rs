//! One client from its first byte to its last.
//!
//! Start at [`Broker::connection`]; a client that was let in lives in [`Connection::run`].
//! Everything of a connection happens in one task: packets are read and answered, settled
//! commits are acknowledged and queued messages sent, each as far as it goes without waiting.

mod clock;
mod ending;
mod handshake;
mod inbound;
mod publishing;
mod sending;
mod subscribing;
mod terms;

use crate::aliases::Aliases;
use crate::codec::Codec;
use crate::in_flight::InFlight;
use crate::session::{Attachment, Farewell, Session};
use crate::settle::Batch;
use crate::space::Space;
use crate::will::Will;
use crate::wire::{Moved, Wire};
use crate::{Broker, Principal, Protocol};
use clock::Clock;
use ending::{End, FAREWELL_PATIENCE, SHUTTING_DOWN, Step, told_to_leave};
use handshake::Admitted;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// A client in session.
struct Connection<'a, Io> {
    broker: &'a Arc<Broker>,
    wire: Wire<Io>,
    codec: Codec,
    principal: Arc<Principal>,
    space: Arc<Space>,
    session: Arc<Session>,
    attachment: Attachment,
    farewell: oneshot::Receiver<Farewell>,
    in_flight: InFlight,
    /// QoS 1 and 2 messages the client waits for an acknowledgement of.
    unacknowledged: usize,
    /// How many unacknowledged messages the client takes.
    window: usize,
    aliases: Aliases,
    will: Option<Will>,
    clock: Clock,
    stop: CancellationToken,
}

impl Broker {
    /// Serves one client over any byte stream until it leaves, breaks the protocol, or `stop`
    /// is cancelled: then commits under way are settled and acknowledged
    /// ([`Config::drain_timeout`](crate::Config::drain_timeout)) before the goodbye.
    pub async fn connection<Io>(
        self: &Arc<Self>,
        io: Io,
        peer: Option<SocketAddr>,
        stop: CancellationToken,
    ) where
        Io: AsyncRead + AsyncWrite + Unpin + Send,
    {
        let _open = self.metrics.connections.hold();
        self.metrics.accepted.one();
        let mut wire = Wire::new(io);
        let admitted = self.handshake(&mut wire, peer, &stop).await;
        let Some(admitted) = admitted else {
            return wire.close(FAREWELL_PATIENCE).await;
        };
        let space = Arc::clone(&admitted.space);
        let _in_session = space.metrics.clients.hold();
        let mut connection = Connection::new(self, wire, admitted, stop);
        self.handler
            .connected(&connection.principal, &connection.session.key.client_id);
        let end = connection.run().await;
        connection.finish(end).await;
    }
}

impl<'a, Io: AsyncRead + AsyncWrite + Unpin> Connection<'a, Io> {
    fn new(
        broker: &'a Arc<Broker>,
        wire: Wire<Io>,
        admitted: Admitted,
        stop: CancellationToken,
    ) -> Self {
        Self {
            broker,
            wire,
            codec: admitted.codec,
            principal: admitted.principal,
            space: admitted.space,
            session: admitted.attached.session,
            attachment: admitted.attached.attachment,
            farewell: admitted.attached.farewell,
            in_flight: InFlight::new(),
            unacknowledged: 0,
            window: admitted.window,
            aliases: Aliases::default(),
            will: admitted.will,
            clock: Clock::new(admitted.keep_alive, &broker.limits),
            stop,
        }
    }

    async fn run(&mut self) -> End {
        loop {
            if let Err(end) = self.turn().await {
                return end;
            }
        }
    }

    /// Waits for one thing to happen and does all that follows from it.
    async fn turn(&mut self) -> Step {
        self.take_packets()?;
        self.send_queued();
        let (may_read, may_send) = (self.may_read(), !self.wire.is_congested());
        self.clock.arm(&self.wire, may_read);
        tokio::select! {
            biased;
            farewell = &mut self.farewell => Err(told_to_leave(farewell)),
            () = self.stop.cancelled(), if !self.clock.is_draining() => {
                self.clock.start_draining();
                self.end_when_drained()
            }
            Some(settled) = self.in_flight.next(), if !self.in_flight.is_empty() => {
                self.acknowledge(settled)?;
                self.end_when_drained()
            }
            moved = self.wire.turn(may_read) => self.moved(moved),
            () = self.session.wake.notified(), if may_send => Ok(()),
            () = self.clock.rings() => self.clock.check(&mut self.wire, may_read),
        }
    }

    /// Reading waits while the handler has its fill, the client reads nothing, or the server closes.
    fn may_read(&self) -> bool {
        self.may_take(&Batch::default())
    }

    /// May another packet be taken, with this much of the turn on the way to the handler?
    fn may_take(&self, batch: &Batch) -> bool {
        let limits = &self.broker.limits;
        // One more of a MQTT 5 client: it breaks its word with it, and is told.
        let excess = usize::from(self.codec.protocol() == Protocol::V5);
        self.in_flight.messages() + batch.len() < usize::from(limits.max_in_flight) + excess
            && self.in_flight.bytes() + batch.bytes() < limits.max_in_flight_bytes
            && !self.wire.is_congested()
            && !self.clock.is_draining()
    }

    fn moved(&mut self, moved: std::io::Result<Moved>) -> Step {
        let moved = moved.map_err(|error| End::Lost(error.to_string()))?;
        self.clock.moved(moved, &self.wire);
        if moved.at_end {
            return Err(End::Lost("closed by the client".into()));
        }
        Ok(())
    }

    fn end_when_drained(&self) -> Step {
        if self.clock.is_draining() && self.in_flight.is_empty() {
            return Err(SHUTTING_DOWN);
        }
        Ok(())
    }
}
