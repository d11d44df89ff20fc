//! A dashboard: tiles on a grid of twelve columns.
//!
//! Invariant: a layout that passed [`Layout::check`] fits the grid, no two tiles lie on each
//! other, and each tile has what its kind needs.

use super::PointId;
use serde::{Deserialize, Serialize};

/// Columns of the grid.
pub const COLUMNS: u16 = 12;
/// Rows a tile may be high.
pub const HIGHEST: u16 = 12;
/// Rows of the grid.
pub const ROWS: u16 = 200;
/// Tiles of one dashboard.
pub const MOST_TILES: usize = 40;
/// Characters of a title.
pub const LONGEST_TITLE: usize = 120;
/// Characters of a text.
pub const LONGEST_TEXT: usize = 4_000;

/// What a tile shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TileKind {
    /// The newest value of a point, large.
    Value,
    /// The newest value on its range: where it lies between its ends.
    Range,
    /// A few points over time; those of one unit share an axis.
    Chart,
    /// The named states of a point over time.
    States,
    /// Newest values of many points.
    Table,
    /// The map of the sites.
    Map,
    /// Words.
    Text,
}

impl TileKind {
    /// All of them, in the order people choose from.
    pub const ALL: [Self; 7] = [
        Self::Value,
        Self::Range,
        Self::Chart,
        Self::States,
        Self::Table,
        Self::Map,
        Self::Text,
    ];

    /// The word of the API and of messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Range => "range",
            Self::Chart => "chart",
            Self::States => "states",
            Self::Table => "table",
            Self::Map => "map",
            Self::Text => "text",
        }
    }

    /// How many points it shows, at least and at most.
    pub const fn points(self) -> (usize, usize) {
        match self {
            Self::Value | Self::Range | Self::States => (1, 1),
            Self::Chart => (1, 4),
            Self::Table => (1, 30),
            Self::Map | Self::Text => (0, 0),
        }
    }
}

/// One tile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tile {
    /// What it shows.
    pub kind: TileKind,
    /// Its heading; empty means the name of what it shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Of which points.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<PointId>,
    /// The words of a text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// First column, from 0.
    pub x: u16,
    /// First row, from 0.
    pub y: u16,
    /// Columns.
    pub w: u16,
    /// Rows.
    pub h: u16,
}

impl Tile {
    const fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }

    fn fault(&self) -> Option<(&'static str, LayoutReason)> {
        let (least, most) = self.kind.points();
        let on_grid = self.w >= 1
            && self.h >= 1
            && self.h <= HIGHEST
            && self.w <= COLUMNS
            && self.x <= COLUMNS - self.w
            && self.y <= ROWS - self.h;
        if !on_grid {
            return Some(("x", LayoutReason::OffGrid));
        }
        if self.title.chars().count() > LONGEST_TITLE {
            return Some(("title", LayoutReason::TooLong));
        }
        if self.text.chars().count() > LONGEST_TEXT {
            return Some(("text", LayoutReason::TooLong));
        }
        if self.kind == TileKind::Text && self.text.trim().is_empty() {
            return Some(("text", LayoutReason::Empty));
        }
        match self.points.len() {
            few if few < least => Some(("points", LayoutReason::TooFewPoints)),
            many if many > most => Some(("points", LayoutReason::TooManyPoints)),
            _ => None,
        }
    }
}

/// The tiles of a dashboard.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// In the order people read them on a narrow screen.
    pub tiles: Vec<Tile>,
}

/// Why a layout is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutReason {
    /// There are more tiles than fit.
    TooManyTiles,
    /// It leaves the grid.
    OffGrid,
    /// It lies on another tile.
    Overlaps,
    /// A text is too long.
    TooLong,
    /// There is no text.
    Empty,
    /// It wants at least one point.
    TooFewPoints,
    /// It shows fewer points at once.
    TooManyPoints,
}

impl LayoutReason {
    /// What is wrong and what is allowed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooManyTiles => "a dashboard has at most 40 tiles",
            Self::OffGrid => "a tile lies within 12 columns and 200 rows and is 1 to 12 rows high",
            Self::Overlaps => "two tiles may not lie on each other",
            Self::TooLong => "a title has at most 120 characters, a text 4,000",
            Self::Empty => "a text needs words",
            Self::TooFewPoints => "this kind of tile needs a point",
            Self::TooManyPoints => {
                "a value shows one point, a chart at most 4, a table 30, a text none"
            }
        }
    }
}

/// What is wrong with a layout, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason.as_str())]
pub struct LayoutFault {
    /// Which tile, from 0; none when it is the whole.
    pub tile: Option<usize>,
    /// Which field of it.
    pub field: &'static str,
    /// Why.
    pub reason: LayoutReason,
}

impl Layout {
    /// Whether it may be kept; the first thing that is wrong with it.
    pub fn check(&self) -> Result<(), LayoutFault> {
        let fault = |tile, field, reason| LayoutFault {
            tile,
            field,
            reason,
        };
        if self.tiles.len() > MOST_TILES {
            return Err(fault(None, "tiles", LayoutReason::TooManyTiles));
        }
        for (index, tile) in self.tiles.iter().enumerate() {
            if let Some((field, reason)) = tile.fault() {
                return Err(fault(Some(index), field, reason));
            }
            if self.tiles[..index].iter().any(|other| tile.overlaps(other)) {
                return Err(fault(Some(index), "x", LayoutReason::Overlaps));
            }
        }
        Ok(())
    }

    /// Every point it shows, once.
    pub fn points(&self) -> Vec<PointId> {
        let mut points: Vec<_> = self
            .tiles
            .iter()
            .flat_map(|tile| tile.points.iter().copied())
            .collect();
        points.sort();
        points.dedup();
        points
    }

    /// The first row below all tiles.
    pub fn end(&self) -> u16 {
        let ends = self.tiles.iter().map(|tile| tile.y + tile.h);
        ends.max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(x: u16, y: u16, w: u16, h: u16) -> Tile {
        Tile {
            kind: TileKind::Value,
            title: String::new(),
            points: vec![PointId(1)],
            text: String::new(),
            x,
            y,
            w,
            h,
        }
    }

    fn reason(tiles: Vec<Tile>) -> Option<(Option<usize>, LayoutReason)> {
        let fault = Layout { tiles }.check().err()?;
        Some((fault.tile, fault.reason))
    }

    #[test]
    fn tiles_lie_beside_each_other_and_within_the_grid() {
        assert_eq!(
            reason(vec![tile(0, 0, 6, 2), tile(6, 0, 6, 2), tile(0, 2, 12, 12)]),
            None
        );
        assert_eq!(
            reason(vec![tile(0, 0, 6, 2), tile(5, 1, 2, 2)]),
            Some((Some(1), LayoutReason::Overlaps))
        );
        for off in [
            tile(7, 0, 6, 1),
            tile(0, 0, 0, 1),
            tile(0, 0, 1, 13),
            tile(0, 199, 1, 2),
            tile(u16::MAX, u16::MAX, 1, 1),
            tile(0, 0, u16::MAX, 1),
        ] {
            assert_eq!(reason(vec![off]), Some((Some(0), LayoutReason::OffGrid)));
        }
        let many = (0..41).map(|row| tile(0, row, 1, 1)).collect();
        assert_eq!(reason(many), Some((None, LayoutReason::TooManyTiles)));
    }

    #[test]
    fn each_kind_has_the_points_and_words_it_needs() {
        let chart = |points: usize| Tile {
            kind: TileKind::Chart,
            points: (0..points as i64).map(PointId).collect(),
            ..tile(0, 0, 4, 4)
        };
        assert_eq!(
            reason(vec![chart(0)]),
            Some((Some(0), LayoutReason::TooFewPoints))
        );
        assert_eq!(reason(vec![chart(4)]), None);
        assert_eq!(
            reason(vec![chart(5)]),
            Some((Some(0), LayoutReason::TooManyPoints))
        );
        let text = Tile {
            kind: TileKind::Text,
            points: Vec::new(),
            text: " ".to_owned(),
            ..tile(0, 0, 1, 1)
        };
        assert_eq!(reason(vec![text]), Some((Some(0), LayoutReason::Empty)));
    }

    #[test]
    fn what_the_api_does_not_know_is_refused() {
        let unknown = r#"{"tiles":[{"kind":"value","x":0,"y":0,"w":1,"h":1,"onclick":"x"}]}"#;
        assert!(serde_json::from_str::<Layout>(unknown).is_err());
        let gauge = r#"{"tiles":[{"kind":"gauge","x":0,"y":0,"w":1,"h":1}]}"#;
        assert!(serde_json::from_str::<Layout>(gauge).is_err());
    }
}
