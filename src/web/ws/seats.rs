//! How many sockets a client has open.

use crate::domain::TenantId;
use metrics::gauge;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sockets one client may have open.
const SEATS: usize = 10_000;

type Taken = Mutex<HashMap<TenantId, usize>>;

/// Counts them.
#[derive(Debug, Default)]
pub(super) struct Seats(Arc<Taken>);

/// One socket's place; free again when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    tenant: TenantId,
    taken: Arc<Taken>,
}

impl Seats {
    /// A place for one more socket, unless all are taken.
    pub(super) fn take(&self, tenant: TenantId) -> Option<Seat> {
        let mut taken = lock(&self.0);
        let count = taken.entry(tenant).or_default();
        if *count >= SEATS {
            return None;
        }
        *count += 1;
        gauge!("vigie_feed_sockets").increment(1.0);
        Some(Seat {
            tenant,
            taken: Arc::clone(&self.0),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        gauge!("vigie_feed_sockets").decrement(1.0);
        let mut taken = lock(&self.taken);
        if let Some(count) = taken.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.tenant);
            }
        }
    }
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashMap<TenantId, usize>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_so_many_seats_and_a_freed_one_is_taken_again() {
        let seats = Seats::default();
        let mut taken: Vec<_> = (0..SEATS).map(|_| seats.take(TenantId(1))).collect();
        assert!(taken.iter().all(Option::is_some));
        assert!(seats.take(TenantId(1)).is_none());
        assert!(
            seats.take(TenantId(2)).is_some(),
            "another client has its own"
        );
        taken.pop();
        assert!(seats.take(TenantId(1)).is_some());
    }
}
