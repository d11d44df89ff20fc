//! Points that are numbered alike (`cell_voltage_1` …), shown together against their mean.

use crate::domain::{PointKind, Sample};
use crate::store::tenant::PointRow;
use crate::web::value::{Reader, Value, figure, label};
use std::collections::BTreeMap;

/// Fewer points than this are no series.
const LEAST: usize = 3;
/// Deviations below this share of the mean are all grey.
const STILL_GREY: f64 = 0.002;

/// The points of one numbered series.
#[derive(Debug, Clone)]
pub struct Series {
    /// What they measure.
    pub title: String,
    /// Least, greatest and their difference.
    pub spread: String,
    /// How to read the colours.
    pub scale: String,
    /// In the order of their numbers.
    pub cells: Vec<Cell>,
}

/// One of them.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Its number.
    pub number: u32,
    /// Where it lies against the mean, -3 (far below) to 3 (far above).
    pub tint: i8,
    /// Its value.
    pub value: Value,
}

/// The number of a point, the point, its newest sample.
type Member<'a> = (u32, &'a PointRow, Option<&'a Sample>);

/// The numbered series among the points of an equipment.
pub fn series<'a>(
    points: impl Iterator<Item = (&'a PointRow, Option<&'a Sample>)>,
    reader: &Reader,
) -> Vec<Series> {
    let mut found: BTreeMap<&str, Vec<Member<'_>>> = BTreeMap::new();
    for (row, sample) in points {
        if let Some((base, number)) = numbered(&row.spec.key) {
            found.entry(base).or_default().push((number, row, sample));
        }
    }
    found
        .into_values()
        .filter(|members| members.len() >= LEAST)
        .map(|mut members| {
            members.sort_by_key(|(number, ..)| *number);
            of(&members, reader)
        })
        .collect()
}

/// Most rows of a heat map.
const MOST_ROWS: usize = 192;

/// The numbered series of numbers among points, in their order, each in that of its numbers.
pub fn rows(points: &[PointRow]) -> Vec<Vec<(u32, &PointRow)>> {
    let mut found: Vec<(&str, Vec<(u32, &PointRow)>)> = Vec::new();
    for row in points {
        let Some((base, number)) = numbered(&row.spec.key) else {
            continue;
        };
        if row.spec.kind != PointKind::Number {
            continue;
        }
        match found.iter_mut().find(|(known, _)| *known == base) {
            Some((_, rows)) => rows.push((number, row)),
            None => found.push((base, vec![(number, row)])),
        }
    }
    let series = found.into_iter().map(|(_, rows)| rows);
    let mut series: Vec<_> = series.filter(|rows| rows.len() >= LEAST).collect();
    for rows in &mut series {
        rows.sort_by_key(|(number, _)| *number);
        rows.truncate(MOST_ROWS);
    }
    series
}

/// Whether a point stands for itself: not one of a numbered series.
pub fn is_single(key: &str) -> bool {
    numbered(key).is_none()
}

fn numbered(key: &str) -> Option<(&str, u32)> {
    let (base, number) = key.rsplit_once('_')?;
    Some((base, number.parse().ok()?))
}

fn of(members: &[Member<'_>], reader: &Reader) -> Series {
    let known: Vec<f64> = members
        .iter()
        .filter_map(|(_, _, sample)| sample.map(|sample| sample.value))
        .filter(|value| value.is_finite())
        .collect();
    let mean = known.iter().sum::<f64>() / known.len().max(1) as f64;
    let farthest = known
        .iter()
        .map(|value| (value - mean).abs())
        .fold(0.0, f64::max);
    let scale = farthest.max(mean.abs() * STILL_GREY);
    let cells = members.iter().map(|(number, row, sample)| Cell {
        number: *number,
        tint: sample.map_or(0, |sample| tint(sample.value - mean, scale)),
        value: Value::of(row, *sample, reader),
    });
    Series {
        title: title(members[0].1, reader),
        spread: spread(&known, members[0].1, reader),
        scale: reader.words.get("cells-scale"),
        cells: cells.collect(),
    }
}

fn tint(deviation: f64, scale: f64) -> i8 {
    let share = if scale > 0.0 { deviation / scale } else { 0.0 };
    (share.clamp(-1.0, 1.0) * 3.0).round() as i8
}

/// The name of the first without its number: `Cell 1 voltage` -> `Cell voltage`.
pub fn title(first: &PointRow, reader: &Reader) -> String {
    let name = label(
        &first.spec.name,
        first.spec.name_fr.as_deref(),
        reader.words.0,
    );
    let words: Vec<_> = name
        .split(' ')
        .filter(|word| word.parse::<u32>().is_err())
        .collect();
    words.join(" ")
}

fn spread(known: &[f64], example: &PointRow, reader: &Reader) -> String {
    if known.is_empty() {
        return String::new();
    }
    let least = known.iter().copied().fold(f64::INFINITY, f64::min);
    let most = known.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let text = |value| figure(&example.spec, value, reader.words);
    let variables = [
        ("min", text(least)),
        ("max", text(most)),
        ("spread", text(most - least)),
    ];
    let variables: Vec<_> = variables
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    reader.words.with("cells-spread", &variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_far_below_the_mean_is_brown_and_noise_is_grey() {
        assert_eq!(tint(-0.06, 0.06), -3);
        assert_eq!(tint(0.0005, 3.3 * STILL_GREY), 0);
        assert_eq!(tint(0.0, 0.0), 0);
        assert_eq!(numbered("cell_voltage_11"), Some(("cell_voltage", 11)));
        assert_eq!(numbered("cell_voltage_min"), None);
    }
}
