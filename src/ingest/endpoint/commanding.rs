//! Commands of a client to devices at the endpoint, and commands of devices to the client.
//!
//! Invariant: a message on a topic of commands, or on one that is obeyed, is taken from a device
//! whose credential may command and from nobody else; others do not see it either.

use super::Endpoint;
use super::obey::Obeying;
use super::space_of;
use crate::store::StoreError;
use crate::store::tenant::devices;
use crate::tenancy::{Tenant, TenantScope};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use vigie_contract::{Command, CommandFault, Commands, Direction, Reading, Trace};
use vigie_mqtt::{Awaited, CommandTable, RouteTable};
use vigie_mqtt_endpoint::{DeliveryStream, Message, QoS};

/// What a client may command, and what devices may.
pub(in crate::ingest) struct Commanding {
    pub(in crate::ingest) table: CommandTable,
    pub(in crate::ingest) obeying: Obeying,
    routes: Arc<RouteTable>,
    awaited: Mutex<Awaited>,
}

impl Commanding {
    /// `routes`: those whose dialects the rules of the table may use.
    pub(in crate::ingest) fn new(
        table: CommandTable,
        obeying: Obeying,
        routes: Arc<RouteTable>,
    ) -> Self {
        Self {
            table,
            obeying,
            routes,
            awaited: Mutex::default(),
        }
    }

    /// Whether only devices that may command publish there.
    pub(super) fn guards(&self, topic: &str) -> bool {
        self.table.has_topic(topic, &self.routes) || self.obeying.has_topic(topic)
    }

    /// Readings may be what commands wait for.
    pub(super) fn heard(&self, readings: &[Reading]) {
        self.awaited().heard(readings);
    }

    fn awaited(&self) -> MutexGuard<'_, Awaited> {
        self.awaited.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the credential of a device may command.
pub(super) async fn may_command(scope: &TenantScope, device: &str) -> Result<bool, StoreError> {
    let row = devices::find_by_name(scope.db(), device).await?;
    Ok(row.is_some_and(|row| row.may_command && row.revoked_at.is_none()))
}

/// Packets whose devices have not all acknowledged them.
type Underway =
    FuturesUnordered<std::pin::Pin<Box<dyn Future<Output = (NonZeroU16, bool)> + Send>>>;

impl Endpoint {
    /// Publishes the commands of one client until stopped.
    pub(in crate::ingest) async fn command(
        self: Arc<Self>,
        tenant: Tenant,
        commanding: Arc<Commanding>,
        commands: Commands,
        trace: Trace,
        stop: CancellationToken,
    ) {
        let mut underway = Underway::new();
        let mut last = NonZeroU16::MIN;
        loop {
            let (has_room, expiry) = {
                let awaited = commanding.awaited();
                (awaited.has_room(), awaited.next_expiry())
            };
            tokio::select! {
                () = stop.cancelled() => return,
                command = commands.next(), if has_room => {
                    last = last.checked_add(1).unwrap_or(NonZeroU16::MIN);
                    if let Some(stream) = self.send(&tenant, &commanding, command, last, &trace) {
                        underway.push(Box::pin(async move { (last, has_arrived(stream).await) }));
                    }
                }
                Some((packet, arrived)) = underway.next(), if !underway.is_empty() => {
                    let refusal = (!arrived).then_some("no device acknowledged it");
                    commanding.awaited().acknowledged(packet, refusal);
                }
                () = until(expiry) => commanding.awaited().expire(),
            }
        }
    }

    fn send(
        &self,
        tenant: &Tenant,
        commanding: &Commanding,
        command: Command,
        packet: NonZeroU16,
        trace: &Trace,
    ) -> Option<DeliveryStream> {
        let (routes, now_us) = (&commanding.routes, self.clock.now().0);
        let leaving = match commanding.table.leaving(&command, routes, now_us) {
            Ok(leaving) => leaving,
            Err(fault) => {
                command.failed(fault);
                return None;
            }
        };
        let outbound = &leaving.message;
        trace.note(self.clock.now().0, Direction::Out, || {
            let words = format!("QoS {}", outbound.qos);
            (outbound.topic.to_string(), &outbound.payload, words)
        });
        let qos = if outbound.qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        let message = Message {
            expires_at: Some(command.expires),
            ..Message::new(&*outbound.topic, outbound.payload.clone(), qos)
        };
        let broker = self.broker.get().and_then(Weak::upgrade);
        // A confirmation may come at once: it is waited for before the message leaves.
        let topic = outbound.topic.clone();
        let sent = broker.map(|broker| {
            commanding.awaited().left(command, leaving, Some(packet));
            broker.send(&space_of(tenant), message)
        });
        if let Some(Ok((1.., stream))) = sent {
            return Some(stream);
        }
        let fault = CommandFault::new("not_connected", format!("no device listens on {topic}"));
        commanding.awaited().give_up(packet, fault);
        None
    }
}

/// Whether any subscriber acknowledged it.
async fn has_arrived(mut stream: DeliveryStream) -> bool {
    while let Some(delivery) = stream.next().await {
        if delivery.arrived {
            return true;
        }
    }
    false
}

async fn until(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
