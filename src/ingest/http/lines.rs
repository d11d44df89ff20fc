//! From lines to readings: equal series and field keys are worked out once.

use super::batch::{Batches, Place};
use super::line_protocol::{Field, Line, Precision, Series, parse};
use super::mapping::{LineMapping, Target};
use std::collections::HashMap;
use std::sync::Arc;
use vigie_contract::{Address, Reading, ReadingQuality, ReadingValue};

/// Series, and field keys, that are remembered; then it begins anew.
const REMEMBERED: usize = 4_096;

/// Reads a body of line protocol.
pub(super) fn read(
    body: &[u8],
    precision: Precision,
    mapping: &LineMapping,
    batches: &mut Batches<'_>,
) {
    let mut lines = Lines {
        mapping,
        series: HashMap::new(),
        points: HashMap::new(),
        batches,
    };
    for line in parse(body, precision) {
        match line {
            Ok(line) => lines.take(line),
            Err(error) => lines.fault(error.number, error.reason),
        }
        if !lines.batches.is_wanted() {
            return;
        }
    }
}

struct Lines<'a, 'b, 'c> {
    mapping: &'a LineMapping,
    series: HashMap<&'a str, Result<Arc<Target>, String>>,
    points: HashMap<String, Arc<str>>,
    batches: &'b mut Batches<'c>,
}

impl<'a> Lines<'a, '_, '_> {
    fn take(&mut self, line: Line<'a>) {
        let target = match self.target(line.series) {
            Ok(target) => target,
            Err(reason) => return self.fault(line.number, &reason),
        };
        for (key, field) in line.fields {
            let value = match field {
                Field::Number(number) => ReadingValue::Number(number),
                Field::Bool(flag) => ReadingValue::Bool(flag),
                Field::Text(text) if text.len() <= 256 => ReadingValue::State(Arc::from(&*text)),
                Field::Text(_) => {
                    self.fault(line.number, "a text of more than 256 bytes");
                    continue;
                }
            };
            let reading = Reading {
                address: Address {
                    equipment: target.equipment.clone(),
                    point: self.point(&target, &key),
                },
                hint: target.hint.clone(),
                value,
                unit: None,
                quality: ReadingQuality::Good,
                observed_at_us: line.at_us,
            };
            self.batches.reading(Place::Line(line.number), reading);
        }
    }

    fn target(&mut self, series: &'a str) -> Result<Arc<Target>, String> {
        if let Some(known) = self.series.get(series) {
            return known.clone();
        }
        let target = Series::parse(series)
            .map_err(str::to_owned)
            .and_then(|parsed| self.mapping.target(&parsed).map(Arc::new));
        if self.series.len() == REMEMBERED {
            self.series.clear();
        }
        self.series.insert(series, target.clone());
        target
    }

    fn point(&mut self, target: &Target, field: &str) -> Arc<str> {
        if !target.is_plain() {
            return target.point(field);
        }
        if let Some(known) = self.points.get(field) {
            return known.clone();
        }
        let point = target.point(field);
        if self.points.len() == REMEMBERED {
            self.points.clear();
        }
        self.points.insert(field.to_owned(), point.clone());
        point
    }

    fn fault(&mut self, number: usize, message: &str) {
        self.batches.fault("bad_line", || {
            (Place::Line(number).to_string(), message.to_owned())
        });
    }
}
