//! How many connections one network has open at the door of the web server.

use crate::domain::network_of;
use metrics::counter;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Of all that are served at a time, one network takes no more than these.
const OF_ONE: usize = 2_000;

type Open = Mutex<HashMap<IpAddr, usize>>;

/// Counts connections by network. This machine itself has no bound: a proxy on it speaks
/// for everybody, as does a proxy elsewhere that is trusted.
#[derive(Debug, Default)]
pub(super) struct Door {
    trusts_proxies: bool,
    open: Arc<Open>,
}

/// A connection that was let in; counted until it is dropped.
#[derive(Debug)]
pub(super) struct Entered(Option<(IpAddr, Arc<Open>)>);

impl Door {
    pub(super) fn new(trusts_proxies: bool) -> Self {
        Self {
            trusts_proxies,
            ..Self::default()
        }
    }

    /// Lets one more connection in, unless its network has too many.
    pub(super) fn enter(&self, peer: IpAddr) -> Option<Entered> {
        if self.trusts_proxies || peer.to_canonical().is_loopback() {
            return Some(Entered(None));
        }
        let network = network_of(peer);
        let mut open = lock(&self.open);
        let count = open.entry(network).or_default();
        if *count >= OF_ONE {
            counter!("vigie_http_turned_away_total").increment(1);
            return None;
        }
        *count += 1;
        Some(Entered(Some((network, Arc::clone(&self.open)))))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let Some((network, open)) = &self.0 else {
            return;
        };
        let mut open = lock(open);
        if let Some(count) = open.get_mut(network) {
            *count -= 1;
            if *count == 0 {
                open.remove(network);
            }
        }
    }
}

fn lock(open: &Open) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
    open.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_network_leaves_the_others_their_place_and_gives_its_own_back() {
        let door = Door::new(false);
        let host = |n: usize| address(&format!("2001:db8::{n:x}"));
        let taken: Vec<_> = (0..).map_while(|n| door.enter(host(n))).collect();
        assert_eq!(taken.len(), OF_ONE);
        assert!(door.enter(address("2001:db8:0:1::1")).is_some());
        drop(taken);
        assert!(door.enter(host(1)).is_some());
        assert!(lock(&door.open).is_empty());
    }

    #[test]
    fn a_proxy_speaks_for_everybody() {
        for (door, peer) in [
            (Door::new(false), "127.0.0.1"),
            (Door::new(false), "::ffff:127.0.0.1"),
            (Door::new(true), "192.0.2.1"),
        ] {
            let all: Vec<_> = (0..=OF_ONE)
                .map_while(|_| door.enter(address(peer)))
                .collect();
            assert_eq!(all.len(), OF_ONE + 1, "{peer}");
        }
    }
}
