//! What peers write: asked for before it counts.

use crate::point::Value;
use crate::priorities::SLOTS;
use crate::state::State;
use bacnet_encoding::primitives::decode_application_value;
use bacnet_server::mutation::{MutationAuthorizationContext, MutationTarget};
use bacnet_types::enums::PropertyIdentifier;
use bacnet_types::primitives::{ObjectIdentifier, PropertyValue};
use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddrV4;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::timeout;
use vigie_bacnet_link::socket_of;

/// A peer waits three seconds and asks again; the answer must be there by then.
const PATIENCE: Duration = Duration::from_millis(2_500);

/// Something a peer wants a point to become.
#[derive(Debug, Clone, PartialEq)]
pub struct Write {
    /// Name of the point.
    pub point: String,
    /// What the priority array commands with this write; `None` when nothing is commanded any more.
    pub value: Option<Value>,
    /// Whether it differs from what was commanded before; when not, there is nothing to send.
    pub changes: bool,
    /// Which slot is written: 1 (first) to 16.
    pub priority: u8,
    /// What is put there, whether it commands now or only once what stands before it is gone;
    /// `None` empties it.
    pub slot: Option<Value>,
    /// Who writes.
    pub from: SocketAddrV4,
}

/// Whether a write counts. Longer than 2.5 seconds is no.
pub type Writing = Pin<Box<dyn Future<Output = bool> + Send>>;

/// Decides on writes, keeps a record of them and forwards them.
pub trait Writes: Send + Sync + 'static {
    /// Whether the write counts: it is allowed, written down and on its way.
    fn write(self: Arc<Self>, write: Write) -> Writing;
}

/// Lets nothing be written.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWrites;

impl Writes for NoWrites {
    fn write(self: Arc<Self>, _: Write) -> Writing {
        Box::pin(std::future::ready(false))
    }
}

/// Stands between peers and the objects.
pub(crate) struct Gate {
    pub(crate) states: HashMap<ObjectIdentifier, Arc<State>>,
    pub(crate) writes: Arc<dyn Writes>,
    pub(crate) runtime: Handle,
}

impl Gate {
    /// Asked on a thread that may wait, for everything that would change something.
    pub(crate) fn lets(&self, asked: &MutationAuthorizationContext) -> bool {
        let from = socket_of(&asked.source_mac);
        let present = PropertyIdentifier::PRESENT_VALUE;
        match &asked.target {
            MutationTarget::SubscribeCov(_) | MutationTarget::SubscribeCovProperty(_) => true,
            MutationTarget::WriteProperty(write) if write.property_identifier == present => {
                let value = &write.property_value;
                self.asks(write.object_identifier, value, write.priority, from)
            }
            MutationTarget::WritePropertyMultiple(write)
                if write.reference.property_identifier == present.to_raw() =>
            {
                let object = write.reference.object_identifier;
                self.asks(object, &write.value, write.priority, from)
            }
            _ => false,
        }
    }

    fn asks(
        &self,
        object: ObjectIdentifier,
        bytes: &[u8],
        priority: Option<u8>,
        from: Option<SocketAddrV4>,
    ) -> bool {
        let (Some(state), Some(from)) = (self.states.get(&object), from) else {
            return false;
        };
        let Some(write) = wish(state, bytes, priority, from) else {
            return false;
        };
        let writing = timeout(PATIENCE, self.writes.clone().write(write));
        self.runtime.block_on(writing).unwrap_or(false)
    }
}

/// What the write comes to; `None` when the point cannot have that.
fn wish(state: &State, bytes: &[u8], priority: Option<u8>, from: SocketAddrV4) -> Option<Write> {
    let point = &state.point;
    if !point.writable {
        return None;
    }
    let (value, _) = decode_application_value(bytes, 0).ok()?;
    let number = match &value {
        PropertyValue::Null => None,
        value => Some(point.kind.read(value)?),
    };
    let priority = priority.unwrap_or(SLOTS as u8);
    let now = state.shown().priorities;
    let mut then = now.clone();
    then.set(priority, number);
    let commanded = |slots: &crate::priorities::Priorities| slots.winner().map(|(value, _)| value);
    Some(Write {
        point: point.name.clone(),
        value: commanded(&then).map(|number| point.kind.value(number)),
        changes: commanded(&then) != commanded(&now),
        priority,
        slot: number.map(|number| point.kind.value(number)),
        from,
    })
}
