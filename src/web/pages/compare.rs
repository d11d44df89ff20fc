//! Points of several equipment over one axis of time. The address is the whole state.

use super::charts::{ChartBoard, RangeQuery, full_name};
use super::page;
use crate::domain::PointId;
use crate::store::tenant::PointRow;
use crate::web::WebError;
use crate::web::extract::{Query, Visit, Visitor};
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::Value;
use askama::Template;
use axum::response::Response;
use serde::Deserialize;

/// Points drawn at once: four on each of four axes.
const AT_MOST: usize = 16;

/// The comparison.
#[derive(Template)]
#[template(path = "pages/compare.html")]
pub struct ComparePage {
    pub(super) shell: Shell,
    pub(super) points: Vec<Compared>,
    /// The ids, for the search that adds one.
    pub(super) ids: String,
    pub(super) is_full: bool,
    pub(super) charts: ChartBoard,
}

/// One of the points.
pub struct Compared {
    pub(super) name: String,
    pub(super) value: Value,
    /// The comparison without it.
    pub(super) without: String,
}

/// Which points; a part that cannot be read asks for nothing.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    points: String,
}

/// `GET /compare?points=1,2&span=24h`
pub async fn show(
    visit: Visit,
    Query(asked): Query<Asked>,
    Query(range): Query<RangeQuery>,
) -> Result<Response, WebError> {
    let present = visit.present();
    page(&ComparePage::of(&visit.visitor, &present, &asked, &range))
}

impl ComparePage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        asked: &Asked,
        range: &RangeQuery,
    ) -> Self {
        let reader = &visitor.reader;
        let points = asked.rows(present);
        let ids: Vec<_> = points.iter().map(|point| point.id).collect();
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            points: points
                .iter()
                .map(|point| Compared {
                    name: full_name(&present.model, point, reader),
                    value: present.value(point, present.sample(point), reader),
                    without: address(ids.iter().filter(|id| **id != point.id)),
                })
                .collect(),
            ids: join(ids.iter()),
            is_full: points.len() >= AT_MOST,
            charts: ChartBoard::comparing(points, &present.model, range, reader),
        }
    }
}

impl Asked {
    /// The points that are there and seen, each once, in the order of the address.
    fn rows<'a>(&self, present: &'a Present) -> Vec<&'a PointRow> {
        let mut found: Vec<&PointRow> = Vec::new();
        let ids = self
            .points
            .split(',')
            .filter_map(|id| id.trim().parse().ok());
        for row in ids.filter_map(|id| present.model.point(PointId(id))) {
            if found.len() < AT_MOST && found.iter().all(|known| known.id != row.id) {
                found.push(row);
            }
        }
        found
    }

    #[cfg(test)]
    pub(super) fn sample(points: &str) -> Self {
        Self {
            points: points.to_owned(),
        }
    }
}

fn join<'a>(ids: impl Iterator<Item = &'a PointId>) -> String {
    ids.map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn address<'a>(ids: impl Iterator<Item = &'a PointId>) -> String {
    let ids = join(ids);
    if ids.is_empty() {
        return "/compare".to_owned();
    }
    format!("/compare?points={ids}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::samples;

    fn page_of(points: &str) -> ComparePage {
        let (visitor, present) = (samples::visitor(Locale::English), samples::present());
        let asked = Asked::sample(points);
        ComparePage::of(&visitor, &present, &asked, &RangeQuery::default())
    }

    #[test]
    fn the_address_says_which_points_and_strangers_and_repetitions_are_left_out() {
        let page = page_of("1,99,8,x,1");
        assert_eq!(page.ids, "1,8");
        assert_eq!(page.points[0].name, "Pack B-07 · voltage");
        assert_eq!(page.points[0].without, "/compare?points=8");
        assert_eq!((page.charts.charts.len(), page.charts.strips.len()), (1, 1));
        assert_eq!(page.charts.equipment, "1,2");
    }

    #[test]
    fn lines_of_one_unit_share_an_axis_up_to_four() {
        let page = page_of("1,5,6,7,2");
        let shared: Vec<_> = page
            .charts
            .charts
            .iter()
            .map(|one| one.keys.len())
            .collect();
        assert_eq!(shared, [4, 1]);
    }

    #[test]
    fn nothing_chosen_is_an_empty_comparison() {
        let page = page_of("");
        assert!(page.points.is_empty() && !page.charts.is_shown());
    }
}
