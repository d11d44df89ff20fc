//! The handler of the built-in MQTT endpoint: who a device is, and when its messages are safe.
//!
//! A device signs in as `<client>/<device>`; the slug of the client is its topic space.
//! Messages on a topic of a route become readings; the others are the devices' own
//! conversation and pass. A message is acknowledged, and shown to other devices, after
//! what it brought is committed.

use super::Ingest;
use super::admitted::Admitted;
use super::strangers::Strangers;
use crate::domain::Clock;
use crate::store::StoreError;
use crate::store::tenant::devices;
use crate::tenancy::credentials::{self, CredentialError};
use crate::tenancy::{Directory, TenantScope};
use moka::sync::Cache;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};
use std::time::Duration;
use vigie_contract::{ArrivalClock, Delivery, Outbound, StatusBoard};
use vigie_mqtt::RouteTable;
use vigie_mqtt_endpoint::{
    BoxFuture, Broker, CommitError, ConnectRequest, Handler, Message, Outcome, Principal, QoS,
    Refusal, RefuseReason,
};

/// Passwords that were right are remembered so long (as hashes), because checking one that a
/// person chose is slow on purpose. A revoked device or a new password is noticed at once.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
const REMEMBERED: u64 = 50_000;
/// How precisely "last seen" is kept.
const SEEN_EVERY_US: i64 = 60_000_000;

/// The platform's side of the built-in endpoint; one for all clients.
pub struct Endpoint {
    directory: Arc<Directory>,
    clock: Arc<dyn Clock>,
    grounds: RwLock<HashMap<Arc<str>, Ground>>,
    proven: Cache<[u8; 32], ()>,
    admitted: Admitted,
    strangers: Strangers,
    broker: OnceLock<Weak<Broker>>,
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

/// Where the messages of one client land.
struct Landing {
    ingest: Arc<Ingest>,
    connection: Arc<str>,
    routes: RouteTable,
    arrivals: ArrivalClock,
    status: StatusBoard,
}

impl Endpoint {
    /// An endpoint without any landing yet.
    pub fn new(directory: Arc<Directory>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            directory,
            clock,
            grounds: RwLock::default(),
            proven: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(REMEMBERED_FOR)
                .build(),
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

    /// Opens (or replaces) the landing of a client; what comes in is counted on `status`.
    pub(super) fn land(
        &self,
        ingest: Arc<Ingest>,
        connection: Arc<str>,
        routes: RouteTable,
        status: StatusBoard,
    ) {
        let clock = ingest.clock().clone();
        let space = Arc::from(ingest.scope().tenant().slug.as_str());
        let arrivals = ArrivalClock::new(move || clock.now().0);
        let landing = Arc::new(Landing {
            ingest,
            connection,
            routes,
            arrivals,
            status,
        });
        self.set_ground(space, Ground::Routes(landing));
    }

    /// Opens the space of a client who has no routes.
    pub(super) fn leave_bare(&self, space: &str) {
        self.set_ground(space.into(), Ground::Bare);
    }

    /// Takes the routes of a client away: what their devices send is not acknowledged any more.
    pub(super) fn lift(&self, space: &str) {
        self.grounds
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(space);
    }

    /// Closes the space of a client who is not served any more, and the connections in it.
    pub(super) fn close(&self, space: &str) {
        self.lift(space);
        self.admitted.clear(space);
        self.evict(space, None);
    }

    /// Closes the connections of devices that were revoked or removed, or got another secret.
    /// One query, and none where no device was let in.
    pub(super) async fn recheck(&self, scope: &TenantScope) -> Result<(), StoreError> {
        let space = scope.tenant().slug.as_str();
        if !self.admitted.any(space) {
            return Ok(());
        }
        let valid = devices::admitted(scope.db()).await?.into_iter().collect();
        for device in self.admitted.stale(space, &valid) {
            if self.evict(space, Some(&device)) > 0 {
                tracing::info!(
                    tenant.slug = space,
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
    pub(super) fn announce(&self, space: &str, message: &Outbound) {
        let Some(broker) = self.broker.get().and_then(Weak::upgrade) else {
            return;
        };
        let qos = if message.qos == 0 {
            QoS::AtMostOnce
        } else {
            QoS::AtLeastOnce
        };
        let sent = broker.publish(
            space,
            &*message.topic,
            message.payload.clone(),
            qos,
            message.retain,
        );
        if let Err(error) = sent {
            tracing::warn!(tenant.slug = space, topic = &*message.topic, %error, "announcement not sent");
        }
    }

    fn ground(&self, space: &str) -> Option<Ground> {
        self.grounds
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(space)
            .cloned()
    }

    async fn recognise(&self, request: &ConnectRequest) -> Result<Principal, RefuseReason> {
        let username = request
            .username
            .as_deref()
            .ok_or(RefuseReason::BadCredentials)?;
        let password = request.password.as_deref().unwrap_or_default();
        let secret = std::str::from_utf8(password).map_err(|_| RefuseReason::BadCredentials)?;
        let (slug, device) = username
            .split_once('/')
            .ok_or(RefuseReason::BadCredentials)?;
        let Some(scope) = self.directory.by_slug(slug) else {
            self.matches(secret, None).await?;
            return Err(RefuseReason::BadCredentials);
        };
        let Some(hash) = self.proof_of(&scope, device, secret).await? else {
            return Err(RefuseReason::BadCredentials);
        };
        // Only who belongs to a client learns how it is.
        if !scope.tenant().is_active() {
            return Err(RefuseReason::NotAuthorized);
        }
        self.admitted.note(slug, device, &hash);
        Ok(Principal {
            space: slug.into(),
            device: device.into(),
        })
    }

    /// The stored hash behind a right secret.
    async fn proof_of(
        &self,
        scope: &TenantScope,
        device: &str,
        secret: &str,
    ) -> Result<Option<String>, RefuseReason> {
        let unavailable = |error| {
            tracing::warn!(tenant.slug = scope.tenant().slug, %error, "cannot check a device");
            RefuseReason::Unavailable
        };
        let row = devices::find_by_name(scope.db(), device)
            .await
            .map_err(unavailable)?;
        let row = row.filter(|row| row.revoked_at.is_none());
        let stored = row.as_ref().map(|row| row.secret_hash.as_str());
        if !self.matches(secret, stored).await? {
            return Ok(None);
        }
        let now = self.clock.now();
        if let Some(row) = row.as_ref().filter(|row| {
            row.last_seen_at
                .is_none_or(|seen| now.since(seen) > SEEN_EVERY_US)
        }) {
            devices::touch(scope.db(), row.id, now)
                .await
                .map_err(unavailable)?;
        }
        Ok(row.map(|row| row.secret_hash))
    }

    async fn matches(&self, secret: &str, stored: Option<&str>) -> Result<bool, RefuseReason> {
        let proof = stored.map(|stored| credentials::sha256(&format!("{stored}\n{secret}")));
        if proof.is_some_and(|proof| self.proven.contains_key(&proof)) {
            return Ok(true);
        }
        let right = credentials::verify_device(&SecretString::from(secret), stored).await;
        let right = right.map_err(|error| match error {
            CredentialError::Busy => RefuseReason::Busy,
            _ => RefuseReason::Unavailable,
        })?;
        if let Some(proof) = proof.filter(|_| right) {
            self.proven.insert(proof, ());
        }
        Ok(right)
    }
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
                Some(Ground::Routes(landing)) => landing.commit(&batch).await,
                Some(Ground::Bare) => vec![Ok(()); batch.len()],
                None => vec![Err(CommitError::Retry); batch.len()],
            }
        })
    }
}

impl Landing {
    /// One delivery for the whole batch, one outcome per message.
    async fn commit(&self, batch: &[Message]) -> Vec<Outcome> {
        let mut delivery = Delivery::default();
        let mut seen = Seen::default();
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(batch.len());
        for message in batch {
            outcomes.push(self.decode(&mut delivery, message, &mut seen));
        }
        if delivery.readings.is_empty() && delivery.refusals.is_empty() {
            return outcomes;
        }
        match self.ingest.deliver(&self.connection, &delivery).await {
            Ok(_) => {
                seen.write(&self.status);
                outcomes
            }
            Err(_) => vec![Err(CommitError::Retry); batch.len()],
        }
    }

    /// A message on a route that brought nothing but refusals is told so.
    fn decode(&self, delivery: &mut Delivery, message: &Message, seen: &mut Seen) -> Outcome {
        let (readings, refusals) = (delivery.readings.len(), delivery.refusals.len());
        if !self.routes.fits(&message.topic) {
            return Ok(());
        }
        self.routes.decode_into(
            delivery,
            &message.topic,
            &message.payload,
            self.arrivals.stamp(),
        );
        let refused = delivery.refusals.len() > refusals;
        seen.message(message.payload.len(), refused);
        if refused && delivery.readings.len() == readings {
            return Err(CommitError::Refused(Refusal::PayloadInvalid));
        }
        Ok(())
    }
}

/// Messages on routes, to be counted once they are safe.
#[derive(Default)]
struct Seen {
    messages: u64,
    bytes: u64,
    refused: u64,
}

impl Seen {
    fn message(&mut self, bytes: usize, refused: bool) {
        self.messages += 1;
        self.bytes += bytes as u64;
        self.refused += u64::from(refused);
    }

    fn write(&self, board: &StatusBoard) {
        board.update(|status| {
            status.messages += self.messages;
            status.bytes += self.bytes;
            status.refused += self.refused;
        });
    }
}
