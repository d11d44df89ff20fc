//! Equipment that spoke but is not in the model, to be adopted or ignored.

use crate::domain::{Timestamp, visible};
use crate::store::tenant::{Sighting, discovered};
use crate::store::{Db, StoreError};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use vigie_contract::Reading;

/// Equipment remembered; what is beyond is only counted as refused.
const MAX_EQUIPMENT: usize = 1_000;
/// Point keys remembered of one equipment.
const MAX_POINTS: usize = 64;

/// Sightings that are not in the database yet.
#[derive(Debug, Default)]
pub(super) struct DiscoveryBook(Mutex<HashMap<Heard, Seen>>);

/// Which equipment, on which connection.
type Heard = (Arc<str>, Arc<str>);

#[derive(Debug, Default)]
struct Seen {
    at: Timestamp,
    /// Since the last flush; the point keys stay.
    n: i64,
    points: BTreeSet<Arc<str>>,
    excerpt: String,
}

impl DiscoveryBook {
    pub(super) fn note(&self, connection: &Arc<str>, reading: &Reading, at: Timestamp) {
        let mut book = self.book();
        let heard = (reading.address.equipment.clone(), connection.clone());
        if book.len() >= MAX_EQUIPMENT && !book.contains_key(&heard) {
            return;
        }
        let seen = book.entry(heard).or_default();
        seen.at = at;
        seen.n += 1;
        if seen.points.len() < MAX_POINTS {
            seen.points.insert(reading.address.point.clone());
        }
        let excerpt = format!("{} = {}", reading.address.point, reading.value);
        seen.excerpt = visible(&excerpt).into_owned();
    }

    /// Writes what is new; keeps what could not be written.
    pub(super) async fn flush(&self, db: &Db) -> Result<(), StoreError> {
        let mut outcome = Ok(());
        for (heard, sighting) in self.take_fresh() {
            if outcome.is_ok() {
                outcome = discovered::record(db, &sighting).await;
            }
            if outcome.is_err() {
                self.put_back(&heard, sighting.n);
            }
        }
        outcome
    }

    /// Takes the counts away, so that two flushes at once never write one twice.
    fn take_fresh(&self) -> Vec<(Heard, Sighting)> {
        let mut book = self.book();
        let fresh = book.iter_mut().filter(|(_, seen)| seen.n > 0);
        fresh
            .map(|(heard, seen)| {
                let sighting = seen.sighting(heard);
                seen.n = 0;
                (heard.clone(), sighting)
            })
            .collect()
    }

    fn put_back(&self, heard: &Heard, n: i64) {
        if let Some(seen) = self.book().get_mut(heard) {
            seen.n += n;
        }
    }

    fn book(&self) -> MutexGuard<'_, HashMap<Heard, Seen>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn sighting(&self, (equipment, connection): &Heard) -> Sighting {
        let points: Vec<&str> = self.points.iter().map(|key| &**key).collect();
        Sighting {
            equipment_key: equipment.to_string(),
            connection_key: connection.to_string(),
            at: self.at,
            n: self.n,
            point_keys: serde_json::json!(points).to_string(),
            excerpt: self.excerpt.chars().take(200).collect(),
        }
    }
}
