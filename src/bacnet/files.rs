//! What integrators import: an EDE file with its state texts, and a plain list.

use super::plan::Plan;
use crate::domain::Timestamp;
use vigie_bacnet_server::{BadNetwork, Point, ede, point_list, state_texts};

/// The files of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BacnetFiles {
    /// EDE 2.3 of the BACnet Interest Group Europe.
    pub ede: String,
    /// The texts of states that it refers to.
    pub state_texts: String,
    /// The points with commas.
    pub points: String,
}

impl BacnetFiles {
    /// Of what is shown, as of this revision.
    pub(super) fn of(
        plan: &Plan,
        reach: &crate::ingest::Reach,
        (number, changed_at): (u32, Option<Timestamp>),
    ) -> Result<Self, BadNetwork> {
        let settings = plan.settings(reach)?;
        let points: Vec<Point> = plan.shown.iter().map(|one| one.object.clone()).collect();
        let wall = changed_at.and_then(Timestamp::to_jiff);
        let stamp = wall.map(|at| at.to_zoned(plan.zone.clone()));
        let stamp = stamp.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string());
        Ok(Self {
            ede: ede(&settings, &points, number, &stamp.unwrap_or_default()),
            state_texts: state_texts(&points),
            points: point_list(&points),
        })
    }
}
