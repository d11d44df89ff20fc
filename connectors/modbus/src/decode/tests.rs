use super::*;
use crate::image::Answer;
use crate::plan::{Limits, MOST_BITS, MOST_REGISTERS};
use crate::register::RegisterConfig;
use proptest::prelude::*;
use serde_json::{Value, json};

fn register(mut entry: Value) -> Register {
    let table = entry.as_object_mut().unwrap();
    table.entry("point").or_insert(json!("x"));
    table.entry("address").or_insert(json!(0));
    let config: RegisterConfig = serde_json::from_value(entry).unwrap();
    let limits = Limits {
        gap: 0,
        registers: MOST_REGISTERS,
        bits: MOST_BITS,
    };
    config.check(limits).unwrap().remove(0)
}

fn read(entry: Value, words: &[u16]) -> Result<Option<ReadingValue>, &'static str> {
    let register = register(entry);
    let mut image = Image::default();
    let mut place = register.place;
    place.count = words.len() as u16;
    image.add(place, Answer::Words(words.to_vec()));
    register.decode(&image).map_err(|nonsense| nonsense.reason)
}

fn number(entry: Value, words: &[u16]) -> Option<f64> {
    match read(entry, words) {
        Ok(Some(ReadingValue::Number(number))) => Some(number),
        Ok(None) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_four_orders_of_a_float_read_the_same() {
    for (words, bytes, registers) in [
        ("big", "big", [0x42f6, 0xe979]),
        ("little", "big", [0xe979, 0x42f6]),
        ("big", "little", [0xf642, 0x79e9]),
        ("little", "little", [0x79e9, 0xf642]),
    ] {
        let entry = json!({ "format": "f32", "words": words, "bytes": bytes });
        assert_eq!(number(entry, &registers), Some(f64::from(123.456_f32)));
    }
}

#[test]
fn whole_numbers_know_their_sign_and_scale() {
    assert_eq!(
        number(json!({ "format": "u16", "scale": 0.1 }), &[2305]),
        Some(230.5)
    );
    assert_eq!(number(json!({ "format": "i16" }), &[0xffff]), Some(-1.0));
    assert_eq!(
        number(json!({ "format": "i32" }), &[0xffff, 0xfffe]),
        Some(-2.0)
    );
    assert_eq!(
        number(json!({ "format": "u32" }), &[0x0001, 0x0000]),
        Some(65_536.0)
    );
    assert_eq!(number(json!({ "format": "i64" }), &[0xffff; 4]), Some(-1.0));
    assert_eq!(
        number(json!({ "format": "u64" }), &[0xffff; 4]),
        Some(2_f64.powi(64))
    );
    assert_eq!(number(json!({ "bits": [4, 7] }), &[0x12a3]), Some(10.0));
}

#[test]
fn what_a_device_marks_as_absent_is_no_value() {
    assert_eq!(
        number(json!({ "format": "i16", "absent": ["0x8000"] }), &[0x8000]),
        None
    );
    assert_eq!(
        number(json!({ "format": "i16", "absent": [-32768] }), &[0x8000]),
        None
    );
    assert_eq!(number(json!({ "format": "f32" }), &[0x7fc0, 0]), None);
    assert_eq!(
        read(json!({ "format": "f32" }), &[0x7f80, 0]),
        Err("not_finite")
    );
}

#[test]
fn a_scale_register_holds_a_power_of_ten() {
    let entry = || json!({ "format": "i16", "scale_register": 1 });
    assert_eq!(number(entry(), &[2305, 0xffff]), Some(230.5));
    assert_eq!(number(entry(), &[23, 2]), Some(2300.0));
    assert_eq!(number(entry(), &[23, 0x8000]), None);
    assert_eq!(read(entry(), &[23, 99]), Err("bad_scale"));
}

#[test]
fn states_flags_and_text_are_words_and_yes_or_no() {
    let states = json!({ "states": { "OFF": 0, "RUN": 2 } });
    let word = |text: &str| Ok(Some(ReadingValue::State(text.into())));
    assert_eq!(read(states.clone(), &[2]), word("RUN"));
    assert_eq!(read(states, &[1]), Err("unknown_state"));
    assert_eq!(
        read(json!({ "bit": 3 }), &[8]),
        Ok(Some(ReadingValue::Bool(true)))
    );
    let text = json!({ "format": "string", "length": 3 });
    assert_eq!(read(text.clone(), &[0x5675, 0x6e00, 0x4141]), word("Vun"));
    assert_eq!(read(text, &[0x2020, 0, 0]), Ok(None));
}

fn any_number() -> impl Strategy<Value = (Value, [u16; 4])> {
    let format = prop::sample::select(vec!["u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64"]);
    let order = || prop::sample::select(vec!["big", "little"]);
    (format, order(), order(), any::<[u16; 4]>()).prop_map(|(format, words, bytes, registers)| {
        let entry = json!({ "format": format, "words": words, "bytes": bytes });
        (entry, registers)
    })
}

proptest! {
    #[test]
    fn any_registers_mean_something_or_are_refused((entry, words) in any_number(), scale in -1e9..1e9_f64) {
        prop_assume!(scale != 0.0);
        let mut entry = entry;
        entry["scale"] = json!(scale);
        if let Ok(Some(ReadingValue::Number(number))) = read(entry, &words) {
            prop_assert!(number.is_finite());
        }
    }

    #[test]
    fn what_is_read_writes_the_same_registers((entry, words) in any_number()) {
        let register = register(entry);
        let mine = &words[..usize::from(register.place.count)];
        prop_assert_eq!(register.words_of(register.raw(mine)), mine);
        let mut image = Image::default();
        image.add(register.place, Answer::Words(mine.to_vec()));
        let Ok(Some(value)) = register.decode(&image) else { return Ok(()) };
        // Beyond 2^53 a number of 64 bits is rounded.
        let is_exact = matches!(value, ReadingValue::Number(number) if number.abs() < 2_f64.powi(53));
        if is_exact {
            let wanted = register.encode(&value).unwrap();
            prop_assert!(wanted.is_in(register.raw(mine)), "{value:?}");
        }
    }

    #[test]
    fn a_number_that_does_not_fit_is_not_written(number in 65_536.0..1e300_f64) {
        let register = register(json!({ "write": "single" }));
        prop_assert!(register.encode(&ReadingValue::Number(number)).is_err());
        prop_assert!(register.encode(&ReadingValue::Number(-number)).is_err());
    }
}
