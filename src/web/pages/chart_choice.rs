//! Which points the charts of an equipment show: those the address names, else its main ones.

use super::equipment_table::is_main;
use crate::domain::{PointId, PointKind};
use crate::store::tenant::{PointRow, PointSpec};
use crate::web::value::{Reader, label};

/// Charts of an equipment nobody chose points for.
const USUAL_CHARTS: usize = 2;
const USUAL_STRIPS: usize = 3;
/// Lines a chart can tell apart.
const LINES: usize = 4;
/// More points than these are not drawn at once.
const CHOSEN_AT_MOST: usize = 8;

/// The points of each chart, and the named states below them.
#[derive(Debug, Clone, Default)]
pub struct Shown<'a> {
    /// Lines that share an axis.
    pub charts: Vec<Vec<&'a PointRow>>,
    /// One strip each.
    pub strips: Vec<&'a PointRow>,
}

/// A point to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PointChoice {
    /// Its id.
    pub id: i64,
    /// What people call it.
    pub label: String,
    /// Whether it is drawn.
    pub checked: bool,
}

impl<'a> Shown<'a> {
    /// What is drawn of these points.
    pub fn of(points: &'a [PointRow], wanted: &[PointId]) -> Self {
        let chosen: Vec<_> = points
            .iter()
            .filter(|point| wanted.contains(&point.id))
            .take(CHOSEN_AT_MOST)
            .collect();
        if chosen.is_empty() {
            return Self::usual(points);
        }
        let (numbers, strips) = chosen.into_iter().partition(|point| is_number(point));
        Self {
            charts: charts(numbers),
            strips,
        }
    }

    /// Exactly these points, of whatever equipment, in their order.
    pub fn compared(points: Vec<&'a PointRow>) -> Self {
        let (numbers, strips) = points.into_iter().partition(|point| is_number(point));
        Self {
            charts: charts(numbers),
            strips,
        }
    }

    /// One point alone.
    pub fn one(point: &'a PointRow) -> Self {
        Self::of(std::slice::from_ref(point), &[point.id])
    }

    fn usual(points: &'a [PointRow]) -> Self {
        let main = points
            .iter()
            .filter(|point| is_main(&point.spec) && is_number(point));
        let mut charts = charts(main.collect());
        charts.truncate(USUAL_CHARTS);
        let strips = points.iter().filter(|point| !is_number(point));
        Self {
            charts,
            strips: strips.take(USUAL_STRIPS).collect(),
        }
    }

    /// Whether a point is drawn.
    fn has(&self, id: PointId) -> bool {
        let mut drawn = self.charts.iter().flatten().chain(&self.strips);
        drawn.any(|point| point.id == id)
    }

    /// All points of the equipment to tick; none when there is no choice.
    pub fn choices(&self, points: &[PointRow], reader: &Reader) -> Vec<PointChoice> {
        if points.len() < 2 {
            return Vec::new();
        }
        let choice = |point: &PointRow| {
            let spec = &point.spec;
            PointChoice {
                id: point.id.0,
                label: label(&spec.name, spec.name_fr.as_deref(), reader.words.0),
                checked: self.has(point.id),
            }
        };
        points.iter().map(choice).collect()
    }
}

fn is_number(point: &PointRow) -> bool {
    point.spec.kind == PointKind::Number
}

/// Points that can be read on one axis share a chart, in their order.
fn charts(points: Vec<&PointRow>) -> Vec<Vec<&PointRow>> {
    let mut charts: Vec<Vec<&PointRow>> = Vec::new();
    for point in points {
        let shared = charts
            .iter_mut()
            .find(|chart| chart.len() < LINES && share_axis(&chart[0].spec, &point.spec));
        match shared {
            Some(chart) => chart.push(point),
            None => charts.push(vec![point]),
        }
    }
    charts
}

/// The same unit, and ordinary values that meet: pack and cell voltages stay apart.
fn share_axis(a: &PointSpec, b: &PointSpec) -> bool {
    let apart = |low: Option<f64>, high: Option<f64>| low.zip(high).is_some_and(|(l, h)| l > h);
    a.unit.is_some()
        && a.unit == b.unit
        && !apart(a.normal_min, b.normal_max)
        && !apart(b.normal_min, a.normal_max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{EquipmentId, Timestamp, Unit};

    fn point(id: i64, unit: &str, normal: (f64, f64)) -> PointRow {
        PointRow {
            id: PointId(id),
            equipment_id: EquipmentId(1),
            spec: PointSpec {
                key: format!("p{id}x"),
                unit: Unit::parse(unit).ok(),
                normal_min: Some(normal.0),
                normal_max: Some(normal.1),
                ..PointSpec::default()
            },
            created_at: Timestamp(0),
        }
    }

    fn ids(shown: &Shown<'_>) -> Vec<Vec<i64>> {
        let of = |chart: &Vec<&PointRow>| chart.iter().map(|point| point.id.0).collect();
        shown.charts.iter().map(of).collect()
    }

    #[test]
    fn lines_share_a_chart_when_they_can_be_read_on_one_axis() {
        let points = [
            point(1, "V", (48.0, 56.0)),
            point(2, "V", (2.9, 3.5)),
            point(3, "V", (50.0, 58.0)),
            point(4, "A", (-9.0, 9.0)),
        ];
        let all = points.each_ref().map(|point| point.id);
        assert_eq!(
            ids(&Shown::of(&points, &all)),
            [vec![1, 3], vec![2], vec![4]]
        );
        assert_eq!(ids(&Shown::of(&points, &[])), [vec![1, 3], vec![2]]);
    }

    #[test]
    fn the_address_chooses_the_points_and_strangers_are_left_out() {
        let points = [point(1, "V", (0.0, 1.0)), point(4, "A", (0.0, 1.0))];
        let chosen = Shown::of(&points, &[PointId(4), PointId(99)]);
        assert_eq!(ids(&chosen), [[4]]);
        assert_eq!(ids(&Shown::of(&points, &[PointId(99)])), [[1], [4]]);
    }
}
