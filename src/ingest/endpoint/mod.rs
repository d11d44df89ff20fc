//! The handler of the built-in MQTT endpoint: who a device is, and when its messages are safe.
//!
//! A device signs in as `<client>/<device>`; every client has a topic space of its own.
//! Messages on a topic of a route become readings; the others are the devices' own
//! conversation and pass. A message is acknowledged, and shown to other devices, after
//! what it brought is committed.

mod admitted;
mod again;
mod commanding;
mod figures;
mod identity;
mod landing;
mod obey;
mod strangers;

use super::Ingest;
use crate::domain::Clock;
use crate::store::StoreError;
use crate::store::tenant::devices;
use crate::tenancy::{Directory, Tenant, TenantScope};
use admitted::Admitted;
pub(super) use commanding::Commanding;
use identity::Proven;
use landing::Landing;
pub(super) use obey::{ObeyRule, Obeying};
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};
use strangers::Strangers;
use vigie_contract::{ArrivalClock, Outbound, StatusBoard, Trace};
use vigie_mqtt::RouteTable;
use vigie_mqtt_endpoint::{
    BoxFuture, Broker, CommitError, ConnectRequest, Handler, Message, Outcome, Principal, QoS,
    RefuseReason,
};

/// The platform's side of the built-in endpoint; one for all clients.
pub struct Endpoint {
    directory: Arc<Directory>,
    clock: Arc<dyn Clock>,
    grounds: RwLock<HashMap<Arc<str>, Ground>>,
    proven: Proven,
    admitted: Admitted,
    strangers: Strangers,
    broker: OnceLock<Weak<Broker>>,
}

/// Where a connection of protocol `mqtt-endpoint` takes messages in.
pub(super) struct Port {
    /// Its key.
    pub(super) connection: Arc<str>,
    pub(super) routes: Arc<RouteTable>,
    pub(super) commanding: Arc<Commanding>,
    pub(super) status: StatusBoard,
    pub(super) trace: Trace,
}

/// What the messages of a client meet. A client without an entry is not served (yet):
/// their messages stay unacknowledged, so that nothing is lost while we start.
#[derive(Clone)]
enum Ground {
    /// Their connection of protocol `mqtt-endpoint`.
    Routes(Arc<Landing>),
    /// They run, and have no such connection: all is the devices' own conversation.
    Bare,
}

impl Endpoint {
    /// An endpoint without any landing yet.
    pub fn new(directory: Arc<Directory>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            directory,
            clock,
            grounds: RwLock::default(),
            proven: Proven::new(),
            admitted: Admitted::default(),
            strangers: Strangers::new(),
            broker: OnceLock::new(),
        })
    }

    /// Names the broker that announcements go to; the first one stays.
    pub fn attach(&self, broker: &Arc<Broker>) {
        if self.broker.set(Arc::downgrade(broker)).is_err() {
            tracing::warn!("the MQTT endpoint was attached twice");
        }
    }

    /// Opens (or replaces) the landing of a client; what comes in is counted on the board of
    /// `port`.
    pub(super) fn land(&self, ingest: Arc<Ingest>, port: Port) {
        let clock = ingest.clock().clone();
        let space = space_of(ingest.scope().tenant());
        let arrivals = ArrivalClock::new(move || clock.now().0);
        let landing = Arc::new(Landing {
            ingest,
            arrivals,
            port,
        });
        self.set_ground(space, Ground::Routes(landing));
    }

    /// Opens the space of a client who has no routes.
    pub(super) fn leave_bare(&self, tenant: &Tenant) {
        self.set_ground(space_of(tenant), Ground::Bare);
    }

    /// Takes the routes of a client away: what their devices send is not acknowledged any more.
    pub(super) fn lift(&self, tenant: &Tenant) {
        self.grounds
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&space_of(tenant));
    }

    /// Closes the space of a client who is not served any more, and the connections in it.
    pub(super) fn close(&self, tenant: &Tenant) {
        let space = space_of(tenant);
        self.lift(tenant);
        self.admitted.clear(&space);
        self.evict(&space, None);
    }

    /// Forgets the sessions and retained messages of clients that are gone, or have another
    /// name by now: nobody who comes later finds them.
    pub fn forget_gone(&self) {
        let Some(broker) = self.broker.get().and_then(Weak::upgrade) else {
            return;
        };
        for space in broker.spaces() {
            let owner = self.directory.by_slug(slug_of(&space.name));
            let is_owned = owner.is_some_and(|scope| space_of(scope.tenant()) == space.name);
            if !is_owned {
                broker.forget(&space.name);
            }
        }
    }

    /// Closes the connections of devices that were revoked or removed, or got another secret.
    /// One query, and none where no device was let in.
    pub(super) async fn recheck(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let space = space_of(scope.tenant());
        if !self.admitted.any(&space) {
            return Ok(());
        }
        let valid = devices::admitted(scope.db()).await?.into_iter().collect();
        for device in self.admitted.stale(&space, &valid) {
            if self.evict(&space, Some(&device)) > 0 {
                tracing::info!(
                    tenant.slug = scope.tenant().slug,
                    "device sent away: its credential ended"
                );
            }
        }
        Ok(())
    }

    fn evict(&self, space: &str, device: Option<&str>) -> usize {
        let broker = self.broker.get().and_then(Weak::upgrade);
        broker.map_or(0, |broker| broker.evict(space, device))
    }

    fn set_ground(&self, space: Arc<str>, ground: Ground) {
        self.grounds
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(space, ground);
    }

    /// Sends a message of the platform into the topic space of a client.
    pub(super) fn announce(&self, tenant: &Tenant, message: &Outbound) {
        let Some(broker) = self.broker.get().and_then(Weak::upgrade) else {
            return;
        };
        let qos = if message.qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        let sent = broker.publish(
            &space_of(tenant),
            &*message.topic,
            message.payload.clone(),
            qos,
            message.retain,
        );
        if let Err(error) = sent {
            tracing::warn!(tenant.slug = tenant.slug, topic = &*message.topic, %error, "announcement not sent");
        }
    }

    fn ground(&self, space: &str) -> Option<Ground> {
        self.grounds
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(space)
            .cloned()
    }
}

/// The topic space of a client: not that of another one that gets the same slug later.
fn space_of(tenant: &Tenant) -> Arc<str> {
    format!("{}#{}", tenant.slug, tenant.id.0).into()
}

/// A slug has no `#`.
fn slug_of(space: &str) -> &str {
    space.split_once('#').map_or(space, |(slug, _)| slug)
}

impl Handler for Endpoint {
    fn authenticate(
        self: Arc<Self>,
        request: ConnectRequest,
    ) -> BoxFuture<Result<Principal, RefuseReason>> {
        Box::pin(async move {
            let address = request.peer.map(|peer| peer.ip());
            if let Some(address) = address {
                tokio::time::sleep(self.strangers.delay(address)).await;
            }
            let outcome = self.recognise(&request).await;
            if let (Some(address), Err(RefuseReason::BadCredentials)) = (address, &outcome) {
                self.strangers.failed(address);
            }
            outcome
        })
    }

    fn commit(
        self: Arc<Self>,
        principal: Arc<Principal>,
        batch: Arc<[Message]>,
    ) -> BoxFuture<Vec<Outcome>> {
        Box::pin(async move {
            match self.ground(&principal.space) {
                Some(Ground::Routes(landing)) => landing.commit(&principal.device, &batch).await,
                Some(Ground::Bare) => vec![Ok(()); batch.len()],
                None => vec![Err(CommitError::Retry); batch.len()],
            }
        })
    }
}
