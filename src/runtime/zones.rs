//! Which calendar cuts the days of a point: that of its site.

use crate::domain::{EquipmentId, PointId, PointKind, SiteId};
use crate::store::tenant::{equipment, points, sites};
use crate::store::{Db, StoreError};
use crate::telemetry::PointZones;
use jiff::tz::TimeZone;
use std::collections::{HashMap, HashSet};
use std::sync::{PoisonError, RwLock};

/// The zones of all points of one client; read again when the model changes.
pub(super) struct Zones {
    fallback: TimeZone,
    known: RwLock<Known>,
}

#[derive(Default)]
struct Known {
    zones: HashMap<PointId, TimeZone>,
    with_states: HashSet<PointId>,
}

impl Zones {
    /// Reads the model. `fallback` is the client's own zone, for points that are not in it yet.
    pub(super) async fn load(db: &Db, fallback: &str) -> Result<Self, StoreError> {
        let zones = Self {
            fallback: zone_named(fallback),
            known: RwLock::default(),
        };
        zones.reload(db).await?;
        Ok(zones)
    }

    /// Reads the model again.
    pub(super) async fn reload(&self, db: &Db) -> Result<(), StoreError> {
        let by_site: HashMap<SiteId, TimeZone> = sites::list(db)
            .await?
            .into_iter()
            .map(|row| (row.id, zone_named(&row.site.time_zone)))
            .collect();
        let site_of: HashMap<EquipmentId, SiteId> = equipment::list(db)
            .await?
            .into_iter()
            .map(|row| (row.id, row.equipment.site_id))
            .collect();
        let mut known = Known::default();
        for row in points::list(db).await? {
            let site = site_of.get(&row.equipment_id);
            if let Some(zone) = site.and_then(|site| by_site.get(site)) {
                known.zones.insert(row.id, zone.clone());
            }
            if row.spec.kind != PointKind::Number {
                known.with_states.insert(row.id);
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }
}

impl PointZones for Zones {
    fn zone(&self, point: PointId) -> TimeZone {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.zones.get(&point).unwrap_or(&self.fallback).clone()
    }

    fn has_states(&self, point: PointId) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.with_states.contains(&point)
    }
}

/// Manifests are checked for zones; a name this machine's table lacks falls back to UTC.
fn zone_named(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or_else(|error| {
        tracing::warn!(time_zone = name, %error, "unknown time zone; days are cut in UTC");
        TimeZone::UTC
    })
}
