//! Numbers, ages and dates as people of each language write them.
//!
//! Narrow no-break space between thousands in French, comma in English; a real
//! minus sign; 24 hours always (look.md, "Writing").

use super::value::Reader;
use super::words::Words;
use crate::domain::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A language of the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// English, 1,204.5.
    #[serde(rename = "en")]
    English,
    /// French, 1 204,5.
    #[serde(rename = "fr")]
    French,
}

impl Locale {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 2] = [Self::French, Self::English];

    /// The language of a tag: `fr`, `fr-CA`, `en_GB`; `None` for one we do not speak.
    pub fn of_tag(tag: &str) -> Option<Self> {
        match tag
            .split(['-', '_'])
            .next()?
            .trim()
            .to_ascii_lowercase()
            .as_str()
        {
            "en" => Some(Self::English),
            "fr" => Some(Self::French),
            _ => None,
        }
    }

    /// `en` or `fr`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// What the language calls itself.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::French => "Français",
        }
    }

    const fn separators(self) -> (&'static str, char) {
        match self {
            Self::English => (",", '.'),
            Self::French => ("\u{202f}", ','),
        }
    }
}

/// How somebody wants numbers and dates to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Formats {
    /// As in this language.
    pub numbers: Locale,
    /// In words of the language, or for machines.
    pub dates: Dates,
}

/// How a date is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dates {
    /// `20 Nov 2026`.
    #[default]
    Words,
    /// `2026-11-20` (ISO 8601).
    Iso,
}

impl Formats {
    /// Those of a language.
    pub const fn of(locale: Locale) -> Self {
        Self {
            numbers: locale,
            dates: Dates::Words,
        }
    }

    /// Those somebody chose, as they are stored; what they did not choose is that of the language.
    pub fn chosen(locale: Locale, numbers: Option<&str>, dates: Option<&str>) -> Self {
        Self {
            numbers: numbers.and_then(Locale::of_tag).unwrap_or(locale),
            dates: match dates {
                Some("iso") => Dates::Iso,
                _ => Dates::Words,
            },
        }
    }
}

/// What stands where there is no number.
pub const NONE: &str = "—";

/// `value` with a fixed number of decimals, as its reader writes numbers; [`NONE`] when it is not finite.
pub fn number(value: f64, decimals: usize, words: Words) -> String {
    if !value.is_finite() {
        return NONE.to_owned();
    }
    let digits = format!("{:.decimals$}", value.abs());
    let negative = value < 0.0 && digits.bytes().any(|digit| (b'1'..=b'9').contains(&digit));
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let (group, point) = words.1.numbers.separators();
    let mut out = String::with_capacity(digits.len() + 8);
    if negative {
        out.push('−');
    }
    push_grouped(&mut out, whole, group);
    if !fraction.is_empty() {
        out.push(point);
        out.push_str(fraction);
    }
    out
}

fn push_grouped(out: &mut String, whole: &str, group: &str) {
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push_str(group);
        }
        out.push(digit);
    }
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// From here on an age is a date.
const OLDEST_AGE: i64 = 7 * DAY;

/// How long ago, bare: `45 s`, `6 min`, `1 h 20 min`, `3 d`; a date from a week on.
pub fn age(at: Timestamp, now: Timestamp, zone: &TimeZone, words: Words) -> String {
    if is_date(at, now) {
        return date(at, zone, words);
    }
    duration(now.since(at).max(0) / Timestamp::SECOND, words)
}

/// How long ago something happened, or that it never did.
pub fn age_or_never(at: Option<Timestamp>, reader: &Reader) -> String {
    let age = |at| age(at, reader.now, &reader.zone, reader.words);
    at.map_or_else(|| reader.words.get("seen-never"), age)
}

/// Whether [`age`] writes a date.
pub const fn is_date(at: Timestamp, now: Timestamp) -> bool {
    now.since(at) >= OLDEST_AGE * Timestamp::SECOND
}

/// A length of time, rounded down to what matters: `45 s`, `6 min`, `1 h 20 min`, `3 d`.
pub fn duration(seconds: i64, words: Words) -> String {
    match seconds {
        ..MINUTE => words.with("age-seconds", &[("n", &seconds.to_string())]),
        MINUTE..HOUR => words.with("age-minutes", &[("n", &(seconds / MINUTE).to_string())]),
        HOUR..DAY => hours(seconds, words),
        _ => words.with("age-days", &[("n", &(seconds / DAY).to_string())]),
    }
}

fn hours(seconds: i64, words: Words) -> String {
    let (hours, minutes) = ((seconds / HOUR).to_string(), seconds % HOUR / MINUTE);
    if minutes == 0 {
        return words.with("age-hours", &[("n", &hours)]);
    }
    words.with(
        "age-hours-minutes",
        &[("h", &hours), ("m", &minutes.to_string())],
    )
}

/// `20 Nov 2026` or `20 nov. 2026`.
pub fn date(at: Timestamp, zone: &TimeZone, words: Words) -> String {
    let Some(local) = local(at, zone) else {
        return NONE.to_owned();
    };
    if words.1.dates == Dates::Iso {
        return local.date().to_string();
    }
    let month = words.get(&format!("month-{}", local.month()));
    format!("{}\u{a0}{month}\u{a0}{}", local.day(), local.year())
}

/// `14:32`.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(
        || NONE.to_owned(),
        |t| format!("{:02}:{:02}", t.hour(), t.minute()),
    )
}

/// `14:32:07`.
pub fn clock_seconds(at: Timestamp, zone: &TimeZone) -> String {
    local(at, zone).map_or_else(
        || NONE.to_owned(),
        |t| format!("{:02}:{:02}:{:02}", t.hour(), t.minute(), t.second()),
    )
}

/// `Friday 20 November 2026, 14:32` in words of the language.
pub fn long_date_time(at: Timestamp, zone: &TimeZone, words: Words) -> String {
    let Some(local) = local(at, zone) else {
        return NONE.to_owned();
    };
    let weekday = words.get(&format!(
        "weekday-{}",
        local.weekday().to_monday_one_offset()
    ));
    let month = words.get(&format!("long-month-{}", local.month()));
    let (day, year) = (local.day().to_string(), local.year().to_string());
    let time = clock(at, zone);
    words.with(
        "long-date-time",
        &[
            ("weekday", &weekday),
            ("day", &day),
            ("month", &month),
            ("year", &year),
            ("time", &time),
        ],
    )
}

/// The time of day when it was today, else day and time: `14:32` or `19 Nov 14:32`.
pub fn moment(at: Timestamp, now: Timestamp, zone: &TimeZone, words: Words) -> String {
    day_and(clock(at, zone), at, now, zone, words)
}

/// The same with seconds: `14:32:07`.
pub fn moment_seconds(at: Timestamp, now: Timestamp, zone: &TimeZone, words: Words) -> String {
    day_and(clock_seconds(at, zone), at, now, zone, words)
}

fn day_and(time: String, at: Timestamp, now: Timestamp, zone: &TimeZone, words: Words) -> String {
    let (Some(then), Some(today)) = (local(at, zone), local(now, zone)) else {
        return NONE.to_owned();
    };
    if then.date() == today.date() {
        return time;
    }
    if words.1.dates == Dates::Iso {
        return format!("{} {time}", then.date());
    }
    let month = words.get(&format!("month-{}", then.month()));
    format!("{}\u{a0}{month} {time}", then.day())
}

/// `UTC+1`, `UTC−3:30`.
pub fn utc_offset(at: Timestamp, zone: &TimeZone) -> String {
    let seconds = local(at, zone).map_or(0, |local| local.offset().seconds());
    let sign = if seconds < 0 { '−' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3_600, seconds.abs() % 3_600 / 60);
    match (hours, minutes) {
        (0, 0) => "UTC".to_owned(),
        (_, 0) => format!("UTC{sign}{hours}"),
        _ => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

fn local(at: Timestamp, zone: &TimeZone) -> Option<jiff::Zoned> {
    Some(at.to_jiff()?.to_zoned(zone.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Locale::{English, French};

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").unwrap()
    }

    #[test]
    fn thousands_and_decimals_follow_the_language() {
        let (english, french) = (Words::of(English), Words::of(French));
        assert_eq!(number(1204.5, 1, english), "1,204.5");
        assert_eq!(number(1204.5, 1, french), "1\u{202f}204,5");
        assert_eq!(number(1_234_567.0, 0, french), "1\u{202f}234\u{202f}567");
        assert_eq!(number(999.0, 0, english), "999");
    }

    #[test]
    fn minus_is_a_real_minus_and_never_stands_before_zero() {
        let words = Words::of(English);
        assert_eq!(number(-40.0, 1, words), "−40.0");
        assert_eq!(number(-0.04, 1, words), "0.0");
        assert_eq!(number(f64::NAN, 1, words), NONE);
    }

    #[test]
    fn numbers_and_dates_follow_their_reader_before_the_language() {
        let formats = Formats::chosen(English, Some("fr"), Some("iso"));
        let words = Words(English, formats);
        assert_eq!(number(1204.5, 1, words), "1\u{202f}204,5");
        let now = Timestamp::from_seconds(1_795_181_520);
        assert_eq!(date(now, &paris(), words), "2026-11-20");
        let yesterday = now.plus(-Timestamp::DAY);
        assert_eq!(moment(yesterday, now, &paris(), words), "2026-11-19 14:32");
        assert_eq!(Formats::chosen(French, None, None), Formats::of(French));
    }

    #[test]
    fn ages_grow_from_seconds_to_dates() {
        let words = Words::of(French);
        let now = Timestamp::from_seconds(1_795_181_520);
        let ago = |seconds: i64| age(now.plus(-seconds * Timestamp::SECOND), now, &paris(), words);
        assert_eq!(ago(45), "45\u{a0}s");
        assert_eq!(ago(6 * 60 + 59), "6\u{a0}min");
        assert_eq!(ago(80 * 60), "1\u{a0}h\u{a0}20\u{a0}min");
        assert_eq!(ago(3 * DAY + 5), "3\u{a0}j");
        assert_eq!(ago(30 * DAY), "21\u{a0}oct.\u{a0}2026");
    }

    #[test]
    fn a_moment_of_another_day_names_its_day() {
        let now = Timestamp::from_seconds(1_795_181_520); // 20 Nov 2026 14:32 UTC+1
        let words = Words::of(English);
        assert_eq!(moment(now, now, &paris(), words), "14:32");
        let yesterday = now.plus(-Timestamp::DAY);
        assert_eq!(moment(yesterday, now, &paris(), words), "19\u{a0}Nov 14:32");
        assert_eq!(utc_offset(now, &paris()), "UTC+1");
    }
}
