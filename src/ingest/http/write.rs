//! From a body to a report: what is good is durable, what is bad is told.

use super::json;
use super::line_protocol::{Field, Line, Precision, Series, parse};
use super::mapping::{LineMapping, Target};
use crate::ingest::Ingest;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::sync::Arc;
use vigie_contract::{
    Address, Delivery, Reading, ReadingQuality, ReadingValue, Refusal, SinkError,
};

/// Faults of one report that are told one by one; the rest is only counted.
const MAX_FAULTS: usize = 100;

/// What became of a body.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct WriteReport {
    /// Samples that are durable.
    pub stored: u32,
    /// Values or lines that were refused.
    pub refused: u32,
    /// The first refusals, in the order of the body.
    pub faults: Vec<Fault>,
}

/// One refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `line 3`, or a JSON pointer into the body.
    pub place: String,
    /// Short stable name: `bad_line`, `unknown_point`.
    pub reason: &'static str,
    /// One sentence for a person.
    pub message: String,
}

/// Stores a body of line protocol.
pub async fn write_lines(
    ingest: &Ingest,
    body: &[u8],
    precision: Precision,
) -> Result<WriteReport, SinkError> {
    let mapping = ingest.line_mapping();
    let mut lines = Lines::new(&mapping);
    for line in parse(body, precision) {
        match line {
            Ok(line) => lines.take(line),
            Err(error) => lines.fault(error.number, error.reason.to_owned()),
        }
    }
    let Lines {
        readings,
        numbers,
        faults,
        ..
    } = lines;
    let place = |index: usize| (numbers[index] as usize, format!("line {}", numbers[index]));
    store(ingest, &mapping, readings, place, faults, body).await
}

/// Stores a JSON body.
pub async fn write_json(ingest: &Ingest, body: &[u8]) -> Result<WriteReport, SinkError> {
    let mapping = ingest.line_mapping();
    let zone = TimeZone::get(&ingest.scope().tenant().time_zone).unwrap_or(TimeZone::UTC);
    let json::Parsed {
        readings,
        places,
        faults,
    } = json::parse(body, &zone, &mapping.hint);
    let faults = faults.into_iter().map(|fault| (0, fault)).collect();
    store(
        ingest,
        &mapping,
        readings,
        |index| (index, places[index].clone()),
        faults,
        body,
    )
    .await
}

/// `place` gives the order and the name of the place of a reading; `faults` come with their order.
async fn store(
    ingest: &Ingest,
    mapping: &LineMapping,
    readings: Vec<Reading>,
    place: impl Fn(usize) -> (usize, String),
    mut faults: Vec<(usize, Fault)>,
    body: &[u8],
) -> Result<WriteReport, SinkError> {
    let refusal = |fault: &Fault| {
        Refusal::new(
            fault.reason,
            fault.place.as_str(),
            fault.message.as_str(),
            body,
        )
    };
    let delivery = Delivery {
        readings,
        refusals: faults.iter().map(|(_, fault)| refusal(fault)).collect(),
    };
    let receipt = ingest.commit(&mapping.connection, &delivery).await?;
    for (index, reason) in receipt.refused_readings.iter().take(MAX_FAULTS) {
        let (order, place) = place(*index);
        faults.push((
            order,
            Fault {
                place,
                reason: reason.as_str(),
                message: reason.sentence().to_owned(),
            },
        ));
    }
    faults.sort_by_key(|(order, _)| *order);
    faults.truncate(MAX_FAULTS);
    Ok(WriteReport {
        stored: receipt.settlement.stored,
        refused: receipt.settlement.refused,
        faults: faults.into_iter().map(|(_, fault)| fault).collect(),
    })
}

/// Good lines on their way to readings; equal series and field keys are worked out once.
struct Lines<'a> {
    mapping: &'a LineMapping,
    series: HashMap<&'a str, Result<Arc<Target>, String>>,
    points: HashMap<String, Arc<str>>,
    readings: Vec<Reading>,
    /// The line of each reading.
    numbers: Vec<u32>,
    faults: Vec<(usize, Fault)>,
}

impl<'a> Lines<'a> {
    fn new(mapping: &'a LineMapping) -> Self {
        Self {
            mapping,
            series: HashMap::new(),
            points: HashMap::new(),
            readings: Vec::new(),
            numbers: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn take(&mut self, line: Line<'a>) {
        let mapping = self.mapping;
        let target = self.series.entry(line.series).or_insert_with(|| {
            let series = Series::parse(line.series).map_err(str::to_owned)?;
            mapping.target(&series).map(Arc::new)
        });
        let target = match target {
            Ok(target) => target.clone(),
            Err(reason) => {
                let reason = reason.clone();
                return self.fault(line.number, reason);
            }
        };
        for (key, field) in line.fields {
            let value = match field {
                Field::Number(number) => ReadingValue::Number(number),
                Field::Bool(flag) => ReadingValue::Bool(flag),
                Field::Text(text) if text.len() <= 256 => ReadingValue::State(Arc::from(&*text)),
                Field::Text(_) => {
                    self.fault(line.number, "a text of more than 256 bytes".to_owned());
                    continue;
                }
            };
            let point = self.point(&target, &key);
            self.numbers.push(line.number as u32);
            self.readings.push(Reading {
                address: Address {
                    equipment: target.equipment.clone(),
                    point,
                },
                hint: target.hint.clone(),
                value,
                unit: None,
                quality: ReadingQuality::Good,
                observed_at_us: line.at_us,
            });
        }
    }

    fn point(&mut self, target: &Target, field: &str) -> Arc<str> {
        if !target.is_plain() {
            return target.point(field);
        }
        if let Some(known) = self.points.get(field) {
            return known.clone();
        }
        let point = target.point(field);
        self.points.insert(field.to_owned(), point.clone());
        point
    }

    fn fault(&mut self, number: usize, message: String) {
        let place = format!("line {number}");
        self.faults.push((
            number,
            Fault {
                place,
                reason: "bad_line",
                message,
            },
        ));
    }
}
