//! Tables of equipment, grouped by type (columns are points) or by site, a window of rows at a time.
//!
//! Invariant: only the rows of the window are written; what lies outside costs its place in the order.

use super::cells::is_single;
use super::list_order::Order;
use crate::domain::{EquipmentId, EquipmentTypeId, PointKind};
use crate::store::tenant::{EquipmentRow, FieldRow, PointSpec};
use crate::web::condition::Mark;
use crate::web::icon;
use crate::web::model::custom;
use crate::web::present::Present;
use crate::web::value::{Reader, Value, label};
use std::collections::BTreeMap;
use std::ops::Range;

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
    /// One table for all.
    None,
    /// One table a type, all on the site of the page.
    OneSite,
}

impl Grouping {
    /// What people choose from, in the order of the choice.
    pub const ALL: [Self; 3] = [Self::Type, Self::Site, Self::None];

    /// The name in addresses and messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Site => "site",
            Self::None => "none",
            Self::OneSite => "one-site",
        }
    }

    const fn is_by_type(self) -> bool {
        matches!(self, Self::Type | Self::OneSite)
    }
}

/// One table, or the part of it that lies in the window.
#[derive(Debug, Clone)]
pub struct Group {
    /// The type or the site; empty when there is one table only.
    pub title: String,
    /// How many rows there are, shown or not.
    pub count: String,
    /// Whether the rows are of one type.
    pub by_type: bool,
    /// Whether rows can be chosen, to change several at once.
    pub can_choose: bool,
    /// Heads of all columns.
    pub heads: Vec<Head>,
    /// In the order that was asked for.
    pub rows: Vec<Row>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What orders by it, in addresses.
    pub key: String,
    /// What people read.
    pub label: String,
    /// Whether its cells are numbers.
    pub is_number: bool,
    /// Whether a phone has no room for it.
    pub is_desk_only: bool,
    /// The same list ordered by it; empty where nobody chooses the order.
    pub href: String,
    /// `ascending` or `descending` when it orders, else empty.
    pub sorted: &'static str,
}

/// One equipment.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which.
    pub id: EquipmentId,
    /// Its page.
    pub href: String,
    /// What people call it.
    pub name: String,
    /// Symbol of its type.
    pub icon: &'static str,
    /// Symbol of its state.
    pub mark: Mark,
    /// Its state in words.
    pub state: String,
    /// Whether somebody should look.
    pub abnormal: bool,
    /// Its type and its site, as far as the title does not say, and what people want to know besides.
    pub places: Vec<String>,
    /// One for each column.
    pub values: Vec<Option<Value>>,
    /// The value that was received last.
    pub freshest: Option<Value>,
}

/// The tables of these equipment, as far as their rows lie in `window`.
pub fn groups(
    present: &Present,
    rows: Vec<&EquipmentRow>,
    grouping: Grouping,
    order: &Order,
    window: &Range<usize>,
    reader: &Reader,
) -> Vec<Group> {
    let mut before = 0;
    let mut shown = Vec::new();
    for (title, mut rows) in cut(present, rows, grouping, reader) {
        let place = before..before + rows.len();
        before = place.end;
        let start = window.start.clamp(place.start, place.end) - place.start;
        let end = window.end.clamp(place.start, place.end) - place.start;
        if start < end {
            order.sort(present, &mut rows, reader);
            shown.push(group(present, title, &rows, start..end, grouping, reader));
        }
    }
    shown
}

/// The rows of each table under its title, tables in their order.
fn cut<'a>(
    present: &Present,
    rows: Vec<&'a EquipmentRow>,
    grouping: Grouping,
    reader: &Reader,
) -> Vec<(String, Vec<&'a EquipmentRow>)> {
    match grouping {
        Grouping::None if rows.is_empty() => Vec::new(),
        Grouping::None => vec![(String::new(), rows)],
        Grouping::Site => by_site(present, rows),
        Grouping::Type | Grouping::OneSite => by_type(present, rows, reader),
    }
}

fn by_type<'a>(
    present: &Present,
    rows: Vec<&'a EquipmentRow>,
    reader: &Reader,
) -> Vec<(String, Vec<&'a EquipmentRow>)> {
    let mut sorted: BTreeMap<EquipmentTypeId, Vec<&EquipmentRow>> = BTreeMap::new();
    for row in rows {
        sorted.entry(row.equipment.type_id).or_default().push(row);
    }
    let mut groups: Vec<_> = sorted
        .into_values()
        .map(|rows| (type_name(present, rows[0], reader), rows))
        .collect();
    groups.sort_by(|a, b| a.0.cmp(&b.0));
    groups
}

/// Rows of the model come by site already.
fn by_site<'a>(
    present: &Present,
    rows: Vec<&'a EquipmentRow>,
) -> Vec<(String, Vec<&'a EquipmentRow>)> {
    rows.chunk_by(|a, b| a.equipment.site_id == b.equipment.site_id)
        .map(|rows| (site_name(present, rows[0]), rows.to_vec()))
        .collect()
}

fn group(
    present: &Present,
    title: String,
    rows: &[&EquipmentRow],
    window: Range<usize>,
    grouping: Grouping,
    reader: &Reader,
) -> Group {
    let columns = if grouping.is_by_type() {
        column_keys(present, rows, reader)
    } else {
        Vec::new()
    };
    Group {
        title,
        by_type: grouping.is_by_type(),
        can_choose: false,
        count: reader.words.count("found-equipment", rows.len()),
        heads: heads(present, &columns, grouping, reader),
        rows: rows[window]
            .iter()
            .map(|row| self::row(present, row, &columns, grouping, reader))
            .collect(),
    }
}

fn heads(
    present: &Present,
    columns: &[(String, String)],
    grouping: Grouping,
    reader: &Reader,
) -> Vec<Head> {
    let head = |key: &str, label: String, is_number, is_desk_only| Head {
        key: key.to_owned(),
        label,
        is_number,
        is_desk_only,
        href: String::new(),
        sorted: "",
    };
    let word = |key| reader.words.get(key);
    let mut heads = vec![
        head("state", word("state"), false, false),
        head("name", word("name"), false, false),
    ];
    if matches!(grouping, Grouping::Site | Grouping::None) {
        heads.push(head("type", word("type"), false, true));
    }
    if matches!(grouping, Grouping::Type | Grouping::None) {
        heads.push(head("site", word("site"), false, true));
    }
    for row in listed(present, grouping) {
        let key = format!("c.{}", row.field.key);
        heads.push(head(&key, custom::name(row, reader), false, true));
    }
    if grouping.is_by_type() {
        for (at, (key, label)) in columns.iter().enumerate() {
            heads.push(head(&format!("p.{key}"), label.clone(), true, at > 0));
        }
    } else {
        heads.push(head("", word("overview-main-value"), true, false));
    }
    heads.push(head("seen", word("seen"), true, false));
    heads
}

fn row(
    present: &Present,
    row: &EquipmentRow,
    columns: &[(String, String)],
    grouping: Grouping,
    reader: &Reader,
) -> Row {
    let condition = present.condition(row.id);
    let freshest = present
        .points_of(row.id)
        .max_by_key(|(_, sample)| sample.map(|sample| sample.at));
    let values = if grouping.is_by_type() {
        let value = |(key, _): &(String, String)| value_of(present, row, key, reader);
        columns.iter().map(value).collect()
    } else {
        vec![main_value(present, row, reader)]
    };
    let kind = present.model.type_of(row).map(|kind| &kind.equipment_type);
    Row {
        id: row.id,
        href: format!("/equipment/{}", row.id),
        name: row.equipment.name.clone(),
        icon: icon::known(kind.map_or("", |kind| &kind.icon)),
        mark: condition.mark(),
        state: reader.words.get(&format!("condition-{}", condition.name())),
        abnormal: condition.is_abnormal(),
        places: places(present, row, grouping, reader),
        values,
        freshest: freshest.map(|(point, sample)| present.value(point, sample, reader)),
    }
}

fn places(
    present: &Present,
    row: &EquipmentRow,
    grouping: Grouping,
    reader: &Reader,
) -> Vec<String> {
    let mut places = match grouping {
        Grouping::Type => vec![site_name(present, row)],
        Grouping::Site => vec![type_name(present, row, reader)],
        Grouping::None => vec![type_name(present, row, reader), site_name(present, row)],
        Grouping::OneSite => Vec::new(),
    };
    let custom = &present.model.custom;
    places.extend(listed(present, grouping).map(|field| {
        let value = custom.value(row.id, field.id);
        value.map_or_else(String::new, |value| custom::text(field, value, reader))
    }));
    places
}

/// The custom fields that lists show; the short list on the page of a site has no room for them.
fn listed(present: &Present, grouping: Grouping) -> impl Iterator<Item = &FieldRow> {
    let fields = present.model.custom.of_all_equipment();
    fields.filter(move |row| row.field.listed && grouping != Grouping::OneSite)
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

fn main_value(present: &Present, row: &EquipmentRow, reader: &Reader) -> Option<Value> {
    let mut points = present.points_of(row.id);
    let (point, sample) = points.find(|(point, _)| is_main(&point.spec))?;
    Some(present.value(point, sample, reader))
}

fn value_of(present: &Present, row: &EquipmentRow, key: &str, reader: &Reader) -> Option<Value> {
    let mut points = present.points_of(row.id);
    let (point, sample) = points.find(|(point, _)| point.spec.key == key)?;
    Some(present.value(point, sample, reader))
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

#[cfg(test)]
#[path = "equipment_table_tests.rs"]
mod tests;
