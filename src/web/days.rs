//! Days of the calendar: what a date field sends, and how people read it.

use super::format;
use super::value::Reader;
use crate::domain::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The day of a text `2026-11-20`, counted from 1970-01-01.
pub fn parse(text: &str) -> Option<i64> {
    let date: Date = text.trim().parse().ok()?;
    Some(of(date))
}

/// What a date field holds.
pub fn field(day: i64) -> String {
    let at = start(day).to_jiff();
    at.map(|at| at.to_zoned(TimeZone::UTC).date().to_string())
        .unwrap_or_default()
}

/// `20 Nov 2026`.
pub fn show(day: i64, reader: &Reader) -> String {
    format::date(start(day), &TimeZone::UTC, reader.words)
}

/// Today, on the clock of the reader.
pub fn today(reader: &Reader) -> i64 {
    on(reader.now, &reader.zone)
}

/// The day of an instant, on the clocks of a zone.
pub fn on(at: Timestamp, zone: &TimeZone) -> i64 {
    at.to_jiff()
        .map(|at| of(at.to_zoned(zone.clone()).date()))
        .unwrap_or_default()
}

fn of(date: Date) -> i64 {
    let midnight = date.to_zoned(TimeZone::UTC).map(|at| at.timestamp());
    midnight.map_or(0, |at| Timestamp::from_jiff(at).utc_day().into())
}

const fn start(day: i64) -> Timestamp {
    Timestamp(day.saturating_mul(Timestamp::DAY))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::words::Words;

    #[test]
    fn a_day_is_read_as_it_is_written() {
        for text in ["2026-11-20", "1970-01-01", "2024-02-29", "9999-12-30"] {
            assert_eq!(field(parse(text).unwrap()), text);
        }
        assert_eq!(parse("1970-01-02"), Some(1));
        assert_eq!(parse("2026-02-30"), None);
        assert_eq!(parse("soon"), None);
    }

    #[test]
    fn today_is_that_of_the_clock_one_reads() {
        let reader = |zone: &str| Reader {
            words: Words::of(Locale::English),
            zone: TimeZone::get(zone).unwrap(),
            now: Timestamp::from_seconds(1_795_217_400), // 2026-11-21T00:30+01:00
        };
        assert_eq!(field(today(&reader("Europe/Paris"))), "2026-11-21");
        assert_eq!(field(today(&reader("UTC"))), "2026-11-20");
    }
}
