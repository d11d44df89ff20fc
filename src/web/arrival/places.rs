//! From where keys come: the first use from an address is in the audit log.
//!
//! Invariant: what was noted is looked up in memory, so that a key in use costs no statement.

use crate::domain::audit::{Action, Deed, Subject};
use crate::domain::{ApiKeyId, Principal, TenantId};
use crate::runtime::Client;
use crate::store::tenant::key_places;
use crate::store::{StoreError, audit};
use crate::web::AppState;
use crate::web::arrival::Identity;
use crate::web::extract::Origin;
use moka::sync::Cache;
use std::net::{IpAddr, Ipv6Addr};

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
            (identity.access.principal, origin.address().map(network))
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

/// One household has one IPv6 network of 64 bits (RFC 6177), and as many addresses as it likes.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_are_one_place() {
        let place = |text: &str| network(text.parse().unwrap());
        assert_eq!(place("2001:db8::1"), place("2001:db8::ffff:2"));
        assert_ne!(place("2001:db8:0:1::1"), place("2001:db8::1"));
        assert_eq!(place("::ffff:192.0.2.1"), place("192.0.2.1"));
        assert_ne!(place("192.0.2.1"), place("192.0.2.2"));
    }
}
