//! Periods as people write them: `15s`, `5 min`, `1h`.

const UNITS: [(&str, i64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

/// Why a period is refused.
pub(super) const RULE: &str = "a period is a whole number with s, min, h or d, like 15s or 5min";

/// Whole seconds, at least one.
pub(super) fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let number: i64 = number.parse().ok()?;
    number.checked_mul(*seconds).filter(|period| *period > 0)
}

/// In the greatest unit that divides it.
pub(super) fn format(seconds: i64) -> String {
    let fits = |(_, unit): &&(&str, i64)| seconds % unit == 0;
    let (name, unit) = UNITS.iter().find(fits).unwrap_or(&("s", 1));
    format!("{}{name}", seconds / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_reads_back_as_written() {
        for (text, seconds) in [
            ("15s", 15),
            ("1min", 60),
            ("90s", 90),
            ("30min", 1_800),
            ("1d", 86_400),
        ] {
            assert_eq!(parse(text), Some(seconds));
            assert_eq!(format(seconds), text);
        }
        assert_eq!(parse("5 min"), Some(300));
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in [
            "",
            "0s",
            "s",
            "1",
            "-1s",
            "1.5s",
            "1m",
            "99999999999999999d",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
