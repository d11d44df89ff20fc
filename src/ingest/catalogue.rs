//! One client's model in memory, arranged for resolving readings.

use crate::domain::{EquipmentTypeId, PointId, PointKind, SiteId, StateSet, Unit};
use crate::store::tenant::{
    EquipmentRow, EquipmentTypeRow, PointRow, SiteRow, equipment, equipment_types, points,
    settings, sites,
};
use crate::store::{Db, StoreError};
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::Arc;

/// A snapshot of the model; replaced as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Catalogue {
    /// The version of the model it was read at, or before.
    pub(super) version: i64,
    pub(super) equipment: HashMap<Arc<str>, Arc<Equipment>>,
    pub(super) sites: HashMap<Arc<str>, SiteId>,
    pub(super) types: HashMap<Arc<str>, EquipmentTypeId>,
    places: HashMap<SiteId, Place>,
    owners: HashMap<PointId, Arc<Equipment>>,
}

#[derive(Debug, Clone)]
struct Place {
    parent: Option<SiteId>,
    zone: TimeZone,
}

/// An equipment and its points by key.
#[derive(Debug)]
pub(super) struct Equipment {
    pub(super) site: SiteId,
    pub(super) kind: EquipmentTypeId,
    pub(super) points: HashMap<Arc<str>, Point>,
}

/// What resolving a reading needs of a point.
#[derive(Debug)]
pub(super) struct Point {
    pub(super) id: PointId,
    pub(super) kind: PointKind,
    pub(super) unit: Option<Unit>,
    pub(super) states: StateSet,
    pub(super) valid_min: f64,
    pub(super) valid_max: f64,
}

impl Catalogue {
    /// Reads the whole model. The version is read first: what changes meanwhile is read again.
    pub(super) async fn load(db: &Db) -> Result<Self, StoreError> {
        let version = settings::model_version(db).await?;
        let mut catalogue = Self {
            version,
            ..Self::default()
        };
        catalogue.add_sites(sites::list(db).await?);
        catalogue.add_types(equipment_types::list(db).await?);
        let equipment = equipment::list(db).await?;
        catalogue.add_equipment(equipment, points::list(db).await?);
        Ok(catalogue)
    }

    fn add_sites(&mut self, rows: Vec<SiteRow>) {
        for row in rows {
            let zone = TimeZone::get(&row.site.time_zone).unwrap_or(TimeZone::UTC);
            self.places.insert(
                row.id,
                Place {
                    parent: row.site.parent_id,
                    zone,
                },
            );
            self.sites.insert(row.site.key.into(), row.id);
        }
    }

    fn add_types(&mut self, rows: Vec<EquipmentTypeRow>) {
        let types = rows
            .into_iter()
            .map(|row| (row.equipment_type.key.into(), row.id));
        self.types.extend(types);
    }

    /// Adds equipment with its points; replaces what has the same key.
    pub(super) fn add_equipment(&mut self, equipment: Vec<EquipmentRow>, points: Vec<PointRow>) {
        let mut by_equipment: HashMap<_, HashMap<Arc<str>, Point>> = HashMap::new();
        for row in points {
            let points = by_equipment.entry(row.equipment_id).or_default();
            points.insert(row.spec.key.as_str().into(), row.into());
        }
        for row in equipment {
            let entry = Arc::new(Equipment {
                site: row.equipment.site_id,
                kind: row.equipment.type_id,
                points: by_equipment.remove(&row.id).unwrap_or_default(),
            });
            let owned = entry.points.values().map(|point| (point.id, entry.clone()));
            self.owners.extend(owned);
            self.equipment.insert(row.equipment.key.into(), entry);
        }
    }

    /// The zone of the site a point is in; UTC for a point that is not in the model.
    pub(super) fn zone(&self, point: PointId) -> TimeZone {
        let place = self
            .owners
            .get(&point)
            .and_then(|owner| self.places.get(&owner.site));
        place.map_or(TimeZone::UTC, |place| place.zone.clone())
    }

    /// Whether `site` is `ancestor` or lies in it.
    pub(super) fn lies_in(&self, site: SiteId, ancestor: SiteId) -> bool {
        let mut at = Some(site);
        // Sites form a tree; the bound only guards against a damaged database.
        for _ in 0..=self.places.len() {
            match at {
                Some(here) if here == ancestor => return true,
                Some(here) => at = self.places.get(&here).and_then(|place| place.parent),
                None => return false,
            }
        }
        false
    }
}

impl From<PointRow> for Point {
    fn from(row: PointRow) -> Self {
        Self {
            id: row.id,
            kind: row.spec.kind,
            unit: row.spec.unit,
            states: row.spec.states,
            valid_min: row.spec.valid_min.unwrap_or(f64::NEG_INFINITY),
            valid_max: row.spec.valid_max.unwrap_or(f64::INFINITY),
        }
    }
}
