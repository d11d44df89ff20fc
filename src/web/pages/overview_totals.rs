//! The line of totals: what a client has most of, added up from the newest values.

use crate::domain::StateSet;
use crate::store::tenant::PointRow;
use crate::web::condition::{Condition, Trust};
use crate::web::format;
use crate::web::present::Present;
use crate::web::words::Words;

/// One total with what it covers.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What is added up.
    pub label: String,
    /// The figure.
    pub text: String,
    /// Its unit, or its whole (`of 214`).
    pub unit: String,
    /// Whether it covers everything it should.
    pub trust: Trust,
    /// What it covers, in words.
    pub cover: String,
}

/// How values of several points become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// Added up.
    Total,
    /// Their mean.
    Mean,
    /// How many of them are in the first state.
    InState(&'static str),
}

/// A quantity of a type of equipment that is worth a total.
#[derive(Debug, Clone, Copy)]
pub struct Quantity {
    /// The message that names it.
    pub label: &'static str,
    /// Key of the type.
    pub equipment_type: &'static str,
    /// Key of the point.
    pub point: &'static str,
    /// How it adds up.
    pub sum: Sum,
}

/// The quantities of the type library that have a total.
pub const QUANTITIES: &[Quantity] = &[
    Quantity {
        label: "total-battery-power",
        equipment_type: "battery-pack",
        point: "power",
        sum: Sum::Total,
    },
    Quantity {
        label: "total-battery-soc",
        equipment_type: "battery-pack",
        point: "soc",
        sum: Sum::Mean,
    },
    Quantity {
        label: "total-meter-power",
        equipment_type: "meter",
        point: "power",
        sum: Sum::Total,
    },
    Quantity {
        label: "total-parking-free",
        equipment_type: "parking-space",
        point: "occupied",
        sum: Sum::InState("FREE"),
    },
];

/// Totals, then how many equipment report and how many points are fresh.
pub fn figures(present: &Present, words: Words) -> Vec<Figure> {
    let mut figures: Vec<_> = QUANTITIES
        .iter()
        .filter_map(|quantity| figure(present, quantity, words))
        .collect();
    if !present.model.equipment.is_empty() {
        figures.push(reporting(present, words));
        figures.push(fresh(present, words));
    }
    figures
}

fn figure(present: &Present, quantity: &Quantity, words: Words) -> Option<Figure> {
    let points: Vec<_> = present
        .points()
        .filter(|(row, _)| quantity.is_of(present, row))
        .collect();
    let (first, _) = points.first()?;
    let usable: Vec<f64> = points
        .iter()
        .filter(|(row, sample)| {
            matches!(present.trust(row, *sample), Trust::Good | Trust::Uncertain)
        })
        .filter_map(|(_, sample)| sample.map(|sample| sample.value))
        .filter(|value| value.is_finite())
        .collect();
    let all = format::number(points.len() as f64, 0, words);
    Some(Figure {
        label: words.get(quantity.label),
        text: quantity.add_up(&usable, first, words),
        unit: match quantity.sum {
            Sum::InState(_) => words.with("overview-of", &[("all", &all)]),
            _ => first
                .spec
                .unit
                .map(|unit| unit.symbol().to_owned())
                .unwrap_or_default(),
        },
        trust: cover_trust(usable.len(), points.len()),
        cover: words.count_with("overview-cover", usable.len(), &[("all", &all)]),
    })
}

const fn cover_trust(usable: usize, all: usize) -> Trust {
    match usable {
        0 => Trust::Stale,
        _ if usable < all => Trust::Uncertain,
        _ => Trust::Good,
    }
}

impl Quantity {
    /// Whether a point is one of this quantity.
    pub fn is_of(&self, present: &Present, row: &PointRow) -> bool {
        row.spec.key == self.point
            && present
                .model
                .equipment(row.equipment_id)
                .and_then(|equipment| present.model.type_of(equipment))
                .is_some_and(|kind| kind.equipment_type.key == self.equipment_type)
    }

    /// The total of these values, written.
    pub fn add_up(&self, values: &[f64], example: &PointRow, words: Words) -> String {
        let decimals = usize::try_from(example.spec.decimals).unwrap_or_default();
        let sum: f64 = values.iter().sum();
        match self.sum {
            _ if values.is_empty() => format::NONE.to_owned(),
            Sum::Total => format::number(sum, decimals, words),
            Sum::Mean => format::number(sum / values.len() as f64, decimals, words),
            Sum::InState(state) => {
                format::number(in_state(values, &example.spec.states, state), 0, words)
            }
        }
    }
}

fn in_state(values: &[f64], states: &StateSet, name: &str) -> f64 {
    let code = states.code_of(name).map(f64::from);
    values.iter().filter(|value| Some(**value) == code).count() as f64
}

/// How many equipment report as they should; those that partly do count.
fn reporting(present: &Present, words: Words) -> Figure {
    let (mut offline, mut silent, mut waiting) = (0, 0, 0);
    for row in &present.model.equipment {
        let tally = present.tally(row.id);
        match tally.condition() {
            Condition::Offline => offline += 1,
            Condition::Waiting => waiting += 1,
            Condition::Stale if tally.fresh == 0 => silent += 1,
            _ => {}
        }
    }
    let all = present.model.equipment.len();
    let number = |n: usize| format::number(n as f64, 0, words);
    let absent = offline + silent + waiting;
    Figure {
        label: words.get("overview-reporting"),
        text: number(all - absent),
        unit: words.with("overview-of", &[("all", &number(all))]),
        trust: if absent == 0 {
            Trust::Good
        } else {
            Trust::Uncertain
        },
        cover: words.with(
            "overview-reporting-cover",
            &[
                ("stale", &number(silent)),
                ("offline", &number(offline)),
                ("waiting", &number(waiting)),
            ],
        ),
    }
}

fn fresh(present: &Present, words: Words) -> Figure {
    let tally = present.total();
    let number = |n: usize| format::number(n as f64, 0, words);
    Figure {
        label: words.get("overview-fresh"),
        text: number(tally.fresh),
        unit: words.with("overview-of", &[("all", &number(tally.total()))]),
        trust: if tally.stale + tally.bad == 0 {
            Trust::Good
        } else {
            Trust::Stale
        },
        cover: words.with(
            "overview-fresh-cover",
            &[("stale", &number(tally.stale)), ("bad", &number(tally.bad))],
        ),
    }
}
