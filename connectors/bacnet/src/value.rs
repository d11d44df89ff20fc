//! Values between the wire and readings.

use crate::object::Kind;
use bacnet_encoding::primitives::{decode_application_value, encode_property_value};
use bacnet_types::primitives::{PropertyValue, StatusFlags};
use bytes::BytesMut;
use vigie_contract::{ReadingQuality, ReadingValue};

/// The first value of some bytes.
pub(crate) fn decode(bytes: &[u8]) -> Option<PropertyValue> {
    decode_application_value(bytes, 0)
        .ok()
        .map(|(value, _)| value)
}

/// All values of some bytes: an array, a list.
pub(crate) fn decode_all(bytes: &[u8]) -> Vec<PropertyValue> {
    let mut values = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let Ok((value, next)) = decode_application_value(bytes, at) else {
            break;
        };
        if next <= at {
            break;
        }
        values.push(value);
        at = next;
    }
    values
}

/// A number of any kind.
pub(crate) fn number(value: &PropertyValue) -> Option<f64> {
    Some(match value {
        PropertyValue::Boolean(is) => f64::from(u8::from(*is)),
        PropertyValue::Unsigned(number) => *number as f64,
        PropertyValue::Signed(number) => f64::from(*number),
        // As people wrote it, not as a double shows a float: 21.1, not 21.10000038.
        PropertyValue::Real(number) => number.to_string().parse().ok()?,
        PropertyValue::Double(number) => *number,
        PropertyValue::Enumerated(number) => f64::from(*number),
        _ => return None,
    })
}

/// A whole number.
pub(crate) fn unsigned(value: &PropertyValue) -> Option<u64> {
    match value {
        PropertyValue::Unsigned(number) => Some(*number),
        PropertyValue::Enumerated(number) => Some(u64::from(*number)),
        _ => None,
    }
}

/// A text.
pub(crate) fn text(value: &PropertyValue) -> Option<&str> {
    match value {
        PropertyValue::CharacterString(text) => Some(text),
        _ => None,
    }
}

/// A present value as a reading's.
pub(crate) fn reading(kind: Kind, value: &PropertyValue) -> Option<ReadingValue> {
    let number = number(value)?;
    Some(match kind {
        Kind::Binary => ReadingValue::Bool(number != 0.0),
        _ => ReadingValue::Number(number),
    })
}

/// What the status flags say about a value (clause 12.2.7).
pub(crate) fn quality(flags: &PropertyValue) -> ReadingQuality {
    let PropertyValue::BitString { data, .. } = flags else {
        return ReadingQuality::Good;
    };
    let bits = data.first().map_or(0, |byte| byte >> 4);
    quality_of(StatusFlags::from_bits_truncate(bits))
}

/// In alarm is no fault of the value; overridden and out of service are values of somebody's hand.
pub(crate) fn quality_of(flags: StatusFlags) -> ReadingQuality {
    if flags.contains(StatusFlags::FAULT) {
        ReadingQuality::Bad
    } else if flags.intersects(StatusFlags::OVERRIDDEN | StatusFlags::OUT_OF_SERVICE) {
        ReadingQuality::Uncertain
    } else {
        ReadingQuality::Good
    }
}

/// What to write so that the object has `wanted`; `None` releases. `texts` are the words of its
/// states, in order.
///
/// # Errors
/// One sentence when the object cannot have that.
pub(crate) fn encode(
    kind: Kind,
    wanted: Option<&ReadingValue>,
    texts: &[String],
) -> Result<Vec<u8>, String> {
    let value = match wanted {
        None => PropertyValue::Null,
        Some(wanted) => property(kind, wanted, texts)?,
    };
    let mut bytes = BytesMut::new();
    encode_property_value(&mut bytes, &value).map_err(|error| error.to_string())?;
    Ok(bytes.to_vec())
}

fn property(kind: Kind, wanted: &ReadingValue, texts: &[String]) -> Result<PropertyValue, String> {
    let number = match wanted {
        ReadingValue::Number(number) => *number,
        ReadingValue::Bool(is) => f64::from(u8::from(*is)),
        ReadingValue::State(word) => state(kind, word, texts)?,
    };
    let whole = |least: f64, most: f64| {
        let fits = number.fract() == 0.0 && (least..=most).contains(&number);
        fits.then_some(number)
            .ok_or_else(|| format!("{number} is no whole number from {least} to {most}"))
    };
    if !number.is_finite() {
        return Err("not a number".to_owned());
    }
    Ok(match kind {
        Kind::Real => PropertyValue::Real(number as f32),
        Kind::Double => PropertyValue::Double(number),
        Kind::Signed => {
            PropertyValue::Signed(whole(f64::from(i32::MIN), f64::from(i32::MAX))? as i32)
        }
        Kind::Unsigned => PropertyValue::Unsigned(whole(0.0, 2_f64.powi(53))? as u64),
        Kind::Binary => PropertyValue::Enumerated(whole(0.0, 1.0)? as u32),
        Kind::MultiState => {
            let last = if texts.is_empty() {
                u32::MAX as usize
            } else {
                texts.len()
            };
            PropertyValue::Unsigned(whole(1.0, last as f64)? as u64)
        }
    })
}

/// The number of a state's word.
fn state(kind: Kind, word: &str, texts: &[String]) -> Result<f64, String> {
    let place = texts
        .iter()
        .position(|text| text.eq_ignore_ascii_case(word));
    let place = place.or_else(|| {
        let words = ["inactive", "active"];
        let is_binary = kind == Kind::Binary;
        let place = words
            .iter()
            .position(|text| text.eq_ignore_ascii_case(word));
        place.filter(|_| is_binary)
    });
    let first = f64::from(u8::from(kind == Kind::MultiState));
    place
        .map(|place| place as f64 + first)
        .ok_or_else(|| format!("the object knows no state `{word}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_real_reads_as_people_write_it() {
        let value = number(&PropertyValue::Real(21.1));
        assert_eq!(value, Some(21.1));
    }

    #[test]
    fn flags_say_how_far_a_value_can_be_trusted() {
        assert_eq!(quality_of(StatusFlags::IN_ALARM), ReadingQuality::Good);
        assert_eq!(
            quality_of(StatusFlags::OVERRIDDEN),
            ReadingQuality::Uncertain
        );
        let both = StatusFlags::FAULT | StatusFlags::OUT_OF_SERVICE;
        assert_eq!(quality_of(both), ReadingQuality::Bad);
        let wire = PropertyValue::BitString {
            unused_bits: 4,
            data: vec![0x40],
        };
        assert_eq!(quality(&wire), ReadingQuality::Bad);
    }

    #[test]
    fn words_of_states_are_written_as_their_numbers() {
        let texts = ["Off".to_owned(), "Heat".to_owned()];
        let heat = ReadingValue::State("heat".into());
        assert_eq!(
            encode(Kind::MultiState, Some(&heat), &texts),
            Ok(vec![0x21, 2])
        );
        assert_eq!(encode(Kind::Binary, Some(&heat), &texts), Ok(vec![0x91, 1]));
        let active = ReadingValue::State("ACTIVE".into());
        assert_eq!(encode(Kind::Binary, Some(&active), &[]), Ok(vec![0x91, 1]));
        assert!(encode(Kind::MultiState, Some(&active), &texts).is_err());
        assert_eq!(encode(Kind::Real, None, &[]), Ok(vec![0x00]));
    }

    #[test]
    fn what_an_object_cannot_have_is_refused() {
        let wanted = |number| Some(ReadingValue::Number(number));
        assert!(encode(Kind::MultiState, wanted(0.0).as_ref(), &[]).is_err());
        assert!(encode(Kind::Unsigned, wanted(-1.0).as_ref(), &[]).is_err());
        assert!(encode(Kind::Binary, wanted(0.5).as_ref(), &[]).is_err());
        assert!(encode(Kind::Real, wanted(f64::NAN).as_ref(), &[]).is_err());
    }
}
