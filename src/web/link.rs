//! The link of one equipment: whether anybody would tell of a change of its points.

use super::condition::{Trust, is_link};
use super::model::Model;
use crate::domain::{EquipmentId, PointId, Sample, Timestamp};
use crate::store::tenant::PointRow;
use crate::telemetry::Engine;

/// Parts in parts: no chain of equipment is longer.
const DEEPEST: usize = 32;

/// Whether the gateway of an equipment, or of what it is a part of, said that it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// Nobody said so.
    Stands,
    /// It is down: what reports changes only is not to be believed any more.
    Down,
}

impl Link {
    /// The link of one equipment, from the newest values in memory.
    pub fn of(model: &Model, engine: &Engine, equipment: EquipmentId) -> Self {
        let points = chain(model, equipment).flat_map(|id| model.points_of(id));
        let links = points.filter(|row| is_link(&row.spec));
        let links: Vec<PointId> = links.map(|row| row.id).collect();
        let newest = engine.latest(&links);
        let is_down = newest.iter().any(|(_, sample)| says_down(sample.as_ref()));
        if is_down { Self::Down } else { Self::Stands }
    }

    /// How far the newest sample of a point behind this link can be trusted. What reports
    /// changes only is stale as soon as its link is down: nobody would tell of a change.
    pub fn trust(self, row: &PointRow, sample: Option<&Sample>, now: Timestamp) -> Trust {
        match Trust::of(&row.spec, sample, now) {
            Trust::None => Trust::None,
            _ if self.silences(row) => Trust::Stale,
            trust => trust,
        }
    }

    /// Whether nobody would tell of a change of this point.
    pub fn silences(self, row: &PointRow) -> bool {
        self == Self::Down && row.spec.period_s.is_none() && !is_link(&row.spec)
    }
}

/// An equipment and what it is a part of, from the inside out.
pub fn chain(model: &Model, inner: EquipmentId) -> impl Iterator<Item = EquipmentId> {
    let around = |id: &EquipmentId| model.equipment(*id)?.equipment.parent_id;
    std::iter::successors(Some(inner), around).take(DEEPEST)
}

/// Whether the newest sample of a link says that it is down.
pub fn says_down(sample: Option<&Sample>) -> bool {
    sample.is_some_and(|sample| sample.value == 0.0)
}
