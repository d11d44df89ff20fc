//! The charts of a page: which points, which range. The columns come later, from `/api/v1/chart`.

use super::chart_choice::{PointChoice, Shown};
use crate::domain::{PointId, PointKind, TimeRange, Timestamp};
use crate::store::tenant::{PointRow, PointSpec};
use crate::web::value::{self, Reader, label};
use jiff::civil::DateTime;
use serde::Deserialize;
use serde_json::json;
use std::fmt::Write as _;

/// Ranges that end now: name in addresses and messages, length in hours.
const SPANS: [(&str, i64); 6] = [
    ("1h", 1),
    ("6h", 6),
    ("24h", 24),
    ("7d", 7 * 24),
    ("30d", 30 * 24),
    ("1y", 365 * 24),
];
const USUAL_SPAN: &str = "24h";
/// Longer ranges show a band from least to greatest.
const BAND_FROM: i64 = 3 * Timestamp::DAY;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RangeQuery {
    span: Option<String>,
    /// ms since 1970, as scripts write it.
    start: Option<i64>,
    end: Option<i64>,
    /// On the clock of the site, as the form writes it.
    from: Option<String>,
    to: Option<String>,
    /// The points to draw; the usual ones when none is named.
    p: Vec<PointId>,
}

/// A range of time with the button it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenRange {
    /// What is shown.
    pub range: TimeRange,
    /// The length of a range that ends now.
    pub span: Option<(&'static str, i64)>,
}

impl RangeQuery {
    /// The points this asks for.
    pub fn points(&self) -> &[PointId] {
        &self.p
    }

    /// The range this asks for; the last day where it asks for none that makes sense.
    pub fn chosen(&self, reader: &Reader) -> ChosenRange {
        let fixed = self.of_form(reader).or_else(|| {
            TimeRange::new(
                Timestamp::from_millis(self.start?),
                Timestamp::from_millis(self.end?),
            )
        });
        if let Some(range) = fixed {
            return ChosenRange { range, span: None };
        }
        let named = |name: &str| SPANS.into_iter().find(|(known, _)| *known == name);
        let wanted = self
            .span
            .as_deref()
            .and_then(named)
            .or_else(|| named(USUAL_SPAN));
        let (name, hours) = wanted.unwrap_or(SPANS[0]);
        let start = reader.now.plus(-hours * Timestamp::HOUR);
        ChosenRange {
            range: TimeRange {
                start,
                end: reader.now,
            },
            span: Some((name, hours * Timestamp::HOUR / 1_000)),
        }
    }

    fn of_form(&self, reader: &Reader) -> Option<TimeRange> {
        let instant = |text: &str| {
            let local: DateTime = text.parse().ok()?;
            let zoned = local.to_zoned(reader.zone.clone()).ok()?;
            Some(Timestamp::from_jiff(zoned.timestamp()))
        };
        TimeRange::new(
            instant(self.from.as_deref()?)?,
            instant(self.to.as_deref()?)?,
        )
    }
}

impl ChosenRange {
    /// As fields of a form.
    fn kept(self) -> Vec<(&'static str, String)> {
        match self.span {
            Some((name, _)) => vec![("span", name.to_owned())],
            None => vec![
                ("start", self.range.start.as_millis().to_string()),
                ("end", self.range.end.as_millis().to_string()),
            ],
        }
    }
}

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
    /// All points to choose from.
    pub choices: Vec<PointChoice>,
    /// What forms send along to keep the points that were chosen.
    pub kept_points: Vec<i64>,
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

impl ChartBoard {
    /// What is drawn of these points, in the range and with the choice of the address.
    pub fn of(points: &[PointRow], query: &RangeQuery, reader: &Reader) -> Self {
        let shown = Shown::of(points, query.points());
        let kept: Vec<_> = query.points().iter().map(|point| point.0).collect();
        Self {
            ranges: buttons(
                query.chosen(reader).span.map(|(name, _)| name),
                &kept,
                reader,
            ),
            choices: shown.choices(points, reader),
            kept_points: kept,
            ..Self::showing(&shown, query.chosen(reader), reader)
        }
    }

    /// These charts, without a choice of points.
    pub fn showing(shown: &Shown<'_>, chosen: ChosenRange, reader: &Reader) -> Self {
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
                .map(|lines| chart(lines, reader))
                .collect(),
            strips: shown
                .strips
                .iter()
                .map(|point| strip(point, reader))
                .collect(),
            choices: Vec::new(),
            kept_points: Vec::new(),
            kept_range: chosen.kept(),
        }
    }

    /// Whether there is anything to show.
    pub fn is_shown(&self) -> bool {
        !self.charts.is_empty() || !self.strips.is_empty()
    }
}

fn buttons(chosen: Option<&str>, points: &[i64], reader: &Reader) -> Vec<RangeButton> {
    let mut kept = String::new();
    for id in points {
        let _ = write!(kept, "&p={id}");
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
fn chart(lines: &[&PointRow], reader: &Reader) -> ChartView {
    let spec = &lines[0].spec;
    let unit = spec.unit.map_or("", crate::domain::Unit::symbol);
    let mut keys: Vec<_> = lines.iter().map(|point| name(point, reader)).collect();
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

fn strip(point: &PointRow, reader: &Reader) -> StripView {
    let spec = &point.spec;
    let options = json!({
        "point": point.id,
        "states": value::states(spec, reader.words),
        "zone": zone_name(reader),
    });
    StripView {
        options: options.to_string(),
        label: name(point, reader),
    }
}

fn zone_name(reader: &Reader) -> &str {
    reader.zone.iana_name().unwrap_or("UTC")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::words::Words;
    use jiff::tz::TimeZone;

    fn reader() -> Reader {
        Reader {
            words: Words(Locale::English),
            zone: TimeZone::get("Europe/Paris").unwrap(),
            now: Timestamp::from_seconds(1_795_181_520),
        }
    }

    #[test]
    fn a_range_is_a_span_until_now_unless_it_is_fixed() {
        let day = RangeQuery::default().chosen(&reader());
        assert_eq!(
            (day.span, day.range.micros()),
            (Some(("24h", 86_400_000)), Timestamp::DAY)
        );
        let wrong = RangeQuery {
            start: Some(9),
            end: Some(3),
            ..RangeQuery::default()
        };
        assert_eq!(wrong.chosen(&reader()), day);
        let fixed = RangeQuery {
            start: Some(1_000),
            end: Some(3_000),
            ..RangeQuery::default()
        };
        assert_eq!(
            fixed.chosen(&reader()).range.start,
            Timestamp::from_seconds(1)
        );
    }

    #[test]
    fn the_form_is_read_on_the_clock_of_the_site() {
        let form = RangeQuery {
            from: Some("2026-11-20T14:00".into()),
            to: Some("2026-11-20T14:32".into()),
            ..RangeQuery::default()
        };
        assert_eq!(form.chosen(&reader()).range.end, reader().now);
    }
}
