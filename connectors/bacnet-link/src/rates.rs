//! How often each peer is heard: an exposed BACnet device is asked to answer others than who asks.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use tokio::time::Instant;

/// Peers that are told apart at once; beyond that, strangers share one bucket.
const PEERS: usize = 1_024;

/// Datagrams a second that are taken, of one peer and of all; with room for a burst of one second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Of one address.
    pub per_peer: f64,
    /// Of all addresses together.
    pub in_all: f64,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            per_peer: 1_000.0,
            in_all: 5_000.0,
        }
    }
}

/// A bucket of tokens that fills with time.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Bucket {
    fn full(rate: f64, now: Instant) -> Self {
        Self {
            tokens: rate,
            at: now,
        }
    }

    fn fill(&mut self, rate: f64, now: Instant) {
        let gained = now.duration_since(self.at).as_secs_f64() * rate;
        self.tokens = (self.tokens + gained).min(rate);
        self.at = now;
    }

    fn take(&mut self) -> bool {
        let enough = self.tokens >= 1.0;
        if enough {
            self.tokens -= 1.0;
        }
        enough
    }
}

/// Counts who was heard lately.
#[derive(Debug)]
pub(crate) struct Meter {
    rates: Rates,
    all: Bucket,
    strangers: Bucket,
    peers: HashMap<Ipv4Addr, Bucket>,
}

impl Meter {
    pub(crate) fn new(rates: Rates, now: Instant) -> Self {
        Self {
            rates,
            all: Bucket::full(rates.in_all, now),
            strangers: Bucket::full(rates.per_peer, now),
            peers: HashMap::new(),
        }
    }

    /// Whether one more datagram of `peer` is taken now.
    pub(crate) fn takes(&mut self, peer: Ipv4Addr, now: Instant) -> bool {
        let rate = self.rates.per_peer;
        if self.peers.len() >= PEERS && !self.peers.contains_key(&peer) {
            self.forget_the_quiet(now);
        }
        let has_room = self.peers.len() < PEERS || self.peers.contains_key(&peer);
        let bucket = if has_room {
            let fresh = || Bucket::full(rate, now);
            self.peers.entry(peer).or_insert_with(fresh)
        } else {
            &mut self.strangers
        };
        bucket.fill(rate, now);
        self.all.fill(self.rates.in_all, now);
        bucket.take() && self.all.take()
    }

    /// A full bucket says nothing that a new one would not.
    fn forget_the_quiet(&mut self, now: Instant) {
        let rate = self.rates.per_peer;
        self.peers.retain(|_, bucket| {
            bucket.fill(rate, now);
            bucket.tokens < rate
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    const RATES: Rates = Rates {
        per_peer: 10.0,
        in_all: 25.0,
    };

    fn heard(meter: &mut Meter, peer: u32, times: u32, now: Instant) -> usize {
        let peer = Ipv4Addr::from(peer);
        (0..times).filter(|_| meter.takes(peer, now)).count()
    }

    #[test]
    fn each_peer_and_all_together_are_held_to_their_rate() {
        let now = Instant::now();
        let mut meter = Meter::new(RATES, now);
        assert_eq!(heard(&mut meter, 1, 100, now), 10);
        assert_eq!(heard(&mut meter, 2, 100, now), 10);
        assert_eq!(heard(&mut meter, 3, 100, now), 5);
        let later = now + Duration::from_millis(500);
        assert_eq!(heard(&mut meter, 1, 100, later), 5);
    }

    #[test]
    fn a_thousand_forged_addresses_cost_no_more_memory() {
        let now = Instant::now();
        let mut meter = Meter::new(RATES, now);
        for peer in 0..100_000 {
            heard(&mut meter, peer, 1, now);
        }
        assert!(meter.peers.len() <= PEERS);
        let later = now + Duration::from_secs(60);
        assert_eq!(heard(&mut meter, 200_000, 100, later), 10);
    }
}
