//! What somebody who looks sees of requests and answers.

use crate::image::Answer;
use crate::link::Fault;
use crate::plan::Place;
use vigie_contract::{Direction, Reading, Session};

/// A read, and what came of it.
pub(crate) fn note_read(
    session: &Session,
    unit: u8,
    place: Place,
    answer: Result<&Answer, &Fault>,
) {
    let bytes = answer.map(Answer::to_bytes).unwrap_or_default();
    session
        .trace
        .note(session.clock.stamp(), Direction::In, || {
            let decoded = match answer {
                Ok(Answer::Words(words)) => format!("{} registers", words.len()),
                Ok(Answer::Bits(bits)) => format!("{} bits", bits.len()),
                Err(Fault::Exception(exception)) => exception.to_string(),
                Err(Fault::Lost(reason)) => reason.clone(),
            };
            (source(unit, place), &bytes, decoded)
        });
}

/// A write.
pub(crate) fn note_write(session: &Session, unit: u8, place: Place, bytes: &[u8], meaning: &str) {
    session
        .trace
        .note(session.clock.stamp(), Direction::Out, || {
            (source(unit, place), bytes, meaning.to_owned())
        });
}

/// What the answers of a tick meant.
pub(crate) fn note_values(session: &Session, unit: u8, readings: &[Reading]) {
    session
        .trace
        .note(session.clock.stamp(), Direction::In, || {
            let value =
                |reading: &Reading| format!("{} = {}", reading.address.point, reading.value);
            let words: Vec<String> = readings.iter().map(value).collect();
            (format!("unit {unit}"), &[], words.join(", "))
        });
}

fn source(unit: u8, place: Place) -> String {
    format!("unit {unit}, {place}")
}
