//! The table of sites on the overview: state, main value and its last day in a sparkline.

use super::overview_sparks::History;
use super::overview_totals::{QUANTITIES, Quantity, Sum};
use crate::domain::{PointId, Timestamp};
use crate::store::tenant::{PointRow, SiteRow};
use crate::telemetry::EngineError;
use crate::web::age::Age;
use crate::web::condition::{Condition, Mark, Trust};
use crate::web::format;
use crate::web::present::Present;
use crate::web::value::Reader;
use std::fmt::Write as _;
use std::sync::Arc;

/// A sparkline adds up at most so many points of a site.
const POINTS_PER_SPARK: usize = 50;
/// Without more than so many points in all; beyond it sites have no sparkline.
const POINTS_PER_PAGE: usize = 500;
const HOURS: usize = 24;

/// One site.
#[derive(Debug, Clone)]
pub struct SiteLine {
    /// Its page.
    pub href: String,
    /// What people call it.
    pub name: String,
    /// Symbol of the worst state on it.
    pub mark: Mark,
    /// That state in words.
    pub state: String,
    /// Whether somebody should look.
    pub abnormal: bool,
    /// How many equipment.
    pub equipment: String,
    /// Its main value.
    pub main: MainValue,
    /// A path in a drawing of 72 by 18; empty without history.
    pub spark: String,
    /// Age of the newest reading.
    pub age: Age,
}

/// The value that says most about a site.
#[derive(Debug, Clone, Default)]
pub struct MainValue {
    /// What it is.
    pub label: String,
    /// The figure; a dash when nothing is fresh.
    pub text: String,
    /// Its unit.
    pub unit: String,
}

/// More sites are left to the map.
const LINES: usize = 40;

/// The sites of an overview.
#[derive(Debug, Clone, Default)]
pub struct SiteTable {
    /// The gravest first; not all when there are many.
    pub lines: Vec<SiteLine>,
    /// How many there are.
    pub all: usize,
    /// How many of them are heard and well; one that waits for its first reading is not.
    pub normal: usize,
    /// Whether any has a place on earth.
    pub on_earth: bool,
}

/// The outermost sites, the gravest first; `history` reads the last day of the points it is given.
pub async fn lines(
    present: &Present,
    history: impl AsyncFnOnce(&[PointId]) -> Result<Arc<History>, EngineError>,
    reader: &Reader,
) -> Result<SiteTable, EngineError> {
    let model = &present.model;
    let mut sites: Vec<(Condition, &SiteRow)> = model
        .sites
        .iter()
        .filter(|row| row.site.parent_id.is_none())
        .map(|row| (present.worst_of(&model.within(row.id)), row))
        .collect();
    sites.sort_by_key(|(condition, _)| *condition);
    let table = SiteTable {
        all: sites.len(),
        normal: normal(&sites),
        on_earth: model.sites.iter().any(|row| row.site.latitude.is_some()),
        lines: Vec::new(),
    };
    sites.truncate(LINES);
    let mains: Vec<_> = sites
        .iter()
        .map(|(_, site)| main_points(present, site))
        .collect();
    let points = drawn(&mains);
    let history = if points.is_empty() {
        Arc::default()
    } else {
        history(&points).await?
    };
    let lines = sites
        .iter()
        .zip(&mains)
        .map(|((condition, site), main)| {
            line(present, site, *condition, main.as_ref(), &history, reader)
        })
        .collect();
    Ok(SiteTable { lines, ..table })
}

fn normal<T>(sites: &[(Condition, T)]) -> usize {
    let well = |(condition, _): &&(Condition, T)| *condition == Condition::Normal;
    sites.iter().filter(well).count()
}

struct Main<'a> {
    quantity: &'static Quantity,
    points: Vec<(&'a PointRow, Option<f64>)>,
}

/// The points of the first quantity that a site has.
fn main_points<'a>(present: &'a Present, site: &SiteRow) -> Option<Main<'a>> {
    QUANTITIES.iter().find_map(|quantity| {
        let points: Vec<_> = present
            .model
            .equipment_within(site.id)
            .flat_map(|row| present.points_of(row.id))
            .filter(|(row, _)| quantity.is_of(present, row))
            .map(|(row, sample)| {
                let trust = present.trust(row, sample);
                let usable = matches!(trust, Trust::Good | Trust::Uncertain);
                (row, sample.filter(|_| usable).map(|sample| sample.value))
            })
            .collect();
        (!points.is_empty()).then_some(Main { quantity, points })
    })
}

fn line(
    present: &Present,
    site: &SiteRow,
    condition: Condition,
    main: Option<&Main<'_>>,
    history: &History,
    reader: &Reader,
) -> SiteLine {
    let equipment: Vec<_> = present.model.equipment_within(site.id).collect();
    let newest = equipment
        .iter()
        .filter_map(|row| present.last_heard(row.id))
        .max();
    SiteLine {
        href: format!("/sites/{}", site.id),
        name: site.site.name.clone(),
        mark: condition.mark(),
        state: reader.words.get(&format!("condition-{}", condition.name())),
        abnormal: condition.is_abnormal(),
        equipment: format::number(equipment.len() as f64, 0, reader.words),
        main: main.map(|main| main.value(reader)).unwrap_or_default(),
        spark: main
            .map(|main| main.spark(history, reader.now))
            .unwrap_or_default(),
        age: Age::of(newest, reader),
    }
}

/// The points whose history is drawn; none at all when a page would need too many.
fn drawn(mains: &[Option<Main<'_>>]) -> Vec<PointId> {
    let points: Vec<_> = mains
        .iter()
        .flatten()
        .flat_map(|main| main.points.iter().take(POINTS_PER_SPARK))
        .map(|(row, _)| row.id)
        .collect();
    if points.len() > POINTS_PER_PAGE {
        return Vec::new();
    }
    points
}

impl Main<'_> {
    fn value(&self, reader: &Reader) -> MainValue {
        let (example, _) = self.points[0];
        let usable: Vec<_> = self.points.iter().filter_map(|(_, value)| *value).collect();
        let all = format::number(self.points.len() as f64, 0, reader.words);
        MainValue {
            label: reader.words.get(self.quantity.label),
            text: self.quantity.add_up(&usable, example, reader.words),
            unit: match self.quantity.sum {
                Sum::InState(_) => reader.words.with("overview-of", &[("all", &all)]),
                _ => example
                    .spec
                    .unit
                    .map(|unit| unit.symbol().to_owned())
                    .unwrap_or_default(),
            },
        }
    }

    /// Hourly sums of the last day as a path; a state counts the share of time outside zero.
    fn spark(&self, history: &History, now: Timestamp) -> String {
        let first = now.plus(-Timestamp::DAY).hour_start();
        let mut hours = [None::<f64>; HOURS + 1];
        for rollup in self
            .points
            .iter()
            .filter_map(|(row, _)| history.get(&row.id))
            .flatten()
        {
            let index = usize::try_from(rollup.start.since(first) / Timestamp::HOUR);
            if let Some(hour) = index.ok().and_then(|index| hours.get_mut(index))
                && rollup.mean.is_finite()
            {
                *hour = Some(hour.unwrap_or_default() + rollup.mean);
            }
        }
        path(&hours)
    }
}

/// A line through what is known, broken where nothing is; the whole range fills the height.
fn path(values: &[Option<f64>]) -> String {
    const WIDTH: f64 = 72.0;
    const TOP: f64 = 2.0;
    const HEIGHT: f64 = 14.0;
    let known = || values.iter().flatten().copied();
    let (low, high) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    let step = WIDTH / (values.len().max(2) - 1) as f64;
    let mut path = String::new();
    let mut pen_down = false;
    for (index, value) in values.iter().enumerate() {
        let Some(value) = value else {
            pen_down = false;
            continue;
        };
        let share = if high > low {
            (value - low) / (high - low)
        } else {
            0.5
        };
        let (x, y) = (index as f64 * step, TOP + HEIGHT * (1.0 - share));
        let _ = write!(path, "{}{x:.1} {y:.1}", if pen_down { "L" } else { "M" });
        pen_down = true;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::{normal, path};
    use crate::web::condition::Condition;

    #[test]
    fn a_site_that_waits_is_not_called_normal() {
        let sites = Condition::ALL.map(|condition| (condition, ()));
        assert_eq!(normal(&sites), 1);
        assert_eq!(normal(&sites[..4]), 0);
    }

    #[test]
    fn a_gap_in_data_is_a_gap_in_the_line() {
        let drawn = path(&[Some(0.0), Some(1.0), None, Some(1.0), Some(0.0)]);
        assert_eq!(drawn, "M0.0 16.0L18.0 2.0M54.0 2.0L72.0 16.0");
        assert_eq!(path(&[None, None]), "");
    }
}
