//! The present of a client: its model with the newest value of every point.

use super::condition::{Condition, Tally, Trust, is_link};
use super::link::{Link, chain, says_down};
use super::model::Model;
use super::value::{Reader, Value};
use crate::domain::{EquipmentId, Sample, SiteId, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::Engine;
use std::collections::{HashMap, HashSet};
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
    /// Equipment whose link, or that of what it is a part of, is down.
    cut_off: HashSet<EquipmentId>,
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
        let mut present = Self {
            cut_off: cut_off(&model, &samples),
            model,
            samples,
            now,
            tallies: HashMap::new(),
        };
        present.tallies = present.tally_all();
        present
    }

    fn tally_all(&self) -> HashMap<EquipmentId, (Tally, Option<Timestamp>)> {
        let mut tallies: HashMap<_, (Tally, Option<Timestamp>)> = HashMap::new();
        for (row, sample) in self.points() {
            let (tally, newest) = tallies.entry(row.equipment_id).or_default();
            tally.see(&row.spec, sample, self.trust(row, sample));
            *newest = (*newest).max(sample.map(|sample| sample.at));
        }
        tallies
    }

    /// How far the newest sample of a point can be trusted.
    pub fn trust(&self, row: &PointRow, sample: Option<&Sample>) -> Trust {
        self.link_of(row).trust(row, sample, self.now)
    }

    /// What a reader sees of a point.
    pub fn value(&self, row: &PointRow, sample: Option<&Sample>, reader: &Reader) -> Value {
        let value = Value::of(row, sample, reader);
        if sample.is_some() && self.link_of(row).silences(row) {
            return value.cut_off(reader);
        }
        value
    }

    fn link_of(&self, row: &PointRow) -> Link {
        if self.cut_off.contains(&row.equipment_id) {
            Link::Down
        } else {
            Link::Stands
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

/// Equipment behind a link that said it is down, itself included.
fn cut_off(model: &Model, samples: &[Option<Sample>]) -> HashSet<EquipmentId> {
    let links = model.points.iter().zip(samples);
    let down: HashSet<_> = links
        .filter(|(row, sample)| is_link(&row.spec) && says_down(sample.as_ref()))
        .map(|(row, _)| row.equipment_id)
        .collect();
    if down.is_empty() {
        return down;
    }
    let is_behind = |id| chain(model, id).any(|id| down.contains(&id));
    let all = model.equipment.iter().map(|row| row.id);
    all.filter(|id| is_behind(*id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EquipmentTypeId, PointId, PointKind, Quality};
    use crate::store::tenant::{Equipment, EquipmentRow, PointSpec};

    fn thing(id: i64, parent: Option<i64>) -> EquipmentRow {
        EquipmentRow {
            id: EquipmentId(id),
            equipment: Equipment {
                site_id: SiteId(1),
                parent_id: parent.map(EquipmentId),
                type_id: EquipmentTypeId(1),
                key: id.to_string(),
                name: id.to_string(),
                model: None,
                serial: None,
                note: None,
            },
            created_by: "test".to_owned(),
            created_at: Timestamp(0),
        }
    }

    fn point(equipment: i64, key: &str, period_s: Option<i64>) -> PointRow {
        let kind = if key == "online" {
            PointKind::Boolean
        } else {
            PointKind::State
        };
        PointRow {
            id: PointId(equipment),
            equipment_id: EquipmentId(equipment),
            spec: PointSpec {
                key: key.to_owned(),
                kind,
                period_s,
                ..PointSpec::default()
            },
            created_at: Timestamp(0),
        }
    }

    /// A gateway (1), a bay behind it (2), a meter behind it (3), a bay elsewhere (4).
    fn trusts(online: f64) -> Vec<Trust> {
        let things = vec![
            thing(1, None),
            thing(2, Some(1)),
            thing(3, Some(2)),
            thing(4, None),
        ];
        let points = vec![
            point(1, "online", None),
            point(2, "occupied", None),
            point(3, "power", Some(60)),
            point(4, "occupied", None),
        ];
        let model = Arc::new(Model::of(Vec::new(), Vec::new(), things, points));
        let sample = |value| {
            Some(Sample {
                at: Timestamp(0),
                value,
                quality: Quality::Good,
            })
        };
        let samples = [online, 1.0, 1.0, 1.0].map(sample).to_vec();
        let present = Present::of(model, samples, Timestamp::from_seconds(60));
        let of = |(row, sample): (&PointRow, Option<&Sample>)| present.trust(row, sample);
        present.points().map(of).collect()
    }

    #[test]
    fn what_reports_changes_is_stale_while_its_gateway_is_away() {
        assert_eq!(trusts(1.0), [Trust::Good; 4]);
        let away = [Trust::Good, Trust::Stale, Trust::Good, Trust::Good];
        assert_eq!(
            trusts(0.0),
            away,
            "who promised a period speaks for himself"
        );
    }
}
