//! How many sockets are open: of a client, of a person, from a network address.

use crate::domain::{TenantId, UserId, network_of};
use metrics::gauge;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Who takes a seat; each has a bound of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Taker {
    Client(TenantId),
    Person(TenantId, UserId),
    Address(TenantId, IpAddr),
}

impl Taker {
    /// Sockets it may have open. Many people may sit behind one address.
    const fn seats(self) -> usize {
        match self {
            Self::Client(_) => 10_000,
            Self::Person(..) => 200,
            Self::Address(..) => 2_000,
        }
    }
}

type Taken = Mutex<HashMap<Taker, usize>>;

/// Counts them.
#[derive(Debug, Default)]
pub(super) struct Seats(Arc<Taken>);

/// One socket's place; free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    takers: Vec<Taker>,
    taken: Arc<Taken>,
}

impl Seats {
    /// A place for one more socket, unless all are taken. The client is a part of every
    /// count: what one does to its own people never touches another.
    pub(super) fn take(
        &self,
        client: TenantId,
        person: Option<UserId>,
        address: Option<IpAddr>,
    ) -> Option<Seat> {
        let mut takers = vec![Taker::Client(client)];
        takers.extend(person.map(|person| Taker::Person(client, person)));
        takers.extend(address.map(|address| Taker::Address(client, network_of(address))));
        let mut taken = lock(&self.0);
        let is_full = |taker: &Taker| taken.get(taker).is_some_and(|n| *n >= taker.seats());
        if takers.iter().any(is_full) {
            return None;
        }
        for taker in &takers {
            *taken.entry(*taker).or_default() += 1;
        }
        gauge!("vigie_feed_sockets").increment(1.0);
        Some(Seat {
            takers,
            taken: Arc::clone(&self.0),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        gauge!("vigie_feed_sockets").decrement(1.0);
        let mut taken = lock(&self.taken);
        for taker in &self.takers {
            if let Some(count) = taken.get_mut(taker) {
                *count -= 1;
                if *count == 0 {
                    taken.remove(taker);
                }
            }
        }
    }
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashMap<Taker, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: TenantId = TenantId(1);

    fn address(last: u16) -> IpAddr {
        IpAddr::from([10, 0, (last >> 8) as u8, last as u8])
    }

    /// Takes seats until there is none; how many.
    fn fill(seats: &Seats, of: impl Fn(usize) -> (i64, u16)) -> Vec<Seat> {
        let take = |n| {
            let (person, from) = of(n);
            seats.take(CLIENT, Some(UserId(person)), Some(address(from)))
        };
        (0..).map_while(take).collect()
    }

    #[test]
    fn one_person_does_not_take_the_seats_of_the_others() {
        let seats = Seats::default();
        let mut taken = fill(&seats, |n| (1, n as u16));
        assert_eq!(taken.len(), 200);
        assert!(
            seats
                .take(CLIENT, Some(UserId(2)), Some(address(1)))
                .is_some()
        );
        taken.pop();
        assert!(
            seats
                .take(CLIENT, Some(UserId(1)), Some(address(1)))
                .is_some()
        );
    }

    #[test]
    fn one_address_has_so_many_seats_whoever_sits_there() {
        let seats = Seats::default();
        let taken = fill(&seats, |n| (n as i64, 7));
        assert_eq!(taken.len(), 2_000);
        assert!(
            seats
                .take(CLIENT, Some(UserId(-1)), Some(address(8)))
                .is_some()
        );
        let other = TenantId(2);
        assert!(
            seats
                .take(other, Some(UserId(1)), Some(address(7)))
                .is_some()
        );
    }

    #[test]
    fn a_client_has_so_many_seats_and_all_are_given_back() {
        let seats = Seats::default();
        let taken = fill(&seats, |n| (n as i64, (n / 1_000) as u16));
        assert_eq!(taken.len(), 10_000);
        assert!(
            seats
                .take(TenantId(2), Some(UserId(1)), Some(address(1)))
                .is_some()
        );
        drop(taken);
        assert!(lock(&seats.0).is_empty());
    }
}
