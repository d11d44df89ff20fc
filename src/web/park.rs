//! A car park as a plan: bays in two rows along a lane, barriers at its ends.

use super::condition::Trust;
use super::model::Model;
use super::present::Present;
use super::value::{Reader, Value};
use crate::domain::{Sample, SiteId};
use crate::store::tenant::{EquipmentRow, PointRow};

/// Key of the type whose equipment are bays.
const BAY: &str = "parking-space";
const BARRIER: &str = "barrier";
const DISPLAY: &str = "display";
/// Bays on each side of a lane.
const SIDE: usize = 10;

/// The site of the first car park, if the client has one.
pub fn first_site(model: &Model) -> Option<SiteId> {
    let is_bay = |row: &&EquipmentRow| is_of(model, row, BAY);
    model
        .equipment
        .iter()
        .find(is_bay)
        .map(|row| row.equipment.site_id)
}

/// The plan of a site with its counts.
#[derive(Debug, Clone)]
pub struct Park {
    /// Free bays.
    pub free: usize,
    /// `of 20`.
    pub of_bays: String,
    /// Taken bays.
    pub taken: usize,
    /// Bays whose sensor is silent or faulty.
    pub unknown: usize,
    /// What signs show.
    pub figures: Vec<Value>,
    /// Lanes, twenty bays each.
    pub rows: Vec<Lane>,
}

/// Two rows of bays along a lane.
#[derive(Debug, Clone)]
pub struct Lane {
    /// Which bays, for those who do not see the plan.
    pub label: String,
    /// Above the lane.
    pub up: Vec<Bay>,
    /// Below it.
    pub down: Vec<Bay>,
    /// The barrier on the left.
    pub entry: Option<Bay>,
    /// The barrier on the right.
    pub exit: Option<Bay>,
}

/// A bay or a barrier with its state.
#[derive(Debug, Clone)]
pub struct Bay {
    /// Its page.
    pub href: String,
    /// Its key.
    pub key: String,
    /// What is painted on it.
    pub name: String,
    /// Its state.
    pub value: Value,
}

impl Park {
    /// The plan of a site; none for a site without bays.
    pub fn of(present: &Present, site: SiteId, reader: &Reader) -> Option<Self> {
        let states = |kind| of_type(present, site, kind, reader);
        let bays = states(BAY);
        if bays.is_empty() {
            return None;
        }
        let mut barriers = states(BARRIER);
        barriers.sort_by(|a, b| a.key.cmp(&b.key)); // `entry` stands left of `exit`
        let mut barriers = barriers.into_iter();
        let (mut entry, mut exit) = (barriers.next(), barriers.next());
        let known = |code: &str| {
            bays.iter()
                .filter(|bay| is_known(&bay.value) && bay.value.raw == code)
                .count()
        };
        let (free, taken) = (known("0"), known("1"));
        let rows = bays
            .chunks(2 * SIDE)
            .map(|lane| lane_of(lane, entry.take(), exit.take(), reader))
            .collect();
        Some(Self {
            free,
            of_bays: reader
                .words
                .with("park-of", &[("all", &bays.len().to_string())]),
            taken,
            unknown: bays.len() - free - taken,
            figures: states(DISPLAY).into_iter().map(|sign| sign.value).collect(),
            rows,
        })
    }
}

/// Whether equipment already stands on the plan, so that tables need not repeat it.
pub fn is_on_plan(present: &Present, row: &EquipmentRow) -> bool {
    is_of(&present.model, row, BAY)
}

const fn is_known(value: &Value) -> bool {
    matches!(value.trust, Trust::Good | Trust::Uncertain)
}

fn lane_of(bays: &[Bay], entry: Option<Bay>, exit: Option<Bay>, reader: &Reader) -> Lane {
    let (up, down) = bays.split_at(bays.len().div_ceil(2).min(SIDE));
    let name = |bay: Option<&Bay>| bay.map(|bay| bay.name.clone()).unwrap_or_default();
    let (from, to) = (name(bays.first()), name(bays.last()));
    Lane {
        label: reader
            .words
            .with("park-plan", &[("from", &from), ("to", &to)]),
        up: up.to_vec(),
        down: down.to_vec(),
        entry,
        exit,
    }
}

fn of_type(present: &Present, site: SiteId, kind: &str, reader: &Reader) -> Vec<Bay> {
    present
        .model
        .equipment_of(site)
        .iter()
        .filter(|row| is_of(&present.model, row, kind))
        .filter_map(|row| {
            let (point, sample): (&PointRow, Option<&Sample>) = present.points_of(row.id).next()?;
            Some(Bay {
                href: format!("/equipment/{}", row.id),
                key: row.equipment.key.clone(),
                name: if kind == BAY {
                    row.equipment.key.clone()
                } else {
                    row.equipment.name.clone()
                },
                value: present.value(point, sample, reader),
            })
        })
        .collect()
}

fn is_of(model: &Model, row: &EquipmentRow, kind: &str) -> bool {
    model
        .type_of(row)
        .is_some_and(|known| known.equipment_type.key == kind)
}
