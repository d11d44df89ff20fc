//! What a metric's value is worth.

use super::payload::{Metric, Value};
use vigie_contract::{ReadingQuality, ReadingValue};

/// Data types (3.0.0, 6.4.16) whose values are integers with a sign.
const INT8: u32 = 1;
const INT16: u32 = 2;
const INT32: u32 = 3;
const INT64: u32 = 4;
/// Milliseconds since the epoch.
const DATE_TIME: u32 = 13;
/// Property and values of 6.4.14: OPC quality.
const QUALITY: &str = "Quality";
const BAD: u32 = 0;
const GOOD: u32 = 192;

/// `None` where there is no value now; `Err` where it is none that can be a reading.
pub(super) fn reading(
    metric: &Metric,
    datatype: u32,
) -> Result<Option<ReadingValue>, &'static str> {
    if metric.is_null == Some(true) {
        return Ok(None);
    }
    let Some(value) = &metric.value else {
        return Err("a data set, a template, or no value at all");
    };
    let number = match value {
        Value::Int(bits) => match datatype {
            INT8 => f64::from(*bits as u8 as i8),
            INT16 => f64::from(*bits as u16 as i16),
            INT32 => f64::from(*bits as i32),
            _ => f64::from(*bits),
        },
        Value::Long(bits) => match datatype {
            INT8 => f64::from(*bits as u8 as i8),
            INT16 => f64::from(*bits as u16 as i16),
            INT32 => f64::from(*bits as i32),
            INT64 => *bits as i64 as f64,
            DATE_TIME => *bits as f64 / 1_000.0,
            _ => *bits as f64,
        },
        Value::Float(number) => shortest(*number),
        Value::Double(number) => *number,
        Value::Boolean(flag) => return Ok(Some(ReadingValue::Bool(*flag))),
        Value::String(word) if word.is_empty() => return Ok(None),
        Value::String(word) if word.len() <= 256 => {
            return Ok(Some(ReadingValue::State(word.as_str().into())));
        }
        Value::String(_) => return Err("a very long text"),
        Value::Bytes(_) => return Err("bytes"),
    };
    Ok(Some(ReadingValue::Number(number)))
}

/// How far the device trusts it.
pub(super) fn quality(metric: &Metric) -> ReadingQuality {
    match metric.number(QUALITY) {
        None | Some(GOOD) => ReadingQuality::Good,
        Some(BAD) => ReadingQuality::Bad,
        Some(_) => ReadingQuality::Uncertain,
    }
}

/// 3.3 as a float is 3.3, not 3.299999952316284.
fn shortest(number: f32) -> f64 {
    number
        .to_string()
        .parse()
        .unwrap_or_else(|_| f64::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_keep_their_sign_in_every_width() {
        let read = |value: Value, datatype: u32| {
            let metric = Metric {
                value: Some(value),
                ..Metric::default()
            };
            reading(&metric, datatype).unwrap().unwrap()
        };
        for (value, datatype, number) in [
            (Value::Int(0xff), INT8, -1.0),
            (Value::Int(0xffff_ffff), INT8, -1.0),
            (Value::Int(0xfffe), INT16, -2.0),
            (Value::Int(0xffff_fffd), INT32, -3.0),
            (Value::Long(u64::MAX), INT64, -1.0),
            (Value::Int(0xffff_fffd), 7, 4_294_967_293.0),
            (Value::Float(3.3), 9, 3.3),
        ] {
            assert_eq!(read(value, datatype), ReadingValue::Number(number));
        }
    }

    #[test]
    fn null_is_said_aloud_and_is_no_value() {
        let metric = Metric {
            is_null: Some(true),
            ..Metric::default()
        };
        assert_eq!(reading(&metric, 10), Ok(None));
        assert!(reading(&Metric::default(), 10).is_err());
    }
}
