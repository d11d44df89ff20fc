//! One tile as its reader sees it. What they may not see has neither name nor value.

use crate::domain::dashboard::{Layout, Tile, TileKind};
use crate::store::tenant::{PointRow, PointSpec};
use crate::web::pages::chart_choice::Shown;
use crate::web::pages::charts::{ChartBoard, ChosenRange};
use crate::web::present::Present;
use crate::web::value::{Reader, Value, label};

/// A tile, ready to show.
pub struct TileView {
    pub(super) title: String,
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) w: u16,
    pub(super) h: u16,
    pub(super) body: TileBody,
    /// How many of its points this reader may not see, in words.
    pub(super) hidden: Option<String>,
}

/// What a tile shows.
pub enum TileBody {
    /// The newest value.
    Value(Box<Value>),
    /// The newest value and where it lies in its range.
    Range(Box<Value>),
    /// Lines or strips.
    Charts(Box<ChartBoard>),
    /// Names and newest values.
    Table(Vec<(String, Value)>),
    /// The sites on the map.
    Map,
    /// Paragraphs.
    Text(Vec<String>),
    /// Nothing that this reader may see.
    Hidden,
}

/// All tiles of a layout.
pub fn all(
    layout: &Layout,
    present: &Present,
    range: ChosenRange,
    reader: &Reader,
) -> Vec<TileView> {
    layout
        .tiles
        .iter()
        .map(|tile| TileView::of(tile, present, range, reader))
        .collect()
}

impl TileView {
    fn of(tile: &Tile, present: &Present, range: ChosenRange, reader: &Reader) -> Self {
        let seen: Vec<&PointRow> = tile
            .points
            .iter()
            .filter_map(|id| present.model.point(*id))
            .collect();
        let hidden = tile.points.len() - seen.len();
        let all_hidden = hidden > 0 && seen.is_empty();
        Self {
            title: title(tile, &seen, present, reader),
            x: tile.x,
            y: tile.y,
            w: tile.w,
            h: tile.h,
            body: if all_hidden {
                TileBody::Hidden
            } else {
                body(tile, &seen, present, range, reader)
            },
            hidden: (hidden > 0).then(|| reader.words.count("dashboard-hidden", hidden)),
        }
    }
}

fn body(
    tile: &Tile,
    seen: &[&PointRow],
    present: &Present,
    range: ChosenRange,
    reader: &Reader,
) -> TileBody {
    let value = |row: &PointRow| Value::of(row, present.sample(row), reader);
    match (tile.kind, seen) {
        (TileKind::Value, [row, ..]) => TileBody::Value(Box::new(value(row))),
        (TileKind::Range, [row, ..]) => TileBody::Range(Box::new(value(row))),
        (TileKind::Chart | TileKind::States, rows) => {
            TileBody::Charts(Box::new(board(tile.kind, rows, present, range, reader)))
        }
        (TileKind::Table, rows) => {
            let named = rows
                .iter()
                .map(|row| (full_name(row, present, reader), value(row)));
            TileBody::Table(named.collect())
        }
        (TileKind::Map, _) => TileBody::Map,
        (TileKind::Text, _) => TileBody::Text(paragraphs(&tile.text)),
        (TileKind::Value | TileKind::Range, []) => TileBody::Hidden,
    }
}

/// Lines are told apart by equipment and point; those that share no axis have charts of their own.
fn board(
    kind: TileKind,
    rows: &[&PointRow],
    present: &Present,
    range: ChosenRange,
    reader: &Reader,
) -> ChartBoard {
    let named: Vec<PointRow> = rows
        .iter()
        .map(|row| PointRow {
            spec: PointSpec {
                name: full_name(row, present, reader),
                name_fr: None,
                ..row.spec.clone()
            },
            ..(*row).clone()
        })
        .collect();
    let lines: Vec<&PointRow> = named.iter().collect();
    let shown = match kind {
        TileKind::States => Shown {
            charts: Vec::new(),
            strips: lines,
        },
        _ => Shown::compared(lines),
    };
    ChartBoard::showing(&shown, range, reader)
}

/// What somebody wrote, else what it shows.
fn title(tile: &Tile, seen: &[&PointRow], present: &Present, reader: &Reader) -> String {
    if !tile.title.trim().is_empty() {
        return tile.title.clone();
    }
    match seen {
        [one] => full_name(one, present, reader),
        _ if tile.kind == TileKind::Text => String::new(),
        _ => reader.words.get(&format!("tile-{}", tile.kind.as_str())),
    }
}

/// `Pack G1 · Voltage`.
pub fn full_name(row: &PointRow, present: &Present, reader: &Reader) -> String {
    let point = label(&row.spec.name, row.spec.name_fr.as_deref(), reader.words.0);
    match present.model.equipment(row.equipment_id) {
        Some(equipment) => format!("{} · {point}", equipment.equipment.name),
        None => point,
    }
}

/// An empty line ends a paragraph.
fn paragraphs(text: &str) -> Vec<String> {
    text.replace("\r\n", "\n")
        .split("\n\n")
        .map(|paragraph| paragraph.trim().to_owned())
        .filter(|paragraph| !paragraph.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::pages::charts::RangeQuery;
    use crate::web::pages::samples;

    #[test]
    fn a_chart_tile_never_draws_two_units_on_one_axis() {
        let (visitor, present) = (samples::visitor(Locale::English), samples::present());
        let layout = r#"{"tiles":[{"kind":"chart","points":[1,5,2,4],"x":0,"y":0,"w":6,"h":4}]}"#;
        let layout: Layout = serde_json::from_str(layout).unwrap();
        let range = RangeQuery::default().chosen(&visitor.reader);
        let tiles = all(&layout, &present, range, &visitor.reader);
        let TileBody::Charts(board) = &tiles[0].body else {
            panic!("a chart tile shows charts");
        };
        let keys: Vec<_> = board.charts.iter().map(|chart| chart.keys.len()).collect();
        assert_eq!(keys, [2, 1], "volts on one axis, kilowatts on another");
        assert!(board.charts[0].keys[1].ends_with(", V"));
        assert!(board.charts[1].keys[0].ends_with(", kW"));
        assert_eq!(board.strips.len(), 1, "a state is a strip");
    }
}
