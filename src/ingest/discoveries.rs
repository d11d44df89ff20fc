//! Equipment that spoke but is not in the model, to be adopted or ignored.

use crate::domain::Timestamp;
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
        seen.excerpt = format!("{} = {:?}", reading.address.point, reading.value);
    }

    /// Writes what is new; keeps it when that fails.
    pub(super) async fn flush(&self, db: &Db) -> Result<(), StoreError> {
        for (heard, sighting) in self.fresh() {
            discovered::record(db, &sighting).await?;
            if let Some(seen) = self.book().get_mut(&heard) {
                seen.n -= sighting.n;
            }
        }
        Ok(())
    }

    fn fresh(&self) -> Vec<(Heard, Sighting)> {
        let book = self.book();
        let fresh = book.iter().filter(|(_, seen)| seen.n > 0);
        fresh
            .map(|(heard, seen)| (heard.clone(), seen.sighting(heard)))
            .collect()
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
