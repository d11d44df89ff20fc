//! One equipment: its live values, its history, its details.

use super::cells::{self, Series};
use super::charts::{ChartBoard, RangeQuery};
use super::equipment_table::{is_main, type_name};
use super::flags::{self, Flag};
use super::maintenance::MaintenanceSection;
use super::tree::{Chosen, Tree};
use super::{Link, commands, page};
use crate::domain::{EquipmentId, Permission, PointKind, SiteId, Timestamp};
use crate::store::tenant::{
    EquipmentRow, FieldRow, PointRow, WorkRow, maintenance, service, service::Service,
};
use crate::web::WebError;
use crate::web::condition::Mark;
use crate::web::extract::{Path, Query, Visit, Visitor};
use crate::web::format;
use crate::web::model::custom;
use crate::web::present::Present;
use crate::web::shell::{Section, Shell};
use crate::web::value::{Reader, Value};
use askama::Template;
use axum::response::Response;

/// One row on a desk, so that a chart and its strip fit on the first screen; the side lists all.
const TILES: usize = 6;

/// The page of one equipment.
#[derive(Template)]
#[template(path = "pages/equipment.html")]
pub struct EquipmentPage {
    pub(super) shell: Shell,
    pub(super) tree: Tree,
    pub(super) crumbs: Vec<Link>,
    pub(super) name: String,
    pub(super) mark: Mark,
    pub(super) condition: String,
    pub(super) main_state: Option<Value>,
    pub(super) heard: String,
    pub(super) heard_ms: i64,
    pub(super) values: Vec<Value>,
    /// Whether any of its points may be commanded.
    pub(super) commandable: Option<EquipmentId>,
    pub(super) charts: ChartBoard,
    pub(super) cells: Vec<Series>,
    pub(super) flags: Vec<Flag>,
    pub(super) details: Vec<(String, String)>,
    pub(super) parts: Vec<Link>,
    pub(super) note: Option<String>,
    pub(super) maintenance: MaintenanceSection,
    pub(super) all: Vec<Value>,
}

/// `GET /equipment/{id}`
pub async fn show(
    visit: Visit,
    Path(id): Path<EquipmentId>,
    Query(range): Query<RangeQuery>,
) -> Result<Response, WebError> {
    let present = visit.present();
    let row = present.model.equipment(id).ok_or(WebError::NotFound)?;
    let work = maintenance::list_of(visit.client.scope().db(), id).await?;
    let service = service::find(visit.client.scope().db(), id).await?;
    page(&EquipmentPage::of(
        &visit.visitor,
        &present,
        row,
        &range,
        (&work, service.as_ref()),
    ))
}

/// Who looks at something on a site: on its clock, unless they chose one themselves.
pub fn visitor_at(visitor: &Visitor, present: &Present, site: SiteId) -> Visitor {
    let row = present.model.site(site);
    row.map_or_else(
        || visitor.clone(),
        |row| visitor.on_site(&row.site.time_zone),
    )
}

impl EquipmentPage {
    pub(super) fn of(
        visitor: &Visitor,
        present: &Present,
        row: &EquipmentRow,
        range: &RangeQuery,
        work: (&[WorkRow], Option<&Service>),
    ) -> Self {
        let visitor = &visitor_at(visitor, present, row.equipment.site_id);
        let reader = visitor.reader.clone();
        let points = present.model.points_of(row.id);
        let condition = present.condition(row.id);
        let chosen = Chosen {
            site: Some(row.equipment.site_id),
            equipment: Some(row.id),
        };
        let values: Vec<_> = present
            .points_of(row.id)
            .filter(|(point, _)| cells::is_single(&point.spec.key))
            .filter(|(point, _)| flags::severity(&point.spec).is_none())
            .map(|(point, sample)| (point, present.value(point, sample, &reader)))
            .collect();
        Self {
            shell: Shell::of(visitor, Section::Equipment, present),
            tree: Tree::of(present, chosen, visitor.words()),
            crumbs: crumbs(present, row.equipment.site_id, visitor),
            name: row.equipment.name.clone(),
            mark: condition.mark(),
            condition: reader.words.get(&format!("condition-{}", condition.name())),
            main_state: main_state(&values),
            heard: heard(present, row, &reader),
            heard_ms: present.last_heard(row.id).map_or(0, Timestamp::as_millis),
            commandable: commands::has_commands(points).then_some(row.id),
            charts: ChartBoard::of(points, range, &reader),
            cells: cells::series(present.points_of(row.id), &reader),
            flags: flags::board(present, row.id, &reader),
            details: details(present, row, &reader),
            parts: parts(present, row),
            note: row.equipment.note.clone(),
            maintenance: MaintenanceSection::of(
                row.id,
                work,
                visitor.permissions.holds(Permission::Operate),
                &reader,
            ),
            all: values.iter().map(|(_, value)| value.clone()).collect(),
            values: tiles(values),
        }
    }
}

/// The named state that says most: the first of the equipment.
fn main_state(values: &[(&PointRow, Value)]) -> Option<Value> {
    let state = values
        .iter()
        .find(|(point, _)| point.spec.kind == PointKind::State);
    state.map(|(_, value)| value.clone())
}

/// The main values, without the state that the head of the page tells.
fn tiles(values: Vec<(&PointRow, Value)>) -> Vec<Value> {
    let told = main_state(&values).map(|state| state.point);
    let main = values
        .into_iter()
        .filter(|(point, value)| is_main(&point.spec) && Some(value.point) != told);
    main.map(|(_, value)| value).take(TILES).collect()
}

/// The sites around, outermost first.
pub fn crumbs(present: &Present, site: SiteId, visitor: &Visitor) -> Vec<Link> {
    let mut around = Vec::new();
    let mut next = Some(site);
    while let Some(row) = next.and_then(|id| present.model.site(id)) {
        around.push(Link::new(
            format!("/sites/{}", row.id),
            row.site.name.clone(),
        ));
        next = row.site.parent_id;
    }
    around.push(Link::new("/", visitor.client.clone()));
    around.reverse();
    around
}

fn heard(present: &Present, row: &EquipmentRow, reader: &Reader) -> String {
    let Some(at) = present.last_heard(row.id) else {
        return reader.words.get("heard-never");
    };
    let text = format::age(at, reader.now, &reader.zone, reader.words);
    if format::is_date(at, reader.now) {
        return reader.words.with("heard-on", &[("date", &text)]);
    }
    reader.words.with("heard-ago", &[("age", &text)])
}

fn details(present: &Present, row: &EquipmentRow, reader: &Reader) -> Vec<(String, String)> {
    let equipment = &row.equipment;
    let parent = equipment
        .parent_id
        .and_then(|id| present.model.equipment(id));
    let site = present.model.site(equipment.site_id);
    [
        ("type", Some(type_name(present, row, reader))),
        ("site", site.map(|row| row.site.name.clone())),
        ("part-of", parent.map(|row| row.equipment.name.clone())),
        ("model", equipment.model.clone()),
        ("serial", equipment.serial.clone()),
        ("key", Some(equipment.key.clone())),
        (
            "added",
            Some(format::date(row.created_at, &reader.zone, reader.words)),
        ),
    ]
    .into_iter()
    .filter_map(|(term, text)| Some((reader.words.get(term), text?)))
    .chain(besides(present.model.custom.of_equipment(row.id), reader))
    .collect()
}

/// What people want to know besides: each field with its value.
pub fn besides(
    values: Vec<(&FieldRow, &serde_json::Value)>,
    reader: &Reader,
) -> Vec<(String, String)> {
    let pair = |(row, value)| (custom::name(row, reader), custom::text(row, value, reader));
    values.into_iter().map(pair).collect()
}

fn parts(present: &Present, whole: &EquipmentRow) -> Vec<Link> {
    let parts = present
        .model
        .equipment
        .iter()
        .filter(|row| row.equipment.parent_id == Some(whole.id));
    parts
        .map(|row| Link::new(format!("/equipment/{}", row.id), row.equipment.name.clone()))
        .collect()
}

/// For the link of an equipment in a trail.
pub fn link_to(present: &Present, id: EquipmentId) -> Option<Link> {
    let row = present.model.equipment(id)?;
    Some(Link::new(
        format!("/equipment/{id}"),
        row.equipment.name.clone(),
    ))
}
