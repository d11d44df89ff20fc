//! The symbols of `templates/partials/symbols.html` that stand for equipment.

/// Those that a type may name.
pub const KNOWN: &[&str] = &[
    "i-batt",
    "i-meter",
    "i-bolt",
    "i-boltf",
    "i-park",
    "i-sensor",
    "i-climate",
    "i-barrier",
    "i-display",
    "i-plug",
    "i-site",
    "i-device",
];

/// The symbol a type names, or that of a plain device when there is no such symbol.
pub fn known(name: &str) -> &'static str {
    KNOWN
        .iter()
        .find(|known| **known == name)
        .copied()
        .unwrap_or("i-device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_drawn() {
        let drawn = include_str!("../../templates/partials/symbols.html");
        for name in KNOWN {
            assert!(drawn.contains(&format!("id=\"{name}\"")), "{name}");
        }
        assert_eq!(known("i-spaceship"), "i-device");
    }
}
