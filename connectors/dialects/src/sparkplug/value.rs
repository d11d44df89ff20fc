//! What a metric's value is worth.

use super::payload::{Metric, Value};
use vigie_contract::{ReadingQuality, ReadingValue};

/// Data types (3.0.0, 6.4.16) whose values are integers with a sign.
const INT8: u32 = 1;
const INT16: u32 = 2;
const INT32: u32 = 3;
const INT64: u32 = 4;
const UINT8: u32 = 5;
const UINT16: u32 = 6;
const UINT32: u32 = 7;
const UINT64: u32 = 8;
const FLOAT: u32 = 9;
const DOUBLE: u32 = 10;
const BOOLEAN: u32 = 11;
const STRING: u32 = 12;
/// Milliseconds since the epoch.
const DATE_TIME: u32 = 13;
const TEXT: u32 = 14;
/// Up to here every whole number is one of f64.
const EXACT: i64 = 1 << 53;
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

/// What a metric of a data type is told to become; `word` is the device's own for a state.
pub(super) fn written(
    value: &ReadingValue,
    word: Option<&str>,
    datatype: u32,
) -> Result<Value, String> {
    let number = match value {
        ReadingValue::Number(number) => *number,
        ReadingValue::Bool(flag) => f64::from(u8::from(*flag)),
        ReadingValue::State(_) => return Err("only numbers and codes can be sent".to_owned()),
    };
    let whole = |least: i64, most: i64| {
        let fits = number.fract() == 0.0 && (least as f64..=most as f64).contains(&number);
        let why = || format!("{number} is no whole number from {least} to {most}");
        fits.then_some(number as i64).ok_or_else(why)
    };
    let bits = |least: i64, most: i64, mask: u32| {
        whole(least, most).map(|number| Value::Int(number as u32 & mask))
    };
    Ok(match datatype {
        INT8 => bits(-0x80, 0x7f, 0xff)?,
        INT16 => bits(-0x8000, 0x7fff, 0xffff)?,
        INT32 => bits(i32::MIN.into(), i32::MAX.into(), u32::MAX)?,
        INT64 => Value::Long(whole(-EXACT, EXACT)? as u64),
        UINT8 => bits(0, 0xff, 0xff)?,
        UINT16 => bits(0, 0xffff, 0xffff)?,
        UINT32 => bits(0, u32::MAX.into(), u32::MAX)?,
        UINT64 => Value::Long(whole(0, EXACT)? as u64),
        FLOAT if (number as f32).is_finite() => Value::Float(number as f32),
        DOUBLE => Value::Double(number),
        BOOLEAN => Value::Boolean(whole(0, 1)? == 1),
        STRING | TEXT => match word {
            Some(word) => Value::String(word.to_owned()),
            None => return Err("the rule has no word for this value".to_owned()),
        },
        other => return Err(format!("metrics of data type {other} are only read")),
    })
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
    fn what_is_told_is_what_would_be_read_in_every_width() {
        for (number, datatype) in [
            (-1.0, INT8),
            (-300.0, INT16),
            (-70_000.0, INT32),
            (-5e9, INT64),
            (200.0, UINT8),
            (60_000.0, UINT16),
            (4e9, UINT32),
            (9e15, UINT64),
            (21.5, FLOAT),
            (21.5, DOUBLE),
        ] {
            let told = ReadingValue::Number(number);
            let metric = Metric {
                value: Some(written(&told, None, datatype).unwrap()),
                ..Metric::default()
            };
            assert_eq!(reading(&metric, datatype), Ok(Some(told)), "{datatype}");
        }
        let told = |number, word, datatype| written(&ReadingValue::Number(number), word, datatype);
        assert_eq!(told(1.0, None, BOOLEAN), Ok(Value::Boolean(true)));
        assert_eq!(
            told(3.0, Some("ECO"), STRING),
            Ok(Value::String("ECO".to_owned()))
        );
        for (number, datatype) in [
            (128.0, INT8),
            (0.5, INT32),
            (-1.0, UINT64),
            (2.0, BOOLEAN),
            (3.0, STRING),
            (0.0, DATE_TIME),
        ] {
            assert!(
                told(number, None, datatype).is_err(),
                "{number} as {datatype}"
            );
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
