//! From where keys come: the first use from an address is in the audit log.
//!
//! Invariant: what was noted is looked up in memory, so that a key in use costs no statement.

use crate::domain::audit::{Action, Deed, Subject};
use crate::domain::{ApiKeyId, Principal, TenantId, network_of};
use crate::runtime::Client;
use crate::store::tenant::key_places;
use crate::store::{StoreError, audit};
use crate::web::AppState;
use crate::web::arrival::Identity;
use crate::web::extract::Origin;
use moka::sync::Cache;
use std::net::IpAddr;

const REMEMBERED: u64 = 50_000;

/// Places that were noted.
#[derive(Debug, Clone)]
pub struct KeyPlaces(Cache<(TenantId, ApiKeyId, IpAddr), ()>);

impl Default for KeyPlaces {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl KeyPlaces {
    /// Notes from where a key comes; nothing for anybody else.
    pub async fn note(
        &self,
        state: &AppState,
        client: &Client,
        identity: &Identity,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        let (Principal::Key(key), Some(address)) =
            (identity.access.principal, origin.address.map(network_of))
        else {
            return Ok(());
        };
        let place = (client.tenant().id, key, address);
        if self.0.contains_key(&place) {
            return Ok(());
        }
        let now = state.clock.now();
        let mut tx = client.scope().db().begin().await?;
        if key_places::insert(&mut tx, key, &address.to_string(), now).await? {
            let name = key_places::name_of(&mut tx, key).await?;
            let deed = Deed::new(Action::KEY_SEEN, Subject::new("api-key", name));
            audit::record(&mut tx, now, &origin.actor(identity), &deed);
        }
        tx.commit().await?;
        self.0.insert(place, ());
        Ok(())
    }
}
