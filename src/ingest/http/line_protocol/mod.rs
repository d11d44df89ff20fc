//! The InfluxDB line protocol, line by line, without copying what needs no unescaping.
//!
//! Source: InfluxDB v2 reference, "Line protocol"
//! (`measurement[,tag=value]* field=value[,field=value]* [timestamp]`).
//! A bad line is reported with its number and never takes another with it.
//!
//! Invariant: no bytes make the parser panic, and it looks at each byte a bounded number of times.

mod field;
mod series;

pub use field::Field;
pub use series::Series;

use field::{parse_value, split_value};
use series::{split_at, unescape};
use std::borrow::Cow;

/// Fields of one line.
const MOST_FIELDS: usize = 4_096;

/// What the last number of a line counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Precision {
    /// Nanoseconds, the default of the protocol.
    #[default]
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds.
    Seconds,
}

impl Precision {
    /// Reads the `precision` parameter of a request, in the words of version 1 and 2.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "" | "n" | "ns" => Self::Nanoseconds,
            "u" | "us" | "µ" | "µs" => Self::Microseconds,
            "ms" => Self::Milliseconds,
            "s" => Self::Seconds,
            _ => return None,
        })
    }

    fn micros(self, stamp: i64) -> Option<i64> {
        match self {
            Self::Nanoseconds => Some(stamp.div_euclid(1_000)),
            Self::Microseconds => Some(stamp),
            Self::Milliseconds => stamp.checked_mul(1_000),
            Self::Seconds => stamp.checked_mul(1_000_000),
        }
    }
}

/// One good line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// Counted from 1; where it begins.
    pub number: usize,
    /// Measurement and tags as they stand in the line; equal text is the same series.
    pub series: &'a str,
    /// Field keys and values, in their order.
    pub fields: Vec<(Cow<'a, str>, Field<'a>)>,
    /// Microseconds since the epoch; arrival when absent.
    pub at_us: Option<i64>,
}

/// A bad line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {number}: {reason}")]
pub struct LineError {
    /// Counted from 1; where it begins.
    pub number: usize,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// Parses a body. Empty lines and comments are skipped but counted.
pub fn parse(
    body: &[u8],
    precision: Precision,
) -> impl Iterator<Item = Result<Line<'_>, LineError>> {
    Lines {
        rest: body,
        number: 0,
        precision,
        quotes_close: true,
    }
}

struct Lines<'a> {
    rest: &'a [u8],
    number: usize,
    precision: Precision,
    /// Until a quote was never closed; looking for its end again on each line would be quadratic.
    quotes_close: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Result<Line<'a>, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let number = self.number + 1;
            let line = self.split();
            let line = line.trim_ascii();
            if !line.is_empty() && line[0] != b'#' {
                let fault = |reason| LineError { number, reason };
                let text = std::str::from_utf8(line).map_err(|_| fault("not UTF-8"));
                return Some(
                    text.and_then(|text| parse_line(text, number, self.precision).map_err(fault)),
                );
            }
        }
    }
}

impl<'a> Lines<'a> {
    /// Takes the next line. Inside the quotes of a field a line feed belongs to the text.
    fn split(&mut self) -> &'a [u8] {
        let first = next_feed(self.rest);
        let may_go_on = self.quotes_close && self.rest[..first].contains(&b'"');
        let end = if may_go_on {
            self.quoted_end().unwrap_or(first)
        } else {
            first
        };
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        self.number += line.split(|byte| *byte == b'\n').count();
        line
    }

    /// The first line feed outside quotes; `None` when a quote is never closed, which spoils its own line only.
    fn quoted_end(&mut self) -> Option<usize> {
        let (mut in_fields, mut quoted, mut escaped) = (false, false, false);
        for (at, byte) in self.rest.iter().enumerate() {
            match byte {
                b'\n' if !quoted => return Some(at),
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' if in_fields => quoted = !quoted,
                b' ' => in_fields = true,
                _ => {}
            }
        }
        self.quotes_close = !quoted;
        (!quoted).then_some(self.rest.len())
    }
}

fn next_feed(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|byte| *byte == b'\n')
        .unwrap_or(bytes.len())
}

fn parse_line(line: &str, number: usize, precision: Precision) -> Result<Line<'_>, &'static str> {
    let (series, rest) = split_at(line, b' ').ok_or("no fields")?;
    if series.is_empty() || series.starts_with(',') {
        return Err("no measurement");
    }
    let mut rest = rest.trim_start_matches(' ');
    let mut fields = Vec::with_capacity(4);
    loop {
        let (key, after) = split_at(rest, b'=').ok_or("a field without `=`")?;
        if key.is_empty() {
            return Err("a field without a key");
        }
        if fields.len() == MOST_FIELDS {
            return Err("more than 4096 fields");
        }
        let (value, after) = split_value(after)?;
        fields.push((unescape(key), parse_value(value)?));
        let Some(next) = after.strip_prefix(',') else {
            let at_us = parse_stamp(after.trim_matches(' '), precision)?;
            return Ok(Line {
                number,
                series,
                fields,
                at_us,
            });
        };
        rest = next;
    }
}

fn parse_stamp(text: &str, precision: Precision) -> Result<Option<i64>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    let stamp = text.parse().map_err(|_| "the time stamp is no integer")?;
    precision
        .micros(stamp)
        .map(Some)
        .ok_or("the time stamp is out of range")
}

#[cfg(test)]
mod tests;
