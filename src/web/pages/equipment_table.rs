//! Tables of equipment, grouped by type (columns are points) or by site.

use super::cells::is_single;
use crate::domain::{EquipmentTypeId, PointKind, SiteId};
use crate::store::tenant::{EquipmentRow, PointSpec};
use crate::web::condition::{Condition, Mark};
use crate::web::present::Present;
use crate::web::value::{Reader, Value, label};
use std::collections::BTreeMap;

/// Points shown per row.
const COLUMNS: usize = 4;

/// How tables are cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Grouping {
    /// One table a type, its main points as columns.
    #[default]
    Type,
    /// One table a site.
    Site,
    /// One table a type, all on the site of the page.
    OneSite,
}

impl Grouping {
    /// What people choose from, in the order of the choice.
    pub const ALL: [Self; 2] = [Self::Type, Self::Site];

    /// The name in addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Site => "site",
            Self::OneSite => "one-site",
        }
    }
}

/// One table.
#[derive(Debug, Clone)]
pub struct Group {
    /// The type or the site.
    pub title: String,
    /// How many rows.
    pub count: String,
    /// Whether the rows are of one type.
    pub by_type: bool,
    /// Whether the rows tell their place.
    pub places: bool,
    /// Heads of the value columns.
    pub columns: Vec<String>,
    /// The gravest first, then by name.
    pub rows: Vec<Row>,
}

/// One equipment.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its page.
    pub href: String,
    /// What people call it.
    pub name: String,
    /// Symbol of its state.
    pub mark: Mark,
    /// Its state in words.
    pub state: String,
    /// Whether somebody should look.
    pub abnormal: bool,
    /// Its site or its type, whichever the title does not say.
    pub place: String,
    /// One for each column.
    pub values: Vec<Option<Value>>,
    /// The value that was received last.
    pub freshest: Option<Value>,
}

/// The tables of these equipment.
pub fn groups(
    present: &Present,
    rows: &[&EquipmentRow],
    grouping: Grouping,
    reader: &Reader,
) -> Vec<Group> {
    match grouping {
        Grouping::Type => by_type(present, rows, reader),
        Grouping::Site => by_site(present, rows, reader),
        Grouping::OneSite => without_places(by_type(present, rows, reader)),
    }
}

fn without_places(mut groups: Vec<Group>) -> Vec<Group> {
    for group in &mut groups {
        group.places = false;
    }
    groups
}

fn by_type(present: &Present, rows: &[&EquipmentRow], reader: &Reader) -> Vec<Group> {
    let mut sorted: BTreeMap<EquipmentTypeId, Vec<&EquipmentRow>> = BTreeMap::new();
    for row in rows {
        sorted.entry(row.equipment.type_id).or_default().push(row);
    }
    let mut groups: Vec<_> = sorted
        .into_values()
        .map(|rows| {
            let keys = column_keys(present, &rows, reader);
            let title = type_name(present, rows[0], reader);
            group(
                title,
                true,
                keys.iter().map(|(_, head)| head.clone()).collect(),
                reader,
                rows.iter().map(|row| {
                    let values = keys
                        .iter()
                        .map(|(key, _)| value_of(present, row, key, reader))
                        .collect();
                    self::row(present, row, site_name(present, row), values, reader)
                }),
            )
        })
        .collect();
    groups.sort_by(|a, b| a.title.cmp(&b.title));
    groups
}

fn by_site(present: &Present, rows: &[&EquipmentRow], reader: &Reader) -> Vec<Group> {
    let mut sorted: BTreeMap<SiteId, Vec<&EquipmentRow>> = BTreeMap::new();
    for row in rows {
        sorted.entry(row.equipment.site_id).or_default().push(row);
    }
    let order = present.model.sites.iter().map(|site| site.id);
    order
        .filter_map(|site| sorted.remove(&site))
        .map(|rows| {
            let title = site_name(present, rows[0]);
            group(
                title,
                false,
                vec![reader.words.get("overview-main-value")],
                reader,
                rows.iter().map(|row| {
                    let main = present
                        .points_of(row.id)
                        .find(|(point, _)| is_main(&point.spec));
                    let values =
                        vec![main.map(|(point, sample)| present.value(point, sample, reader))];
                    self::row(
                        present,
                        row,
                        type_name(present, row, reader),
                        values,
                        reader,
                    )
                }),
            )
        })
        .collect()
}

fn group(
    title: String,
    by_type: bool,
    columns: Vec<String>,
    reader: &Reader,
    rows: impl Iterator<Item = (Condition, Row)>,
) -> Group {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(condition, _)| *condition); // stable: names keep their order
    Group {
        title,
        by_type,
        places: true,
        columns,
        count: reader.words.count("found-equipment", rows.len()),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
    }
}

fn row(
    present: &Present,
    row: &EquipmentRow,
    place: String,
    values: Vec<Option<Value>>,
    reader: &Reader,
) -> (Condition, Row) {
    let condition = present.condition(row.id);
    let freshest = present
        .points_of(row.id)
        .max_by_key(|(_, sample)| sample.map(|sample| sample.at));
    let shown = Row {
        href: format!("/equipment/{}", row.id),
        name: row.equipment.name.clone(),
        mark: condition.mark(),
        state: reader.words.get(&format!("condition-{}", condition.name())),
        abnormal: condition.is_abnormal(),
        place,
        values,
        freshest: freshest.map(|(point, sample)| present.value(point, sample, reader)),
    };
    (condition, shown)
}

/// The first main points of a type: key and head of their columns.
fn column_keys(
    present: &Present,
    rows: &[&EquipmentRow],
    reader: &Reader,
) -> Vec<(String, String)> {
    let richest = rows
        .iter()
        .max_by_key(|row| present.model.points_of(row.id).len());
    let points = richest.map_or(&[][..], |row| present.model.points_of(row.id));
    let main = points.iter().filter(|point| is_main(&point.spec));
    let head = |spec: &PointSpec| label(&spec.name, spec.name_fr.as_deref(), reader.words.0);
    main.take(COLUMNS)
        .map(|point| (point.spec.key.clone(), head(&point.spec)))
        .collect()
}

/// Whether a point is worth a column: numbered ones (`cell_voltage_3`) are shown together elsewhere.
pub fn is_main(spec: &PointSpec) -> bool {
    is_single(&spec.key) && spec.kind != PointKind::Boolean
}

fn value_of(present: &Present, row: &EquipmentRow, key: &str, reader: &Reader) -> Option<Value> {
    let found = present
        .points_of(row.id)
        .find(|(point, _)| point.spec.key == key);
    found.map(|(point, sample)| present.value(point, sample, reader))
}

fn site_name(present: &Present, row: &EquipmentRow) -> String {
    present
        .model
        .site(row.equipment.site_id)
        .map(|site| site.site.name.clone())
        .unwrap_or_default()
}

/// What people call the type of an equipment.
pub fn type_name(present: &Present, row: &EquipmentRow, reader: &Reader) -> String {
    let kind = present.model.type_of(row).map(|kind| &kind.equipment_type);
    kind.map(|kind| label(&kind.name, kind.name_fr.as_deref(), reader.words.0))
        .unwrap_or_default()
}
