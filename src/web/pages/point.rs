//! One point: its value, its history as chart and as table.

use super::chart_choice::Shown;
use super::charts::{ChartBoard, RangeQuery};
use super::equipment::{crumbs, link_to, visitor_at};
use super::page;
use super::point_table::{self, Table};
use super::tree::{Chosen, Tree};
use crate::domain::PointId;
use crate::store::tenant::{EquipmentRow, PointRow};
use crate::web::WebError;
use crate::web::extract::{Path, Query, Visit, Visitor};
use crate::web::format;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::{Reader, Value, figure};
use askama::Template;
use axum::response::Response;

/// The page of one point.
#[derive(Template)]
#[template(path = "pages/point.html")]
pub struct PointPage {
    pub(super) shell: Shell,
    pub(super) tree: Tree,
    pub(super) crumbs: Vec<super::Link>,
    pub(super) v: Value,
    pub(super) charts: ChartBoard,
    pub(super) tables: Vec<Table>,
    pub(super) details: Vec<(String, String)>,
}

/// `GET /points/{id}`
pub async fn show(
    visit: Visit,
    Path(id): Path<PointId>,
    Query(range): Query<RangeQuery>,
) -> Result<Response, WebError> {
    let present = visit.present();
    let row = present.model.point(id).ok_or(WebError::NotFound)?;
    let equipment = present
        .model
        .equipment(row.equipment_id)
        .ok_or(WebError::NotFound)?;
    let visitor = visitor_at(&visit.visitor, &present, equipment.equipment.site_id);
    let reader = visitor.reader.clone();
    let chosen = range.chosen(&reader);
    let tables = point_table::read(visit.client.engine(), row, chosen.range, &reader).await?;
    let charts = ChartBoard::showing(&Shown::one(row), chosen, &reader);
    page(&PointPage::of(
        &visitor,
        &present,
        (row, equipment),
        &reader,
        charts,
        tables,
    ))
}

impl PointPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        (row, equipment): (&PointRow, &EquipmentRow),
        reader: &Reader,
        charts: ChartBoard,
        tables: Vec<Table>,
    ) -> Self {
        let site = equipment.equipment.site_id;
        let chosen = Chosen {
            site: Some(site),
            equipment: Some(equipment.id),
        };
        let mut crumbs = crumbs(present, site, visitor);
        crumbs.extend(link_to(present, equipment.id));
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            tree: Tree::of(present, chosen, visitor.words()),
            crumbs,
            v: present.value(row, present.sample(row), reader),
            charts,
            tables,
            details: details(row, equipment, reader),
        }
    }
}

fn details(row: &PointRow, equipment: &EquipmentRow, reader: &Reader) -> Vec<(String, String)> {
    let (spec, words) = (&row.spec, reader.words);
    let range = |low: Option<f64>, high: Option<f64>| {
        let (low, high) = (figure(spec, low?, words), figure(spec, high?, words));
        Some(words.with("point-range", &[("low", &low), ("high", &high)]))
    };
    let period = spec.period_s.map_or_else(
        || words.get("point-on-change"),
        |seconds| format::duration(seconds, words),
    );
    [
        ("point-equipment", Some(equipment.equipment.name.clone())),
        ("point-key", Some(spec.key.clone())),
        ("point-unit", spec.unit.map(|unit| unit.symbol().to_owned())),
        ("point-period", Some(period)),
        ("point-normal", range(spec.normal_min, spec.normal_max)),
        ("point-valid", range(spec.valid_min, spec.valid_max)),
        (
            "point-api",
            Some(format!("/api/v1/points/{}/samples", row.id)),
        ),
    ]
    .into_iter()
    .filter_map(|(term, text)| Some((words.get(term), text?)))
    .collect()
}
