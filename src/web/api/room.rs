//! Room in memory for the requests that write: how much all of them may hold together.

use crate::web::WebError;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What all of them may hold.
const ALL: usize = 128 * MIB;

/// What the readings of one request may come to while they are on their way to the engine.
const READINGS: usize = 24 * MIB;

/// A field of four bytes becomes a reading of about a hundred.
const UNFOLDED: usize = 32;

const MIB: usize = 1024 * 1024;

/// Semaphores count in 32 bits; kibibytes are fine enough.
const UNIT: usize = 1024;

/// The room of this process.
#[derive(Debug)]
pub struct WriteRoom(Arc<Semaphore>);

impl Default for WriteRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(ALL / UNIT)))
    }
}

impl WriteRoom {
    /// The room of one request, none yet.
    pub(super) fn enter(&self) -> Booking {
        Booking {
            room: Arc::clone(&self.0),
            held: None,
        }
    }
}

/// What one request holds until it is dropped.
#[derive(Debug)]
pub(super) struct Booking {
    room: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Booking {
    /// Grows to what a body of so many bytes needs. Whoever finds no room comes back a
    /// second later; nobody waits holding some.
    pub(super) fn grow(&mut self, body: usize) -> Result<(), WebError> {
        let held = self
            .held
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let missing = need(body).div_ceil(UNIT).saturating_sub(held);
        let more = Arc::clone(&self.room)
            .try_acquire_many_owned(missing as u32)
            .map_err(|_| WebError::TooMany { retry_after_s: 1 })?;
        match &mut self.held {
            Some(held) => held.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}

/// The body, the buffer it grows in, and its readings.
fn need(body: usize) -> usize {
    2 * body + READINGS.min(UNFOLDED * body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_bodies_fit_and_few_large_ones() {
        let fit = |body: usize| {
            let room = WriteRoom::default();
            let enter = || {
                let mut booking = room.enter();
                booking.grow(body).is_ok().then_some(booking)
            };
            let held: Vec<_> = std::iter::from_fn(enter).collect();
            held.len()
        };
        assert_eq!(fit(10 * 1024), 385);
        assert_eq!(fit(16 * MIB), 2);
    }

    #[test]
    fn a_booking_grows_with_the_body_and_gives_all_of_it_back() {
        let room = WriteRoom::default();
        let mut booking = room.enter();
        for body in [1, 70_000, MIB, 2 * MIB] {
            booking.grow(body).unwrap();
            let taken = ALL - room.0.available_permits() * UNIT;
            assert!((need(body)..need(body) + UNIT).contains(&taken), "{body}");
        }
        drop(booking);
        assert_eq!(room.0.available_permits() * UNIT, ALL);
    }
}
