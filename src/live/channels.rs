//! The channels of all tenants.

use super::channel::Channel;
use crate::domain::TenantId;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Created on first use; a channel without values and listeners is a few bytes.
#[derive(Debug, Default)]
pub(super) struct Channels(RwLock<HashMap<TenantId, Arc<Channel>>>);

impl Channels {
    pub(super) fn of(&self, tenant: TenantId) -> Arc<Channel> {
        let known = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&tenant)
            .cloned();
        known.unwrap_or_else(|| {
            let mut channels = self.0.write().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(channels.entry(tenant).or_default())
        })
    }

    /// Those that `choose` names.
    pub(super) fn select(
        &self,
        choose: impl Fn(&Channel) -> bool,
    ) -> Vec<(TenantId, Arc<Channel>)> {
        let channels = self.0.read().unwrap_or_else(PoisonError::into_inner);
        channels
            .iter()
            .filter(|(_, channel)| choose(channel))
            .map(|(tenant, channel)| (*tenant, Arc::clone(channel)))
            .collect()
    }
}
