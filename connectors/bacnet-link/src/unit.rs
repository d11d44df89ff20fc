//! Engineering units (ASHRAE 135, clause 21, `BACnetEngineeringUnits`) as the symbols people write.

use bacnet_types::enums::EngineeringUnits as U;

/// A unit's symbol; `None` for no unit and for those that nobody here has met.
pub fn symbol_of(unit: U) -> Option<&'static str> {
    TABLE
        .iter()
        .find(|(known, _)| *known == unit)
        .map(|(_, symbol)| *symbol)
}

/// The unit that a symbol means; `None` when the table has none.
pub fn unit_of(symbol: &str) -> Option<U> {
    TABLE
        .iter()
        .find(|(_, known)| *known == symbol)
        .map(|(unit, _)| *unit)
}

const TABLE: &[(U, &str)] = &[
    (U::MILLIAMPERES, "mA"),
    (U::AMPERES, "A"),
    (U::OHMS, "Ω"),
    (U::KILOHMS, "kΩ"),
    (U::MEGOHMS, "MΩ"),
    (U::MILLIOHMS, "mΩ"),
    (U::VOLTS, "V"),
    (U::MILLIVOLTS, "mV"),
    (U::KILOVOLTS, "kV"),
    (U::VOLT_AMPERES, "VA"),
    (U::KILOVOLT_AMPERES, "kVA"),
    (U::VOLT_AMPERES_REACTIVE, "var"),
    (U::KILOVOLT_AMPERES_REACTIVE, "kvar"),
    (U::POWER_FACTOR, "1"),
    (U::JOULES, "J"),
    (U::WATT_HOURS, "Wh"),
    (U::KILOWATT_HOURS, "kWh"),
    (U::MEGAWATT_HOURS, "MWh"),
    (U::KILOWATT_HOURS_REACTIVE, "kvarh"),
    (U::HERTZ, "Hz"),
    (U::REVOLUTIONS_PER_MINUTE, "rpm"),
    (U::PERCENT_RELATIVE_HUMIDITY, "%RH"),
    (U::MILLIMETERS, "mm"),
    (U::CENTIMETERS, "cm"),
    (U::METERS, "m"),
    (U::KILOMETERS, "km"),
    (U::LUXES, "lx"),
    (U::GRAMS, "g"),
    (U::KILOGRAMS, "kg"),
    (U::WATTS, "W"),
    (U::KILOWATTS, "kW"),
    (U::MEGAWATTS, "MW"),
    (U::WATTS_PER_SQUARE_METER, "W/m²"),
    (U::KILOWATT_HOURS_PER_SQUARE_METER, "kWh/m²"),
    (U::PASCALS, "Pa"),
    (U::HECTOPASCALS, "hPa"),
    (U::KILOPASCALS, "kPa"),
    (U::MILLIBARS, "mbar"),
    (U::BARS, "bar"),
    (U::POUNDS_FORCE_PER_SQUARE_INCH, "psi"),
    (U::MILLIMETERS_OF_MERCURY, "mmHg"),
    (U::DEGREES_CELSIUS, "°C"),
    (U::DEGREES_KELVIN, "K"),
    (U::DEGREES_FAHRENHEIT, "°F"),
    (U::DELTA_DEGREES_KELVIN, "K"),
    (U::DAYS, "d"),
    (U::HOURS, "h"),
    (U::MINUTES, "min"),
    (U::SECONDS, "s"),
    (U::MILLISECONDS, "ms"),
    (U::METERS_PER_SECOND, "m/s"),
    (U::KILOMETERS_PER_HOUR, "km/h"),
    (U::CUBIC_METERS, "m³"),
    (U::LITERS, "l"),
    (U::CUBIC_METERS_PER_HOUR, "m³/h"),
    (U::LITERS_PER_SECOND, "l/s"),
    (U::LITERS_PER_MINUTE, "l/min"),
    (U::DEGREES_ANGULAR, "°"),
    (U::PARTS_PER_MILLION, "ppm"),
    (U::PARTS_PER_BILLION, "ppb"),
    (U::PERCENT, "%"),
    (U::PER_MILLE, "‰"),
    (U::MICROGRAMS_PER_CUBIC_METER, "µg/m³"),
    (U::DECIBELS, "dB"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_units_have_a_symbol_and_others_none() {
        assert_eq!(symbol_of(U::DEGREES_CELSIUS), Some("°C"));
        assert_eq!(symbol_of(U::NO_UNITS), None);
        assert_eq!(symbol_of(U::from_raw(60_000)), None);
    }

    #[test]
    fn a_symbol_leads_back_to_its_unit() {
        assert_eq!(unit_of("kWh"), Some(U::KILOWATT_HOURS));
        assert_eq!(unit_of("K"), Some(U::DEGREES_KELVIN));
        assert_eq!(unit_of("parrots"), None);
    }
}
