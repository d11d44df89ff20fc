//! Frames in the shapes that tools send them in.
//!
//! | shape | example |
//! |---|---|
//! | log of a bus monitor | `1212239.051044 8 240 Rx D 8 00 08 00 40 02 00 10 01`, a line for each frame |
//! | JSON | `{"id": "0x240", "data": "0008004002001001", "ts": 1763640000}`, one, an array, or a line each |
//! | decoded | `{"Timestamp": 1212239.05, "0x35C_IVT0_Result_I_mA": -2309}`, a line each |

use serde_json::{Map, Value};
use vigie_contract::read_stamp;

/// Lines or elements of one message that are looked at.
const MAX_FRAMES: usize = 4_096;
/// Longest payload of CAN FD.
const MAX_DATA: usize = 64;
/// A stamp before 2000 counts from the start of the tool.
const EPOCH_US: i64 = 946_684_800_000_000;

/// One thing that a message says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Heard {
    /// A frame as it was on the bus.
    Frame { id: u32, data: Vec<u8> },
    /// A signal that the tool took apart already.
    Signal {
        name: String,
        value: f64,
        unit: Option<String>,
    },
}

/// What cannot be read, and why.
pub(crate) type Unreadable = (&'static str, String);
/// A thing with its time, or why it is none.
pub(crate) type Line = Result<(Option<i64>, Heard), Unreadable>;

/// Everything a message says, in order, with its time where it has one. Stamps that count from
/// the start of a tool are laid so that the newest is `arrival_us`.
pub(crate) fn hear(payload: &[u8], arrival_us: i64) -> Vec<Line> {
    let Ok(text) = std::str::from_utf8(payload) else {
        return vec![Err(("not_text", "the payload is no UTF-8 text".to_owned()))];
    };
    let mut heard = Vec::new();
    if text.trim_start().starts_with('[') {
        json(text, &mut heard);
    } else {
        let lines = text.lines().map(str::trim);
        let lines = lines.filter(|line| !line.is_empty() && *line != "...");
        for line in lines.take(MAX_FRAMES) {
            if line.starts_with('{') {
                json(line, &mut heard);
            } else {
                heard.push(log_line(line));
            }
        }
    }
    lay(&mut heard, arrival_us);
    heard
}

/// Moves stamps of a tool's own clock to ours.
fn lay(heard: &mut [Line], arrival_us: i64) {
    let stamps = heard.iter().flatten().filter_map(|(at, _)| *at);
    let Some(newest) = stamps.filter(|at| *at < EPOCH_US).max() else {
        return;
    };
    for (at, _) in heard.iter_mut().flatten() {
        if let Some(own) = at.filter(|own| *own < EPOCH_US) {
            *at = Some(arrival_us.saturating_add(own.saturating_sub(newest)));
        }
    }
}

/// `<seconds> <channel> <id>[x] <Rx|Tx> D <length> <bytes…>`.
fn log_line(line: &str) -> Line {
    let fault = |what: &str| {
        (
            "bad_frame",
            format!("{what}: a frame is `time channel id Rx D length bytes`"),
        )
    };
    let mut words = line.split_ascii_whitespace();
    let at = words.next().and_then(|word| word.parse::<f64>().ok());
    let at = at.ok_or_else(|| fault("no time"))?;
    let mut words = words.skip(1);
    let id = words
        .next()
        .and_then(identifier)
        .ok_or_else(|| fault("no id"))?;
    let mut words = words
        .skip_while(|word| !word.eq_ignore_ascii_case("d"))
        .skip(1);
    let length: usize = words
        .next()
        .and_then(|word| word.parse().ok())
        .filter(|length| *length <= MAX_DATA)
        .ok_or_else(|| fault("no length"))?;
    let data: Option<Vec<u8>> = words
        .take(length)
        .map(|byte| u8::from_str_radix(byte, 16).ok())
        .collect();
    let data = data.filter(|data| data.len() == length);
    let data = data.ok_or_else(|| fault("too few bytes"))?;
    Ok((Some(seconds(at)), Heard::Frame { id, data }))
}

fn json(text: &str, heard: &mut Vec<Line>) {
    match serde_json::from_str(text) {
        Ok(Value::Object(fields)) => object(&fields, heard),
        Ok(Value::Array(elements)) => {
            for element in elements.iter().take(MAX_FRAMES) {
                match element {
                    Value::Object(fields) => object(fields, heard),
                    _ => heard.push(Err(("bad_frame", "an element that is no frame".to_owned()))),
                }
            }
        }
        Ok(_) => heard.push(Err(("bad_frame", "neither a frame nor several".to_owned()))),
        Err(error) => heard.push(Err(("bad_json", error.to_string()))),
    }
}

fn object(fields: &Map<String, Value>, heard: &mut Vec<Line>) {
    let stamp = ["ts", "Timestamp", "timestamp"]
        .iter()
        .find_map(|name| fields.get(*name));
    let at = stamp.and_then(|stamp| read_stamp(stamp, &jiff::tz::TimeZone::UTC));
    match (fields.get("id"), fields.get("data")) {
        (Some(id), Some(data)) => heard.push(frame(id, data).map(|frame| (at, frame))),
        _ => decoded(fields, at, heard),
    }
}

fn frame(id: &Value, data: &Value) -> Result<Heard, Unreadable> {
    let fault = |what: &str| ("bad_frame", what.to_owned());
    let id = match id {
        Value::Number(id) => id.as_u64().and_then(|id| u32::try_from(id).ok()),
        Value::String(id) => identifier(id),
        _ => None,
    };
    let id = id.ok_or_else(|| fault("`id` is a number, or hexadecimal in a text"))?;
    let data = data.as_str().and_then(bytes_of);
    let data = data.ok_or_else(|| fault("`data` is up to 64 bytes in hexadecimal"))?;
    Ok(Heard::Frame { id, data })
}

/// `0x35C_IVT0_Result_I_mA`: the id, the name of the signal, its unit.
fn decoded(fields: &Map<String, Value>, at: Option<i64>, heard: &mut Vec<Line>) {
    for (key, value) in fields {
        let Some(value) = value.as_f64() else {
            continue;
        };
        let Some((id, name)) = key.split_once('_') else {
            continue;
        };
        if identifier(id).is_none() || !id.starts_with("0x") {
            continue;
        }
        let (name, unit) = match name.rsplit_once('_') {
            Some((name, unit)) if is_unit(unit) => (name, Some(unit.to_owned())),
            _ => (name, None),
        };
        let signal = Heard::Signal {
            name: name.to_owned(),
            value,
            unit,
        };
        heard.push(Ok((at, signal)));
    }
    if heard.is_empty() {
        heard.push(Err((
            "bad_frame",
            "neither `id` and `data` nor decoded signals".to_owned(),
        )));
    }
}

fn is_unit(text: &str) -> bool {
    const UNITS: [&str; 15] = [
        "mA", "A", "mV", "V", "kV", "W", "kW", "Wh", "kWh", "As", "Ah", "degC", "kOhm", "%", "Hz",
    ];
    UNITS.contains(&text)
}

/// Hexadecimal, with or without `0x`; an `x` at the end says that it has 29 bits.
fn identifier(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let digits = digits.strip_suffix(['x', 'X']).unwrap_or(digits);
    let id = u32::from_str_radix(digits, 16).ok()?;
    (id <= 0x1fff_ffff).then_some(id)
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !b" :-".contains(byte)).collect();
    if !digits.len().is_multiple_of(2) || digits.len() > 2 * MAX_DATA {
        return None;
    }
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.chunks(2).map(pair).collect()
}

fn seconds(at: f64) -> i64 {
    // Casting saturates; NaN is the beginning of time.
    (at * 1e6).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARRIVAL: i64 = 1_763_640_000_000_000;

    fn frames(text: &str) -> Vec<Line> {
        hear(text.as_bytes(), ARRIVAL)
    }

    #[test]
    fn one_frame_reads_the_same_in_every_shape() {
        let frame = Heard::Frame {
            id: 0x240,
            data: vec![0, 8, 0, 0x40, 2, 0, 0x10, 1],
        };
        for text in [
            "1763640000.5 8  240        Rx D 8  00  08  00  40  02  00  10  01",
            r#"{"id":"0x240","data":"0008004002001001","ts":1763640000.5}"#,
            r#"{"id":576,"data":"00 08 00 40 02 00 10 01","ts":"2025-11-20T12:00:00.5Z"}"#,
            r#"[{"id":"240","data":"0008004002001001","ts":1763640000500}]"#,
        ] {
            assert_eq!(
                frames(text),
                [Ok((Some(ARRIVAL + 500_000), frame.clone()))],
                "{text}"
            );
        }
    }

    #[test]
    fn the_clock_of_a_tool_is_laid_on_ours() {
        let log = "...\n10.0 1 1 Rx D 0\n10.25 1 2 Rx D 0\n";
        let stamps: Vec<_> = frames(log)
            .into_iter()
            .map(|line| line.unwrap().0)
            .collect();
        assert_eq!(stamps, [Some(ARRIVAL - 250_000), Some(ARRIVAL)]);
    }

    #[test]
    fn what_is_no_frame_is_refused_with_its_reason() {
        for (text, reason) in [
            ("hello", "bad_frame"),
            ("1.0 1 240 Rx D 8 00", "bad_frame"),
            ("1.0 1 240 Rx D 900 00", "bad_frame"),
            (r#"{"id":-1,"data":"00"}"#, "bad_frame"),
            (r#"{"id":1,"data":"0"}"#, "bad_frame"),
            ("{\"id\":", "bad_json"),
            ("[1]", "bad_frame"),
            ("{}", "bad_frame"),
        ] {
            let reasons: Vec<_> = frames(text)
                .into_iter()
                .map(|line| line.unwrap_err().0)
                .collect();
            assert_eq!(reasons, [reason], "{text}");
        }
    }
}
