//! Device time stamps, in any usual form.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// Reads a stamp as microseconds since the epoch (UTC).
///
/// A number (or a string of digits) is an epoch; its size tells seconds,
/// milliseconds, microseconds or nanoseconds apart, which is sure for all stamps between 1973 and
/// 5138. A text is RFC 3339 or ISO 8601; without an offset it is wall time in `zone`, where an hour
/// that happens twice is taken the first time and one that is skipped moves on by the gap
/// (RFC 5545, 3.3.5).
pub fn read_stamp(value: &Value, zone: &TimeZone) -> Option<i64> {
    match value {
        Value::Number(number) => match number.as_i64() {
            Some(whole) => Some(whole_epoch(whole)),
            None => number.as_f64().and_then(fractional_epoch),
        },
        Value::String(text) => read_text(text.trim(), zone),
        _ => None,
    }
}

fn read_text(text: &str, zone: &TimeZone) -> Option<i64> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(whole_epoch(whole));
    }
    if let Some(epoch) = text.parse::<f64>().ok().and_then(fractional_epoch) {
        return Some(epoch);
    }
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_microsecond());
    }
    let wall: DateTime = text.parse().ok()?;
    let instant = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
    Some(instant.as_microsecond())
}

fn whole_epoch(value: i64) -> i64 {
    match value.unsigned_abs() {
        0..100_000_000_000 => value * 1_000_000,
        100_000_000_000..100_000_000_000_000 => value * 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => value,
        _ => value / 1_000,
    }
}

fn fractional_epoch(value: f64) -> Option<i64> {
    let micros = match value.abs() {
        size if size < 1e11 => value * 1e6,
        size if size < 1e14 => value * 1e3,
        size if size < 1e17 => value,
        size if size < 9e18 => value / 1e3,
        _ => return None, // infinities and NaN among them
    };
    Some(micros.round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOON: i64 = 1_763_640_000_000_000; // 2025-11-20T12:00:00Z

    fn paris(value: Value) -> Option<i64> {
        read_stamp(&value, &TimeZone::get("Europe/Paris").unwrap())
    }

    #[test]
    fn every_usual_form_of_one_instant_reads_the_same() {
        for form in [
            json!(1_763_640_000),
            json!(1_763_640_000.0),
            json!(1_763_640_000_000_i64),
            json!(1_763_640_000_000_000_i64),
            json!(1_763_640_000_000_000_000_i64),
            json!("1763640000"),
            json!(" 1763640000000 "),
            json!("2025-11-20T12:00:00Z"),
            json!("2025-11-20T13:00:00+01:00"),
            json!("2025-11-20T13:00:00"),
            json!("2025-11-20 13:00:00.000"),
            json!("2025-11-20T13:00:00+01:00[Europe/Paris]"),
        ] {
            assert_eq!(paris(form.clone()), Some(NOON), "{form}");
        }
    }

    #[test]
    fn an_hour_that_happens_twice_is_the_first_and_a_skipped_one_moves_on() {
        let utc = |text: &str| read_stamp(&json!(text), &TimeZone::UTC);
        assert_eq!(
            paris(json!("2025-10-26T02:30:00")),
            utc("2025-10-26T00:30:00")
        );
        assert_eq!(
            paris(json!("2025-03-30T02:30:00")),
            utc("2025-03-30T01:30:00")
        );
    }

    #[test]
    fn what_is_no_stamp_is_refused() {
        for wrong in [
            json!(""),
            json!("yesterday"),
            json!("NaN"),
            json!("inf"),
            json!(1e300),
            json!(true),
            json!([1]),
            json!(null),
        ] {
            assert_eq!(paris(wrong.clone()), None, "{wrong}");
        }
    }

    #[test]
    fn no_number_overflows() {
        for extreme in [
            i64::MIN,
            i64::MIN + 1,
            -1,
            0,
            i64::MAX,
            99_999_999_999,
            100_000_000_000,
        ] {
            assert!(paris(json!(extreme)).is_some(), "{extreme}");
        }
    }
}
