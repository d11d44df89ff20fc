//! The part of a model that somebody sees.
//!
//! Invariant: what is not in it cannot be asked for. A site or an equipment whose outer one
//! is not seen stands on its own, so that not even a name of what lies around is told.

use super::Model;
use crate::domain::{EquipmentId, Grants, PointId, Scope, SiteId};
use crate::store::tenant::{EquipmentRow, PointRow};
use std::collections::HashSet;
use std::sync::Arc;

impl Model {
    /// What is left of it in this scope.
    pub(super) fn seen(&self, scope: &Scope) -> Self {
        match scope {
            Scope::All => self.of_equipment(|_| true, self.site_index.keys().copied().collect()),
            Scope::Only(grants) => self.granted(grants),
            // A shared dashboard shows values, nothing of what people note of their equipment.
            Scope::Points(points) => self.of_points(points),
            Scope::Nothing => Self::default(),
        }
    }

    fn granted(&self, grants: &Grants) -> Self {
        let sites: HashSet<_> = if grants.sites.is_empty() {
            self.site_index.keys().copied().collect()
        } else {
            let granted = grants
                .sites
                .iter()
                .filter(|site| self.site(**site).is_some());
            granted.flat_map(|site| self.within(*site)).collect()
        };
        if grants.types.is_empty() {
            return self.of_equipment(|row| sites.contains(&row.equipment.site_id), sites.clone());
        }
        let fits = |row: &EquipmentRow| {
            sites.contains(&row.equipment.site_id) && grants.types.contains(&row.equipment.type_id)
        };
        let shown = self.leading_to(&fits, &sites);
        self.of_equipment(fits, shown)
    }

    /// Of these sites, those with such equipment on them or inside them.
    fn leading_to(
        &self,
        fits: &impl Fn(&EquipmentRow) -> bool,
        sites: &HashSet<SiteId>,
    ) -> HashSet<SiteId> {
        let mut found = HashSet::new();
        for row in self.equipment.iter().filter(|row| fits(row)) {
            let mut next = Some(row.equipment.site_id);
            while let Some(site) = next.filter(|site| sites.contains(site)) {
                if !found.insert(site) {
                    break;
                }
                next = self.site(site).and_then(|row| row.site.parent_id);
            }
        }
        found
    }

    fn of_equipment(&self, fits: impl Fn(&EquipmentRow) -> bool, sites: HashSet<SiteId>) -> Self {
        let equipment: HashSet<_> = self
            .equipment
            .iter()
            .filter(|row| fits(row))
            .map(|row| row.id)
            .collect();
        let seen = self.cut(&sites, &equipment, |row| {
            equipment.contains(&row.equipment_id)
        });
        seen.with_custom(Arc::clone(&self.custom))
    }

    fn of_points(&self, points: &[PointId]) -> Self {
        let rows = points.iter().filter_map(|point| self.point(*point));
        let equipment: HashSet<_> = rows.map(|row| row.equipment_id).collect();
        let on = equipment.iter().filter_map(|id| self.equipment(*id));
        let sites = on.map(|row| row.equipment.site_id).collect();
        let points: HashSet<_> = points.iter().copied().collect();
        self.cut(&sites, &equipment, |row| points.contains(&row.id))
    }

    fn cut(
        &self,
        sites: &HashSet<SiteId>,
        equipment: &HashSet<EquipmentId>,
        fits: impl Fn(&PointRow) -> bool,
    ) -> Self {
        let mut seen_sites: Vec<_> = keep(&self.sites, |row| sites.contains(&row.id));
        for row in &mut seen_sites {
            row.site.parent_id = row.site.parent_id.filter(|outer| sites.contains(outer));
        }
        let mut seen: Vec<_> = keep(&self.equipment, |row| equipment.contains(&row.id));
        for row in &mut seen {
            let outer = row.equipment.parent_id;
            row.equipment.parent_id = outer.filter(|outer| equipment.contains(outer));
        }
        let types: HashSet<_> = seen.iter().map(|row| row.equipment.type_id).collect();
        Self::of(
            seen_sites,
            keep(&self.types, |row| types.contains(&row.id)),
            seen,
            keep(&self.points, fits),
        )
    }
}

fn keep<T: Clone>(rows: &[T], fits: impl Fn(&T) -> bool) -> Vec<T> {
    rows.iter().filter(|row| fits(row)).cloned().collect()
}
