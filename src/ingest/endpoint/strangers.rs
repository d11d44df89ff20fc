//! Slows down networks that keep coming with wrong credentials.
//!
//! Invariant: nobody is locked out; behind one router a device with a wrong password costs its
//! neighbours [`LONGEST`] at most. A bounded number of networks is remembered.

use crate::domain::network_of;
use moka::sync::Cache;
use std::net::IpAddr;
use std::time::Duration;

/// Failures that cost nothing.
const FREE: u32 = 20;
/// What each further one adds to the wait of the next attempt.
const STEP: Duration = Duration::from_millis(100);
/// The longest wait; shorter than a server waits for a sign-in.
const LONGEST: Duration = Duration::from_secs(2);
const REMEMBERED: u64 = 10_000;
const FORGOTTEN_AFTER: Duration = Duration::from_secs(600);

/// Failed sign-ins of devices, by network.
pub(super) struct Strangers(Cache<IpAddr, u32>);

impl Strangers {
    pub(super) fn new() -> Self {
        let failures = Cache::builder()
            .max_capacity(REMEMBERED)
            .time_to_live(FORGOTTEN_AFTER)
            .build();
        Self(failures)
    }

    /// How long the next attempt from there waits.
    pub(super) fn delay(&self, address: IpAddr) -> Duration {
        let failures = self.0.get(&network_of(address)).unwrap_or_default();
        STEP.saturating_mul(failures.saturating_sub(FREE))
            .min(LONGEST)
    }

    /// Notes a wrong credential.
    pub(super) fn failed(&self, address: IpAddr) {
        let one_more = |known: Option<moka::Entry<IpAddr, u32>>| {
            known.map_or(1, |entry| entry.into_value().saturating_add(1))
        };
        self.0.entry(network_of(address)).and_upsert_with(one_more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_keeps_failing_waits_longer_but_never_long() {
        let strangers = Strangers::new();
        let own: IpAddr = "2001:db8::1".parse().unwrap();
        let neighbour: IpAddr = "2001:db8::ffff".parse().unwrap();
        (0..FREE).for_each(|_| strangers.failed(own));
        assert_eq!(strangers.delay(own), Duration::ZERO);
        strangers.failed(neighbour);
        assert_eq!(strangers.delay(own), STEP);
        (0..1_000).for_each(|_| strangers.failed(own));
        assert_eq!(strangers.delay(own), LONGEST);
        let other: IpAddr = "203.0.113.7".parse().unwrap();
        assert_eq!(strangers.delay(other), Duration::ZERO);
    }
}
