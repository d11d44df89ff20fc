//! The switchboard between commits and listeners.

use super::Subscription;
use super::channel::Channel;
use crate::domain::{PointId, PointSample, Sample, TenantId};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Fans committed samples out to those who watch them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Switchboard>);

#[derive(Debug, Default)]
struct Switchboard {
    channels: RwLock<HashMap<TenantId, Arc<Channel>>>,
}

impl Hub {
    /// A hub for one process.
    pub fn in_process() -> Self {
        Self::default()
    }

    /// Tells listeners about committed samples. Never waits: call it from the commit listener.
    pub fn publish(&self, tenant: TenantId, samples: &[PointSample]) {
        let channel = self.channel(tenant);
        let fresh = channel.advance(samples);
        channel.deliver(&fresh);
    }

    /// Makes the newest values known when an engine opens, so that late data is
    /// recognised and other nodes can read them.
    pub fn prime(&self, tenant: TenantId, samples: &[PointSample]) {
        self.publish(tenant, samples);
    }

    /// Unlearns points whose samples were deleted; their listeners resync.
    pub fn forget(&self, tenant: TenantId, points: &[PointId]) {
        self.channel(tenant).forget(points);
    }

    /// A place to listen from; it watches nothing yet.
    pub fn subscribe(&self, tenant: TenantId) -> Subscription {
        Subscription::join(self.clone(), tenant, self.channel(tenant))
    }

    /// The newest values known here. `None` says nothing about the point: ask the engine.
    #[expect(
        clippy::unused_async,
        reason = "values of tenants that other nodes write come over the network"
    )]
    pub async fn latest(
        &self,
        tenant: TenantId,
        points: &[PointId],
    ) -> Vec<(PointId, Option<Sample>)> {
        self.channel(tenant).newest(points)
    }

    pub(super) fn nobody_listens(&self, _tenant: TenantId) {}

    fn channel(&self, tenant: TenantId) -> Arc<Channel> {
        let channels = &self.0.channels;
        let known = channels
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&tenant)
            .cloned();
        known.unwrap_or_else(|| {
            let mut channels = channels.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(channels.entry(tenant).or_default())
        })
    }
}
