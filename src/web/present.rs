//! The present of a client: its model with the newest value of every point.

use super::condition::{Condition, Tally, Trust};
use super::model::Model;
use crate::domain::{EquipmentId, Sample, SiteId, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::Engine;
use std::collections::HashMap;
use std::sync::Arc;

/// One look at everything, taken from memory in one go.
#[derive(Debug, Default)]
pub struct Present {
    /// What there is.
    pub model: Arc<Model>,
    /// The newest sample of each point, in the order of the model.
    samples: Vec<Option<Sample>>,
    /// When one looked.
    pub now: Timestamp,
    tallies: HashMap<EquipmentId, (Tally, Option<Timestamp>)>,
}

impl Present {
    /// Looks at the newest values the engine has in memory.
    pub fn look(model: Arc<Model>, engine: &Engine, now: Timestamp) -> Self {
        let ids: Vec<_> = model.points.iter().map(|row| row.id).collect();
        let samples = engine
            .latest(&ids)
            .into_iter()
            .map(|(_, sample)| sample)
            .collect();
        Self::of(model, samples, now)
    }

    /// Ties a model to samples in the order of its points.
    pub fn of(model: Arc<Model>, samples: Vec<Option<Sample>>, now: Timestamp) -> Self {
        let mut tallies: HashMap<_, (Tally, Option<Timestamp>)> = HashMap::new();
        for (row, sample) in model.points.iter().zip(&samples) {
            let (tally, newest) = tallies.entry(row.equipment_id).or_default();
            tally.see(&row.spec, sample.as_ref(), now);
            *newest = (*newest).max(sample.map(|sample| sample.at));
        }
        Self {
            model,
            samples,
            now,
            tallies,
        }
    }

    /// The points of an equipment with their newest samples.
    pub fn points_of(
        &self,
        equipment: EquipmentId,
    ) -> impl Iterator<Item = (&PointRow, Option<&Sample>)> {
        let points = self.model.points_of(equipment);
        let start = points
            .first()
            .and_then(|row| self.model.place_of(row.id))
            .unwrap_or_default();
        points
            .iter()
            .zip(self.samples[start..].iter().map(Option::as_ref))
    }

    /// The newest sample of a point.
    pub fn sample(&self, point: &PointRow) -> Option<&Sample> {
        self.samples.get(self.model.place_of(point.id)?)?.as_ref()
    }

    /// All points with their newest samples.
    pub fn points(&self) -> impl Iterator<Item = (&PointRow, Option<&Sample>)> {
        self.model
            .points
            .iter()
            .zip(self.samples.iter().map(Option::as_ref))
    }

    /// How the points of an equipment are.
    pub fn tally(&self, equipment: EquipmentId) -> Tally {
        self.tallies
            .get(&equipment)
            .map(|(tally, _)| *tally)
            .unwrap_or_default()
    }

    /// What state an equipment is in.
    pub fn condition(&self, equipment: EquipmentId) -> Condition {
        self.tally(equipment).condition()
    }

    /// When an equipment was last heard of.
    pub fn last_heard(&self, equipment: EquipmentId) -> Option<Timestamp> {
        self.tallies.get(&equipment).and_then(|(_, newest)| *newest)
    }

    /// The gravest state of what stands in these sites; waiting sites only count when nothing else does.
    pub fn worst_of(&self, sites: &[SiteId]) -> Condition {
        sites
            .iter()
            .flat_map(|site| self.model.equipment_of(*site))
            .map(|row| self.condition(row.id))
            .min()
            .unwrap_or(Condition::Waiting)
    }

    /// How all points are.
    pub fn total(&self) -> Tally {
        let mut total = Tally::default();
        for (tally, _) in self.tallies.values() {
            total.merge(*tally);
        }
        total
    }

    /// The newest instant of all.
    pub fn newest(&self) -> Option<Timestamp> {
        self.samples.iter().flatten().map(|sample| sample.at).max()
    }
}

/// Whether the newest sample of a point is too old.
pub fn is_stale(point: &PointRow, sample: Option<&Sample>, now: Timestamp) -> bool {
    Trust::of(&point.spec, sample, now) == Trust::Stale
}
