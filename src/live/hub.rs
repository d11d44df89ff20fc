//! The switchboard between commits and listeners.

use super::Subscription;
use super::channels::Channels;
use super::relay::{Relay, RelayError};
use crate::domain::{PointId, PointSample, Sample, TenantId};
use std::sync::Arc;

/// Fans committed samples out to those who watch them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Switchboard>);

#[derive(Debug, Default)]
struct Switchboard {
    channels: Arc<Channels>,
    relay: Option<Relay>,
}

impl Hub {
    /// A hub for one process.
    pub fn in_process() -> Self {
        Self::default()
    }

    /// A hub that shares values with other nodes over Redis
    /// (`redis://user:password@host:port/db`). Returns at once: Redis may be away
    /// now and at any moment later. Needs a running Tokio; ends with [`Hub::close`].
    pub fn redis(url: &str) -> Result<Self, RelayError> {
        let channels = Arc::new(Channels::default());
        let relay = Some(Relay::start(url, Arc::clone(&channels))?);
        Ok(Self(Arc::new(Switchboard { channels, relay })))
    }

    /// Tells listeners about committed samples. Never waits: call it from the commit listener.
    pub fn publish(&self, tenant: TenantId, samples: &[PointSample]) {
        let channel = self.0.channels.of(tenant);
        channel.set_written_here(true);
        let fresh = channel.advance(samples);
        channel.deliver(&fresh);
        if let Some(relay) = &self.0.relay {
            relay.outbox().put(tenant, &fresh);
        }
    }

    /// Makes the newest values known when an engine opens here, so that late data
    /// is recognised and other nodes can read them.
    pub fn prime(&self, tenant: TenantId, samples: &[PointSample]) {
        self.publish(tenant, samples);
    }

    /// The engine of this tenant closed here; another node may write from now on.
    pub fn release(&self, tenant: TenantId) {
        self.0.channels.of(tenant).set_written_here(false);
    }

    /// Unlearns points whose samples were deleted; their listeners resync.
    pub fn forget(&self, tenant: TenantId, points: &[PointId]) {
        self.0.channels.of(tenant).forget(points);
        if let Some(relay) = &self.0.relay {
            relay.outbox().forget(tenant, points);
        }
    }

    /// Tells listeners that a command of this point was asked for or is further. Never waits; may be lost
    /// on the way to another node: the record is the table.
    pub fn commanded(&self, tenant: TenantId, point: PointId) {
        self.0.channels.of(tenant).deliver_commanded(&[point]);
        if let Some(relay) = &self.0.relay {
            relay.outbox().commanded(tenant, point);
        }
    }

    /// A place to listen from; it watches nothing yet.
    pub fn subscribe(&self, tenant: TenantId) -> Subscription {
        Subscription::join(self.clone(), self.0.channels.of(tenant))
    }

    /// The newest values known, from this process or from Redis (waits at most
    /// half a second). `None` says nothing about the point: ask the engine.
    pub async fn latest(
        &self,
        tenant: TenantId,
        points: &[PointId],
    ) -> Vec<(PointId, Option<Sample>)> {
        let channel = self.0.channels.of(tenant);
        match &self.0.relay {
            Some(relay) if !channel.is_written_here() => relay.latest(tenant, points).await,
            _ => channel.newest(points),
        }
    }

    /// Stops talking to Redis. Listeners of this process are still served.
    pub async fn close(&self) {
        if let Some(relay) = &self.0.relay {
            relay.close().await;
        }
    }

    pub(super) fn audience_changed(&self) {
        if let Some(relay) = &self.0.relay {
            relay.audience_changed();
        }
    }
}
