//! Victron's register list (`attributes.csv` of dbus_modbustcp) as a profile.
//!
//! A line: service, path, D-Bus type, unit or enumeration, register, Modbus type, scale, R or W.
//! The value is the register divided by the scale. What is not known is answered with 0.

use crate::profile::Profile;
use crate::register::{Codes, Format, RegisterConfig, WriteRule};
use std::collections::{BTreeMap, BTreeSet};

const PREFIX: &str = "com.victronenergy.";

/// Victron's words for units.
const UNITS: [(&str, &str); 33] = [
    ("V DC", "V"),
    ("V AC", "V"),
    ("V", "V"),
    ("A DC", "A"),
    ("A AC", "A"),
    ("A", "A"),
    ("W", "W"),
    ("W DC", "W"),
    ("W AC", "W"),
    ("kW", "kW"),
    ("kWh", "kWh"),
    ("Ah", "Ah"),
    ("%", "%"),
    ("Hz", "Hz"),
    ("RPM", "rpm"),
    ("seconds", "s"),
    ("Seconds", "s"),
    ("s", "s"),
    ("hour", "h"),
    ("day", "d"),
    ("m", "m"),
    ("m3", "m³"),
    ("m/s", "m/s"),
    ("kPa", "kPa"),
    ("hPa", "hPa"),
    ("ppm", "ppm"),
    ("ug/m^3", "µg/m³"),
    ("lux", "lx"),
    ("W/m^2", "W/m²"),
    ("Degrees", "°"),
    ("Decimal degrees", "°"),
    ("Degrees celsius", "°C"),
    ("Degrees Celsius", "°C"),
];

/// Why a list is no list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportFault {
    /// A line is wrong.
    #[error("line {line}: {message}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// There is nothing of this service.
    #[error("no registers of `{service}`; the list has {known}")]
    Service {
        /// What was asked for.
        service: String,
        /// What there is.
        known: String,
    },
}

/// The registers of one service (`battery`, `com.victronenergy.grid`) as a profile. Of two
/// registers with the same value the longer is taken.
///
/// # Errors
/// The first line that cannot be understood, or a service that is not in the list.
pub fn import(list: &str, service: &str) -> Result<Profile, ImportFault> {
    let service = service.strip_prefix(PREFIX).unwrap_or(service);
    let (mut entries, mut known) = (BTreeMap::<String, RegisterConfig>::new(), BTreeSet::new());
    for (index, line) in list.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            continue;
        }
        let fault = |message: String| ImportFault::Line {
            line: index + 1,
            message,
        };
        let cells: [&str; 8] = line
            .splitn(8, ',')
            .collect::<Vec<_>>()
            .try_into()
            .map_err(|_| fault("8 columns are wanted".to_owned()))?;
        let of = cells[0].strip_prefix(PREFIX).unwrap_or(cells[0]);
        known.insert(of.to_owned());
        if of != service {
            continue;
        }
        if let Some((key, entry)) = entry(&cells).map_err(fault)? {
            let length = |entry: &RegisterConfig| entry.format.registers();
            let is_longer = entries
                .get(&key)
                .is_none_or(|other| length(other) < length(&entry));
            if is_longer {
                entries.insert(key, entry);
            }
        }
    }
    if entries.is_empty() {
        return Err(ImportFault::Service {
            service: service.to_owned(),
            known: known.into_iter().collect::<Vec<_>>().join(", "),
        });
    }
    let mut registers: Vec<_> = entries.into_values().collect();
    registers.sort_by_key(|entry| entry.address);
    Ok(Profile {
        name: format!("Victron GX: {service}"),
        kind: None,
        // A register between two others may not be there: the GX refuses the whole read.
        gap: Some(0),
        registers,
    })
}

/// `None`: reserved, or known to Victron only.
fn entry(cells: &[&str; 8]) -> Result<Option<(String, RegisterConfig)>, String> {
    let [_, path, _, unit, register, format, scale, access] = *cells;
    let Some((format, length)) = format_of(format)? else {
        return Ok(None);
    };
    let key = key_of(path);
    if key.is_empty() {
        return Err(format!("`{path}` is no path"));
    }
    let is_text = format == Format::String;
    let can_write = access == "W" && !is_text;
    let states = if is_text { None } else { states_of(unit) };
    let scale = scale_of(scale)?.filter(|_| !is_text && states.is_none());
    let entry = RegisterConfig {
        point: Some(key.clone()),
        address: register
            .parse()
            .map_err(|_| format!("`{register}` is no register"))?,
        format,
        length,
        scale,
        states: states.unwrap_or_default(),
        unit: unit_of(unit).filter(|_| !can_write && !is_text),
        write: can_write.then_some(WriteRule::Single),
        read_back: true,
        ..RegisterConfig::default()
    };
    Ok(Some((key, entry)))
}

fn format_of(text: &str) -> Result<Option<(Format, Option<u16>)>, String> {
    let plain = |format| Ok(Some((format, None)));
    match text.split_once('[') {
        None => match text {
            "uint16" => plain(Format::U16),
            "int16" => plain(Format::I16),
            "uint32" => plain(Format::U32),
            "int32" => plain(Format::I32),
            "uint64" => plain(Format::U64),
            other => Err(format!("`{other}` is no type of a register")),
        },
        Some(("string", length)) => {
            let length = length.trim_end_matches(']').parse();
            let length = length.map_err(|_| format!("`{text}` has no length"))?;
            Ok(Some((Format::String, Some(length))))
        }
        Some(("reserved" | "INTERNAL", _)) => Ok(None),
        Some((other, _)) => Err(format!("`{other}` is no type of a register")),
    }
}

/// `None`: as it is.
fn scale_of(text: &str) -> Result<Option<f64>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let divisor: f64 = text.parse().map_err(|_| format!("`{text}` is no scale"))?;
    let is_plain = divisor == 0.0 || divisor.total_cmp(&1.0).is_eq();
    Ok((!is_plain).then_some(1.0 / divisor))
}

fn unit_of(text: &str) -> Option<String> {
    let text = if text == "Degrees centigrade" {
        "Degrees celsius"
    } else {
        text
    };
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == text)?;
    Some((*unit).to_owned())
}

/// `0=Open;1=Closed`; a word that stands for several numbers has them all.
fn states_of(text: &str) -> Option<BTreeMap<String, Codes>> {
    let mut states = BTreeMap::<String, Vec<i64>>::new();
    for part in text.split(';').filter(|part| !part.trim().is_empty()) {
        let (code, word) = part.split_once('=')?;
        let code = code.trim().parse().ok()?;
        states.entry(word.trim().to_owned()).or_default().push(code);
    }
    let codes = |mut codes: Vec<i64>| match codes.len() {
        1 => Codes::One(codes.remove(0)),
        _ => Codes::Several(codes),
    };
    let states: BTreeMap<_, _> = states
        .into_iter()
        .map(|(word, all)| (word, codes(all)))
        .collect();
    (!states.is_empty()).then_some(states)
}

/// `/Dc/0/MidVoltage` as `dc_0_mid_voltage`.
fn key_of(path: &str) -> String {
    let mut key = String::new();
    let mut before = '/';
    for c in path.chars() {
        let begins_word = c.is_ascii_uppercase() && before.is_ascii_lowercase();
        if (!c.is_ascii_alphanumeric() || begins_word) && !key.is_empty() && !key.ends_with('_') {
            key.push('_');
        }
        if c.is_ascii_alphanumeric() {
            key.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    key.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests;
