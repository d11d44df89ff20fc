//! Room in memory for the requests that write: how much all of them may hold together, and
//! those of one client.

use crate::domain::TenantId;
use crate::web::WebError;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What all of them may hold.
const ALL: usize = 96 * MIB;

/// What those of one client may hold, so that the others find room beside them.
const ONE_CLIENT: usize = ALL / 2;

/// What the readings of one request may come to while they are on their way to the engine.
const READINGS: usize = 12 * MIB;

/// A field of four bytes becomes a reading of about a hundred.
const UNFOLDED: usize = 32;

const MIB: usize = 1024 * 1024;

/// The room of this process.
#[derive(Debug, Default)]
pub struct WriteRoom(Arc<Mutex<Held>>);

/// How much is held, in bytes.
#[derive(Debug, Default)]
struct Held {
    all: usize,
    by_client: HashMap<TenantId, usize>,
}

impl WriteRoom {
    /// The room of one request, none yet.
    pub(super) fn enter(&self, client: TenantId) -> Booking {
        Booking {
            room: Arc::clone(&self.0),
            client,
            held: 0,
        }
    }
}

/// What one request holds until it is dropped.
#[derive(Debug)]
pub struct Booking {
    room: Arc<Mutex<Held>>,
    client: TenantId,
    held: usize,
}

impl Booking {
    /// Grows to what a body of so many bytes needs. Whoever finds no room comes back a
    /// second later; nobody waits holding some.
    pub(super) fn grow(&mut self, body: usize, buffer: usize) -> Result<(), WebError> {
        let missing = need(body, buffer).saturating_sub(self.held);
        let mut room = lock(&self.room);
        let room = &mut *room;
        let of_client = room.by_client.entry(self.client).or_default();
        if room.all + missing > ALL || *of_client + missing > ONE_CLIENT {
            return Err(WebError::TooMany { retry_after_s: 1 });
        }
        room.all += missing;
        *of_client += missing;
        self.held += missing;
        Ok(())
    }
}

impl Drop for Booking {
    fn drop(&mut self) {
        let mut room = lock(&self.room);
        room.all -= self.held;
        if let Some(of_client) = room.by_client.get_mut(&self.client) {
            *of_client -= self.held;
        }
        room.by_client.retain(|_, held| *held > 0);
    }
}

fn lock(room: &Mutex<Held>) -> MutexGuard<'_, Held> {
    room.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The buffer the body lies in, and its readings.
fn need(body: usize, buffer: usize) -> usize {
    buffer.max(body) + READINGS.min(UNFOLDED * body)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: TenantId = TenantId(1);
    const OTHER: TenantId = TenantId(2);

    fn fill(room: &WriteRoom, client: TenantId, body: usize) -> Vec<Booking> {
        let enter = || {
            let mut booking = room.enter(client);
            booking.grow(body, body).is_ok().then_some(booking)
        };
        std::iter::from_fn(enter).collect()
    }

    #[test]
    fn many_small_bodies_fit_and_few_large_ones() {
        assert_eq!(fill(&WriteRoom::default(), CLIENT, 10 * 1024).len(), 148);
        assert_eq!(fill(&WriteRoom::default(), CLIENT, 16 * MIB).len(), 1);
    }

    #[test]
    fn one_client_leaves_the_others_their_room() {
        let room = WriteRoom::default();
        let greedy = fill(&room, CLIENT, 100 * 1024);
        assert!(room.enter(CLIENT).grow(100 * 1024, 0).is_err());
        assert!(room.enter(OTHER).grow(16 * MIB, 16 * MIB).is_ok());
        drop(greedy);
        assert_eq!(fill(&room, CLIENT, 16 * MIB).len(), 1);
    }

    #[test]
    fn a_booking_grows_with_the_body_and_gives_all_of_it_back() {
        let room = WriteRoom::default();
        let mut booking = room.enter(CLIENT);
        for body in [1, 70_000, MIB, 2 * MIB] {
            booking.grow(body, 2 * body).unwrap();
            assert_eq!(lock(&room.0).all, need(body, 2 * body), "{body}");
        }
        drop(booking);
        assert_eq!(lock(&room.0).all, 0);
        assert!(lock(&room.0).by_client.is_empty());
    }
}
