//! What the bits of frames mean: a DBC file, compiled.

use can_dbc::{
    ByteOrder, Dbc, MessageId, MultiplexIndicator, SignalExtendedValueType as Extended, ValueType,
};
use std::collections::HashMap;
use vigie_contract::ConfigFault;

/// Most signals of one file.
const MAX_SIGNALS: usize = 65_536;

/// Frames by id.
#[derive(Debug, Default)]
pub(crate) struct Database {
    frames: HashMap<u32, Vec<Signal>>,
}

/// One signal of a frame.
#[derive(Debug, Clone)]
struct Signal {
    name: Box<str>,
    unit: Option<Box<str>>,
    start: usize,
    size: usize,
    is_big_endian: bool,
    number: Number,
    factor: f64,
    offset: f64,
    /// The switch it depends on, and the values of the switch at which it is there.
    when: Option<(usize, Vec<(u64, u64)>)>,
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Unsigned,
    Signed,
    Float32,
    Float64,
}

/// A signal with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: f64,
    pub(crate) unit: Option<&'a str>,
    /// The value of the switch it depends on.
    pub(crate) page: Option<u64>,
}

impl Database {
    /// Reads the text of a DBC file; the fault says line and reason.
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigFault> {
        let fault = |message: String| ConfigFault::at("/dbc", message);
        let file = Dbc::try_from(without_words(text).as_str())
            .map_err(|error| fault(format!("no DBC file: {error}")))?;
        let mut frames = HashMap::new();
        let mut count = 0;
        for message in &file.messages {
            let id = match message.id {
                MessageId::Standard(id) => id.into(),
                MessageId::Extended(id) => id,
            };
            let signals = signals_of(&file, message);
            count += signals.len();
            if let Some(wrong) = signals.iter().find(|signal| !signal.is_sound()) {
                let (frame, name) = (&message.name, &wrong.name);
                return Err(fault(format!(
                    "`{frame}`, `{name}`: a signal has 1 to 64 bits within 64 bytes"
                )));
            }
            frames.insert(id, signals);
        }
        if count == 0 || count > MAX_SIGNALS {
            return Err(fault(format!(
                "{count} signals; a file has 1 to {MAX_SIGNALS}"
            )));
        }
        Ok(Self { frames })
    }

    /// The signals of a frame; `None` when the file does not know it.
    pub(crate) fn measure(&self, id: u32, data: &[u8]) -> Option<Vec<Measured<'_>>> {
        let signals = self.frames.get(&id)?;
        let measured = signals.iter().filter_map(|signal| {
            let page = match &signal.when {
                None => None,
                Some((switch, pages)) => Some(page_of(signals, *switch, pages, data)?),
            };
            Some(Measured {
                name: &signal.name,
                value: signal.value(data)?,
                unit: signal.unit.as_deref(),
                page,
            })
        });
        Some(measured.collect())
    }
}

/// The file without comments, attributes and words for values, which say nothing of bits and may
/// go on over several lines. Every line stays where it is, for the messages of faults.
fn without_words(text: &str) -> String {
    const WORDS: [&str; 4] = ["CM_ ", "VAL_ ", "VAL_TABLE_ ", "BA_"];
    let mut clean = String::with_capacity(text.len());
    let (mut is_inside, mut is_quoted) = (false, false);
    for line in text.lines() {
        // The list of symbols (`NS_`) names them too, with nothing after them.
        let begins = WORDS.iter().any(|word| line.starts_with(word)) && line.contains(' ');
        is_inside |= begins;
        if is_inside {
            for byte in line.bytes() {
                is_quoted ^= byte == b'"';
                is_inside &= is_quoted || byte != b';';
            }
        } else {
            clean.push_str(line);
        }
        clean.push('\n');
    }
    clean
}

/// The value of a switch, if the frame is on one of these pages (switches of switches included).
fn page_of(signals: &[Signal], switch: usize, pages: &[(u64, u64)], data: &[u8]) -> Option<u64> {
    let switch = signals.get(switch)?;
    let page = switch.raw(data)?;
    let has_page = pages
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&page));
    // One level deeper at most: a switch of a switch of a switch is not followed.
    let is_there = match &switch.when {
        None => true,
        Some((outer, pages)) => {
            let outer = signals.get(*outer)?.raw(data)?;
            pages
                .iter()
                .any(|(first, last)| (*first..=*last).contains(&outer))
        }
    };
    (has_page && is_there).then_some(page)
}

fn signals_of(file: &Dbc, message: &can_dbc::Message) -> Vec<Signal> {
    let index_of = |name: &str| {
        message
            .signals
            .iter()
            .position(|signal| signal.name == name)
    };
    let first_switch = message
        .signals
        .iter()
        .position(|signal| signal.multiplexer_indicator == MultiplexIndicator::Multiplexor);
    let compiled = message.signals.iter().map(|signal| {
        let ranges = file
            .extended_multiplex
            .iter()
            .find(|one| one.message_id == message.id && one.signal_name == signal.name);
        let when = match (ranges, signal.multiplexer_indicator) {
            (Some(ranges), _) => index_of(&ranges.multiplexor_signal_name).map(|switch| {
                let pages = ranges.mappings.iter();
                (
                    switch,
                    pages.map(|page| (page.min_value, page.max_value)).collect(),
                )
            }),
            (
                None,
                MultiplexIndicator::MultiplexedSignal(page)
                | MultiplexIndicator::MultiplexorAndMultiplexedSignal(page),
            ) => first_switch.map(|switch| (switch, vec![(page, page)])),
            _ => None,
        };
        Signal {
            name: signal.name.as_str().into(),
            unit: (!signal.unit.is_empty()).then(|| spelled(&signal.unit).into()),
            start: usize::try_from(signal.start_bit).unwrap_or(usize::MAX),
            size: usize::try_from(signal.size).unwrap_or(usize::MAX),
            is_big_endian: signal.byte_order == ByteOrder::BigEndian,
            number: number_of(file, message.id, signal),
            factor: signal.factor,
            offset: signal.offset,
            when,
        }
    });
    compiled.collect()
}

fn number_of(file: &Dbc, id: MessageId, signal: &can_dbc::Signal) -> Number {
    match file.extended_value_type_for_signal(id, &signal.name) {
        Some(Extended::IEEEfloat32Bit) => Number::Float32,
        Some(Extended::IEEEdouble64bit) => Number::Float64,
        _ if signal.value_type == ValueType::Signed => Number::Signed,
        _ => Number::Unsigned,
    }
}

fn spelled(unit: &str) -> &str {
    match unit {
        "degC" | "deg C" => "°C",
        "kOhm" => "kΩ",
        "mOhm" => "mΩ",
        "Ohm" => "Ω",
        other => other,
    }
}

impl Signal {
    fn is_sound(&self) -> bool {
        (1..=64).contains(&self.size) && self.start < 512
    }

    /// The bits, first the lowest; `None` when the frame is too short.
    fn raw(&self, data: &[u8]) -> Option<u64> {
        let mut raw = 0_u64;
        // Intel: upwards from the lowest bit. Motorola: from the highest bit, byte after byte.
        let mut bit = self.start;
        for done in 0..self.size {
            let byte = *data.get(bit / 8)?;
            let value = u64::from(byte >> (bit % 8) & 1);
            if self.is_big_endian {
                raw = raw << 1 | value;
                bit = if bit.is_multiple_of(8) {
                    bit + 15
                } else {
                    bit - 1
                };
            } else {
                raw |= value << done;
                bit += 1;
            }
        }
        Some(raw)
    }

    fn value(&self, data: &[u8]) -> Option<f64> {
        let raw = self.raw(data)?;
        let number = match self.number {
            Number::Unsigned => raw as f64,
            Number::Signed => {
                let unused = 64 - self.size;
                ((raw << unused) as i64 >> unused) as f64
            }
            Number::Float32 => f64::from(f32::from_bits(raw as u32)),
            Number::Float64 => f64::from_bits(raw),
        };
        Some(number * self.factor + self.offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FOXBMS: &str = include_str!("../../../../tests/data/foxbms/foxbms.dbc");

    fn measure(database: &Database, id: u32, data: &[u8]) -> Vec<(String, f64)> {
        let measured = database.measure(id, data).unwrap();
        measured
            .iter()
            .map(|one| (one.name.to_owned(), one.value))
            .collect()
    }

    #[test]
    fn only_the_page_that_a_frame_is_on_is_read() {
        let database = Database::parse(FOXBMS).unwrap();
        // Page 1 of the cell voltages: flags 0, then four times 13 bits of 3,700 mV.
        let millivolts = 3_700_u64;
        let bits = (0..4).fold(0, |bits, _| bits << 13 | millivolts);
        let data = (1 << 56 | bits).to_be_bytes();
        let cells: Vec<_> = measure(&database, 0x250, &data)
            .into_iter()
            .filter(|(name, _)| name.starts_with("CellVoltage_") && !name.ends_with("Flag"))
            .collect();
        let names: Vec<_> = (4..8)
            .map(|n| (format!("CellVoltage_{n:03}"), 3_700.0))
            .collect();
        assert_eq!(cells, names);
    }

    #[test]
    fn both_byte_orders_signs_floats_and_pages_inside_pages_are_read() {
        let file = r#"VERSION ""
NS_ :
BS_:
BU_: A
BO_ 2566844926 Long: 8 A
 SG_ Intel : 4|12@1- (0.5,10) [0|0] "A" A
 SG_ Motorola : 39|16@0+ (1,0) [0|0] "degC" A
BO_ 3 Pages: 8 A
 SG_ Outer M : 0|8@1+ (1,0) [0|0] "" A
 SG_ Inner m1M : 8|8@1+ (1,0) [0|0] "" A
 SG_ Deep m2 : 16|32@1- (1,0) [0|0] "V" A
SG_MUL_VAL_ 3 Inner Outer 1-1;
SG_MUL_VAL_ 3 Deep Inner 2-4;
SIG_VALTYPE_ 3 Deep : 1;
"#;
        let database = Database::parse(file).unwrap();
        let id = 0x18fe_f1fe;
        let frame = [0xf0, 0xff, 0, 0, 0x12, 0x34, 0, 0];
        let long = measure(&database, id, &frame);
        assert_eq!(
            long,
            [("Intel".to_owned(), 9.5), ("Motorola".to_owned(), 4_660.0)]
        );

        let mut frame = [1, 3, 0, 0, 0, 0, 0, 0];
        frame[2..6].copy_from_slice(&1.5_f32.to_le_bytes());
        assert!(measure(&database, 3, &frame).contains(&("Deep".to_owned(), 1.5)));
        frame[0] = 0;
        assert!(
            measure(&database, 3, &frame)
                .iter()
                .all(|(name, _)| name == "Outer")
        );
    }

    #[test]
    fn words_go_over_lines_and_lines_stay_where_they_are() {
        let text = "CM_ \"a;\nSG_ b\";\nBO_ 1\nVAL_ 1 x 0\n\"y\";\nBO_ 2";
        assert_eq!(without_words(text), "\n\nBO_ 1\n\n\nBO_ 2\n");
    }

    #[test]
    fn a_file_that_is_none_says_where() {
        let fault = Database::parse("VERSION \"\"\nBO_ x y: 8 A\n").unwrap_err();
        assert_eq!(fault.pointer, "/dbc");
        assert!(fault.message.contains("--> 2:"), "{}", fault.message);
        assert!(Database::parse("").is_err());
    }
}
