//! The charts of a page: which points, which range. The columns come later, from `/api/v1/chart`.

use super::cells;
use super::chart_choice::{PointChoice, Shown};
use super::chart_range::SPANS;
pub use super::chart_range::{ChosenRange, RangeQuery};
use crate::domain::{PointKind, Timestamp};
use crate::store::tenant::{PointRow, PointSpec};
use crate::web::model::Model;
use crate::web::value::{self, Reader, label};
use serde_json::json;
use std::fmt::Write as _;

/// Longer ranges show a band from least to greatest.
const BAND_FROM: i64 = 3 * Timestamp::DAY;

/// All charts and strips of a page.
#[derive(Debug, Clone, Default)]
pub struct ChartBoard {
    /// ms since 1970.
    pub start_ms: i64,
    /// ms since 1970.
    pub end_ms: i64,
    /// Length of a range that ends now; empty for a fixed one.
    pub span_ms: String,
    /// Whether the lines lie over a band.
    pub banded: bool,
    /// The buttons.
    pub ranges: Vec<RangeButton>,
    /// Start on the clock of the site, for the form.
    pub from_local: String,
    /// End likewise.
    pub to_local: String,
    /// Numbers.
    pub charts: Vec<ChartView>,
    /// Named states.
    pub strips: Vec<StripView>,
    /// Numbered series, as heat maps.
    pub heats: Vec<HeatView>,
    /// All points to choose from.
    pub choices: Vec<PointChoice>,
    /// What forms send along to keep the points that were chosen.
    pub kept_points: Vec<(&'static str, String)>,
    /// The comparison that starts with the points drawn; empty on the comparison itself.
    pub compare: String,
    /// Whose points these are, for the notes on them: ids with commas between.
    pub equipment: String,
    /// What the form of points sends along to keep the range.
    pub kept_range: Vec<(&'static str, String)>,
}

/// One button.
#[derive(Debug, Clone)]
pub struct RangeButton {
    /// The same page with this range.
    pub href: String,
    /// `24 h`.
    pub label: String,
    /// Whether it is chosen.
    pub current: bool,
}

/// One chart.
#[derive(Debug, Clone)]
pub struct ChartView {
    /// What `chart.ts` needs, as JSON.
    pub options: String,
    /// Names of its lines.
    pub keys: Vec<String>,
}

/// One strip.
#[derive(Debug, Clone)]
pub struct StripView {
    /// What `strip.ts` needs, as JSON.
    pub options: String,
    /// Its name.
    pub label: String,
}

/// One heat map.
#[derive(Debug, Clone)]
pub struct HeatView {
    /// What `heat.ts` needs, as JSON.
    pub options: String,
    /// What its rows measure.
    pub label: String,
}

impl ChartBoard {
    /// What is drawn of these points, in the range and with the choice of the address.
    pub fn of(points: &[PointRow], query: &RangeQuery, reader: &Reader) -> Self {
        let shown = Shown::of(points, query.points());
        let chosen = query.points().iter();
        let kept: Vec<_> = chosen.map(|point| ("p", point.to_string())).collect();
        Self {
            ranges: buttons(
                query.chosen(reader).span.map(|(name, _)| name),
                &kept,
                reader,
            ),
            choices: shown.choices(points, reader),
            heats: cells::rows(points)
                .iter()
                .map(|rows| heat(rows, reader))
                .collect(),
            kept_points: kept,
            ..Self::showing(&shown, query.chosen(reader), reader)
        }
    }

    /// Points of several equipment, each line named with its equipment; the address keeps them.
    pub fn comparing(
        points: Vec<&PointRow>,
        model: &Model,
        query: &RangeQuery,
        reader: &Reader,
    ) -> Self {
        let ids: Vec<_> = points.iter().map(|point| point.id.to_string()).collect();
        let kept = vec![("points", ids.join(","))];
        let chosen = query.chosen(reader);
        let named = |point: &PointRow| full_name(model, point, reader);
        Self {
            ranges: buttons(chosen.span.map(|(name, _)| name), &kept, reader),
            kept_points: kept,
            compare: String::new(),
            ..Self::named(&Shown::compared(points), chosen, &named, reader)
        }
    }

    /// These charts, without a choice of points.
    pub fn showing(shown: &Shown<'_>, chosen: ChosenRange, reader: &Reader) -> Self {
        Self::named(shown, chosen, &|point| name(point, reader), reader)
    }

    fn named(
        shown: &Shown<'_>,
        chosen: ChosenRange,
        name: &dyn Fn(&PointRow) -> String,
        reader: &Reader,
    ) -> Self {
        let ChosenRange { range, span } = chosen;
        let local = |at: Timestamp| {
            let local = at
                .to_jiff()
                .map(|at| at.to_zoned(reader.zone.clone()).datetime());
            local
                .map(|at| at.strftime("%Y-%m-%dT%H:%M").to_string())
                .unwrap_or_default()
        };
        Self {
            start_ms: range.start.as_millis(),
            end_ms: range.end.as_millis(),
            span_ms: span.map(|(_, ms)| ms.to_string()).unwrap_or_default(),
            banded: range.micros() > BAND_FROM,
            ranges: buttons(span.map(|(name, _)| name), &[], reader),
            from_local: local(range.start),
            to_local: local(range.end),
            charts: shown
                .charts
                .iter()
                .map(|lines| chart(lines, name, reader))
                .collect(),
            strips: shown
                .strips
                .iter()
                .map(|point| strip(point, name, reader))
                .collect(),
            heats: Vec::new(),
            choices: Vec::new(),
            kept_points: Vec::new(),
            compare: format!("/compare?points={}", points_of(shown)),
            equipment: equipment(shown),
            kept_range: chosen.kept(),
        }
    }

    /// Whether there is anything to show.
    pub fn is_shown(&self) -> bool {
        !self.charts.is_empty() || !self.strips.is_empty() || !self.heats.is_empty()
    }
}

fn points_of(shown: &Shown<'_>) -> String {
    let drawn = shown.charts.iter().flatten().chain(&shown.strips);
    let ids: Vec<_> = drawn.map(|point| point.id.to_string()).collect();
    ids.join(",")
}

/// Each equipment once, in the order of its points.
fn equipment(shown: &Shown<'_>) -> String {
    let mut ids: Vec<String> = Vec::new();
    for point in shown.charts.iter().flatten().chain(&shown.strips) {
        let id = point.equipment_id.to_string();
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.join(",")
}

fn buttons(
    chosen: Option<&str>,
    points: &[(&'static str, String)],
    reader: &Reader,
) -> Vec<RangeButton> {
    let mut kept = String::new();
    for (name, value) in points {
        let _ = write!(kept, "&{name}={value}");
    }
    SPANS
        .map(|(name, _)| RangeButton {
            href: format!("?span={name}{kept}"),
            label: reader.words.get(&format!("range-{name}")),
            current: chosen == Some(name),
        })
        .into()
}

/// A chart of lines that share a unit; the first of them says how it is drawn.
fn chart(lines: &[&PointRow], name: &dyn Fn(&PointRow) -> String, reader: &Reader) -> ChartView {
    let spec = &lines[0].spec;
    let unit = spec.unit.map_or("", crate::domain::Unit::symbol);
    let mut keys: Vec<_> = lines.iter().map(|point| name(point)).collect();
    let options = json!({
        "points": lines.iter().map(|point| point.id).collect::<Vec<_>>(),
        "labels": keys,
        "unit": unit,
        "decimals": spec.decimals,
        "zone": zone_name(reader),
        "limits": if lines.len() == 1 { limits(spec, reader) } else { Vec::new() },
        "step": spec.kind != PointKind::Number || spec.period_s.is_none(),
    });
    if let (Some(last), false) = (keys.last_mut(), unit.is_empty()) {
        *last = format!("{last}, {unit}");
    }
    ChartView {
        options: options.to_string(),
        keys,
    }
}

fn limits(spec: &PointSpec, reader: &Reader) -> Vec<serde_json::Value> {
    let word = reader.words.get("limit-normal");
    let ends = [spec.normal_min, spec.normal_max].into_iter().flatten();
    ends.map(|value| json!({ "value": value, "word": word }))
        .collect()
}

fn name(point: &PointRow, reader: &Reader) -> String {
    let spec = &point.spec;
    label(&spec.name, spec.name_fr.as_deref(), reader.words.0)
}

/// `Pack B-07 · Voltage`
pub fn full_name(model: &Model, point: &PointRow, reader: &Reader) -> String {
    let equipment = model.equipment(point.equipment_id);
    let owner = equipment.map_or("", |row| row.equipment.name.as_str());
    format!("{owner} · {}", name(point, reader))
}

fn strip(point: &PointRow, name: &dyn Fn(&PointRow) -> String, reader: &Reader) -> StripView {
    let spec = &point.spec;
    let options = json!({
        "point": point.id,
        "states": value::states(spec, reader.words),
        "zone": zone_name(reader),
    });
    StripView {
        options: options.to_string(),
        label: name(point),
    }
}

/// The points of one numbered series, a row each.
fn heat(rows: &[(u32, &PointRow)], reader: &Reader) -> HeatView {
    let (_, first) = rows[0];
    let options = json!({
        "points": rows.iter().map(|(_, point)| point.id).collect::<Vec<_>>(),
        "numbers": rows.iter().map(|(number, _)| number).collect::<Vec<_>>(),
        "unit": first.spec.unit.map_or("", crate::domain::Unit::symbol),
        "decimals": first.spec.decimals,
        "zone": zone_name(reader),
    });
    HeatView {
        options: options.to_string(),
        label: cells::title(first, reader),
    }
}

fn zone_name(reader: &Reader) -> &str {
    reader.zone.iana_name().unwrap_or("UTC")
}
