//! How often: `500ms`, `10s`, `5min`, `1h`.

use std::time::Duration;

const UNITS: [(&str, u64); 4] = [("ms", 1), ("min", 60_000), ("s", 1_000), ("h", 3_600_000)];
const SHORTEST_MS: u64 = 100;
const LONGEST_MS: u64 = 86_400_000;

/// What is allowed.
pub(crate) const RULE: &str =
    "a period is a whole number with ms, s, min or h, from 100ms to 24h, like 10s";

/// Reads a period; `None` when it is none.
pub(crate) fn parse(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    let millis = number.parse::<u64>().ok()?.checked_mul(*factor)?;
    let allowed = SHORTEST_MS..=LONGEST_MS;
    allowed
        .contains(&millis)
        .then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_read_as_people_write_them() {
        let millis = |text| parse(text).map(|period| period.as_millis());
        assert_eq!(millis("500ms"), Some(500));
        assert_eq!(millis(" 10 s"), Some(10_000));
        assert_eq!(millis("5min"), Some(300_000));
        assert_eq!(millis("24h"), Some(86_400_000));
        for wrong in ["", "10", "s", "99ms", "25h", "-1s", "1.5s", "1d"] {
            assert_eq!(millis(wrong), None, "{wrong}");
        }
    }
}
