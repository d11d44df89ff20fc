//! Units: one small table of what batteries, buildings and car parks measure.
//!
//! A unit converts to another of the same quantity through the SI (or the
//! customary) base of that quantity: `base = value * factor + offset`.
//! Symbols follow UCUM and the SI brochure where people write them so.

use serde::{Deserialize, Serialize};

/// A known unit. Compare and copy freely; it is a reference into the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(&'static str);

/// Why a unit was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// No such symbol in the table.
    #[error("unknown unit `{0}`")]
    Unknown(String),
    /// The two do not measure the same quantity.
    #[error("cannot convert {from} to {to}")]
    Mismatch {
        /// What the value came in.
        from: &'static str,
        /// What the point wants.
        to: &'static str,
    },
}

struct Row {
    symbol: &'static str,
    quantity: &'static str,
    factor: f64,
    offset: f64,
}

const fn row(symbol: &'static str, quantity: &'static str, factor: f64) -> Row {
    Row {
        symbol,
        quantity,
        factor,
        offset: 0.0,
    }
}

const fn shifted(symbol: &'static str, quantity: &'static str, factor: f64, offset: f64) -> Row {
    Row {
        symbol,
        quantity,
        factor,
        offset,
    }
}

/// Every known unit: symbol, quantity, factor and offset to the base of the quantity.
static TABLE: &[Row] = &[
    row("V", "voltage", 1.0),
    row("mV", "voltage", 1e-3),
    row("kV", "voltage", 1e3),
    row("A", "current", 1.0),
    row("mA", "current", 1e-3),
    row("W", "power", 1.0),
    row("kW", "power", 1e3),
    row("MW", "power", 1e6),
    row("VA", "apparent power", 1.0),
    row("kVA", "apparent power", 1e3),
    row("var", "reactive power", 1.0),
    row("kvar", "reactive power", 1e3),
    row("J", "energy", 1.0),
    row("Wh", "energy", 3.6e3),
    row("kWh", "energy", 3.6e6),
    row("MWh", "energy", 3.6e9),
    row("Ah", "charge", 1.0),
    row("mAh", "charge", 1e-3),
    row("kvarh", "reactive energy", 1.0),
    row("Ω", "resistance", 1.0),
    row("mΩ", "resistance", 1e-3),
    row("kΩ", "resistance", 1e3),
    row("MΩ", "resistance", 1e6),
    row("Hz", "frequency", 1.0),
    row("rpm", "frequency", 1.0 / 60.0),
    shifted("°C", "temperature", 1.0, 273.15),
    shifted("°F", "temperature", 5.0 / 9.0, 459.67 * 5.0 / 9.0),
    row("K", "temperature", 1.0),
    row("%", "ratio", 1.0),
    row("‰", "ratio", 0.1),
    row("1", "ratio", 100.0),
    row("%RH", "relative humidity", 1.0),
    row("ppm", "concentration", 1.0),
    row("ppb", "concentration", 1e-3),
    row("µg/m³", "mass concentration", 1.0),
    row("Pa", "pressure", 1.0),
    row("hPa", "pressure", 1e2),
    row("kPa", "pressure", 1e3),
    row("bar", "pressure", 1e5),
    row("mbar", "pressure", 1e2),
    row("mmHg", "pressure", 133.322_387_415),
    row("psi", "pressure", 6_894.757_293_168),
    row("m", "length", 1.0),
    row("cm", "length", 1e-2),
    row("mm", "length", 1e-3),
    row("km", "length", 1e3),
    row("m/s", "speed", 1.0),
    row("km/h", "speed", 1.0 / 3.6),
    row("m³/h", "flow", 1.0),
    row("l/s", "flow", 3.6),
    row("l/min", "flow", 0.06),
    row("m³", "volume", 1.0),
    row("l", "volume", 1e-3),
    row("kg", "mass", 1.0),
    row("g", "mass", 1e-3),
    row("s", "time", 1.0),
    row("ms", "time", 1e-3),
    row("min", "time", 60.0),
    row("h", "time", 3_600.0),
    row("d", "time", 86_400.0),
    row("lx", "illuminance", 1.0),
    row("dB", "sound level", 1.0),
    row("dBm", "signal level", 1.0),
    row("W/m²", "irradiance", 1.0),
    row("kWh/m²", "irradiation", 1.0),
    row("°", "angle", 1.0),
    row("€", "money", 1.0),
    row("vehicles", "vehicle count", 1.0),
];

/// Other spellings that devices and people use.
static ALIASES: &[(&str, &str)] = &[
    ("degC", "°C"),
    ("C", "°C"),
    ("celsius", "°C"),
    ("degF", "°F"),
    ("pct", "%"),
    ("percent", "%"),
    ("ohm", "Ω"),
    ("Ohm", "Ω"),
    ("mOhm", "mΩ"),
    ("kOhm", "kΩ"),
    ("m_s", "m/s"),
    ("m3", "m³"),
    ("m3/h", "m³/h"),
    ("L", "l"),
    ("W/m2", "W/m²"),
    ("VAr", "var"),
    ("kVAr", "kvar"),
    ("mm Hg", "mmHg"),
];

impl Unit {
    /// Finds a unit by symbol or by a usual other spelling; case matters (mW is not MW).
    pub fn parse(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        let symbol = ALIASES
            .iter()
            .find_map(|(alias, symbol)| (*alias == text).then_some(*symbol))
            .unwrap_or(text);
        TABLE
            .iter()
            .find(|row| row.symbol == symbol)
            .map(|row| Self(row.symbol))
            .ok_or_else(|| UnitError::Unknown(text.to_owned()))
    }

    /// How it is written: `°C`, `kWh`.
    pub const fn symbol(self) -> &'static str {
        self.0
    }

    /// What it measures: `temperature`.
    pub fn quantity(self) -> &'static str {
        self.row().quantity
    }

    /// All symbols, in the order of the table; for messages that say what is allowed.
    pub fn all() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.symbol)
    }

    /// Converts a value of this unit into `to`; the same unit changes no bit.
    pub fn convert(self, value: f64, to: Self) -> Result<f64, UnitError> {
        if self == to {
            return Ok(value);
        }
        let (from, to) = (self.row(), to.row());
        if from.quantity != to.quantity {
            return Err(UnitError::Mismatch {
                from: from.symbol,
                to: to.symbol,
            });
        }
        let over = to.factor / from.factor;
        if from.offset.to_bits() == to.offset.to_bits() && over.fract() == 0.0 {
            // Divided, 3401 mV are 3.401 V and nothing beside it.
            return Ok(value / over);
        }
        Ok((value * from.factor + from.offset - to.offset) / to.factor)
    }

    fn row(self) -> &'static Row {
        TABLE
            .iter()
            .find(|row| row.symbol == self.0)
            .unwrap_or(&TABLE[0])
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;
    fn try_from(text: String) -> Result<Self, UnitError> {
        Self::parse(&text)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.0.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(value: f64, from: &str, to: &str) -> f64 {
        let (from, to) = (Unit::parse(from).unwrap(), Unit::parse(to).unwrap());
        from.convert(value, to).unwrap()
    }

    #[test]
    fn temperatures_convert_through_kelvin() {
        assert!((converted(212.0, "°F", "°C") - 100.0).abs() < 1e-9);
        assert!((converted(-40.0, "degC", "°F") + 40.0).abs() < 1e-9);
    }

    #[test]
    fn energy_converts_by_its_factor() {
        assert!((converted(1.0, "kWh", "J") - 3.6e6).abs() < 1e-6);
    }

    #[test]
    fn a_thousandth_is_the_nearest_number_there_is() {
        for (value, from, to, wanted) in [
            (3_401.0, "mV", "V", 3.401),
            (23.0, "ppb", "ppm", 0.023),
            (7.0, "W", "kW", 0.007),
        ] {
            assert_eq!(converted(value, from, to).to_bits(), f64::to_bits(wanted));
        }
    }

    #[test]
    fn different_quantities_are_refused() {
        let (volt, amp) = (Unit::parse("V").unwrap(), Unit::parse("A").unwrap());
        assert_eq!(
            volt.convert(1.0, amp),
            Err(UnitError::Mismatch { from: "V", to: "A" })
        );
    }

    #[test]
    fn every_alias_names_a_unit_of_the_table() {
        for (alias, _) in ALIASES {
            assert!(Unit::parse(alias).is_ok(), "{alias}");
        }
    }
}
