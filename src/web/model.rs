//! What a client has, in memory: sites, types, equipment, points, and how they hang together.
//!
//! Invariant: a page reads the model from here and values from the engine's
//! memory; no page asks the database once per row. A change of the model moves
//! its version (`settings::versions`), and the next request reads it anew. A handler is
//! given what its caller may see ([`Models::seen_by`]), never the whole by accident.

pub mod custom;
mod models;
mod seen;
mod twins;

pub use custom::Custom;
pub use models::Models;

use crate::domain::{EquipmentId, EquipmentTypeId, PointId, SiteId};
use crate::store::StoreError;
use crate::store::tenant::{
    EquipmentRow, EquipmentTypeRow, PointRow, SiteRow, equipment, equipment_types, points, sites,
};
use crate::tenancy::TenantScope;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// One version of a client's model. Sites, types and equipment keep the order people gave them.
#[derive(Debug, Default)]
pub struct Model {
    /// Siblings in their order.
    pub sites: Vec<SiteRow>,
    /// By key.
    pub types: Vec<EquipmentTypeRow>,
    /// By site, then name.
    pub equipment: Vec<EquipmentRow>,
    /// Grouped by equipment, in their order.
    pub points: Vec<PointRow>,
    /// What people want to know of sites and equipment besides.
    pub custom: Arc<Custom>,
    site_index: HashMap<SiteId, usize>,
    type_index: HashMap<EquipmentTypeId, usize>,
    equipment_index: HashMap<EquipmentId, usize>,
    point_index: HashMap<PointId, usize>,
    equipment_of: HashMap<SiteId, Range<usize>>,
    points_of: HashMap<EquipmentId, Range<usize>>,
    inside: HashMap<SiteId, Vec<SiteId>>,
    twins: twins::Twins,
}

impl Model {
    /// Reads the present model: seven statements, whatever its size, side by side.
    async fn read(scope: &TenantScope) -> Result<Self, StoreError> {
        let db = scope.db();
        let (sites, types, equipment, points, custom) = tokio::try_join!(
            sites::list(db),
            equipment_types::list(db),
            equipment::list(db),
            points::list(db),
            Custom::read(db),
        )?;
        Ok(Self::of(sites, types, equipment, points).with_custom(custom))
    }

    /// The same with what people want to know besides.
    #[must_use]
    pub fn with_custom(self, custom: impl Into<Arc<Custom>>) -> Self {
        Self {
            custom: custom.into(),
            ..self
        }
    }

    /// Ties rows together.
    pub fn of(
        sites: Vec<SiteRow>,
        types: Vec<EquipmentTypeRow>,
        mut equipment: Vec<EquipmentRow>,
        mut points: Vec<PointRow>,
    ) -> Self {
        let site_index = index(&sites, |row| row.id);
        equipment.sort_by_cached_key(|row| {
            (
                site_index.get(&row.equipment.site_id).copied(),
                natural_key(&row.equipment.name),
            )
        });
        points.sort_by_key(|row| (row.equipment_id, row.spec.position, row.id));
        Self {
            type_index: index(&types, |row| row.id),
            equipment_index: index(&equipment, |row| row.id),
            point_index: index(&points, |row| row.id),
            equipment_of: groups(&equipment, |row| row.equipment.site_id),
            points_of: groups(&points, |row| row.equipment_id),
            inside: insides(&sites),
            twins: twins::Twins::of(&sites),
            custom: Arc::default(),
            site_index,
            sites,
            types,
            equipment,
            points,
        }
    }

    /// The site with this id.
    pub fn site(&self, id: SiteId) -> Option<&SiteRow> {
        self.site_index.get(&id).map(|&at| &self.sites[at])
    }

    /// The type with this id.
    pub fn type_of(&self, equipment: &EquipmentRow) -> Option<&EquipmentTypeRow> {
        self.type_index
            .get(&equipment.equipment.type_id)
            .map(|&at| &self.types[at])
    }

    /// The equipment with this id.
    pub fn equipment(&self, id: EquipmentId) -> Option<&EquipmentRow> {
        self.equipment_index.get(&id).map(|&at| &self.equipment[at])
    }

    /// The point with this id.
    pub fn point(&self, id: PointId) -> Option<&PointRow> {
        self.point_index.get(&id).map(|&at| &self.points[at])
    }

    /// Where a point stands in `points`.
    pub fn place_of(&self, point: PointId) -> Option<usize> {
        self.point_index.get(&point).copied()
    }

    /// The points of an equipment, in their order.
    pub fn points_of(&self, equipment: EquipmentId) -> &[PointRow] {
        self.points_of
            .get(&equipment)
            .map_or(&[], |range| &self.points[range.clone()])
    }

    /// The equipment that stands on a site itself, sites inside it apart.
    pub fn equipment_of(&self, site: SiteId) -> &[EquipmentRow] {
        self.equipment_of
            .get(&site)
            .map_or(&[], |range| &self.equipment[range.clone()])
    }

    /// The equipment on a site and on all sites inside it.
    pub fn equipment_within(&self, site: SiteId) -> impl Iterator<Item = &EquipmentRow> {
        self.within(site)
            .into_iter()
            .flat_map(|site| self.equipment_of(site))
    }

    /// The sites directly inside a site.
    pub fn inside(&self, site: SiteId) -> impl Iterator<Item = &SiteRow> {
        let inner = self.inside.get(&site).into_iter().flatten();
        inner.filter_map(|id| self.site(*id))
    }

    /// A site and all sites inside it, outermost first.
    pub fn within(&self, site: SiteId) -> Vec<SiteId> {
        let mut found = vec![site];
        let mut next = 0;
        while let Some(&outer) = found.get(next) {
            found.extend(self.inside.get(&outer).into_iter().flatten());
            next += 1;
        }
        found
    }
}

fn index<T, K: std::hash::Hash + Eq>(rows: &[T], key: impl Fn(&T) -> K) -> HashMap<K, usize> {
    rows.iter()
        .enumerate()
        .map(|(at, row)| (key(row), at))
        .collect()
}

/// Where each group of rows lies; rows of one group stand together.
fn groups<T, K: std::hash::Hash + Eq>(
    rows: &[T],
    key: impl Fn(&T) -> K,
) -> HashMap<K, Range<usize>> {
    let mut found: HashMap<K, Range<usize>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        found.entry(key(row)).or_insert(at..at).end = at + 1;
    }
    found
}

/// The sites directly inside each site.
fn insides(sites: &[SiteRow]) -> HashMap<SiteId, Vec<SiteId>> {
    let mut found: HashMap<_, Vec<_>> = HashMap::new();
    for row in sites {
        if let Some(outer) = row.site.parent_id {
            found.entry(outer).or_default().push(row.id);
        }
    }
    found
}

/// Orders `Pack 2` before `Pack 10`: runs of digits compare by their value.
pub fn natural_key(name: &str) -> Vec<(String, u64)> {
    let mut parts = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let word = rest
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(rest.len());
        let digits = rest[word..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(rest.len(), |n| word + n);
        parts.push((
            rest[..word].to_lowercase(),
            rest[word..digits].parse().unwrap_or(0),
        ));
        rest = &rest[digits..];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["Pack 10", "pack 2", "Pack 1", "Meter", "A02", "A10", "A1"];
        names.sort_by_cached_key(|name| natural_key(name));
        assert_eq!(
            names,
            ["A1", "A02", "A10", "Meter", "Pack 1", "pack 2", "Pack 10"]
        );
    }
}
