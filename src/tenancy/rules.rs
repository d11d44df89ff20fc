//! Rules for single values, each once: manifests, the API and pages hold to the same.

use super::Reason;
use super::manifest::did_you_mean;
use crate::domain::{CommandPolicy, PointKind, Role, Unit, is_key, normal_email, visible};
use crate::store::tenant::PointSpec;
use std::borrow::Cow;

/// The longest name of anything.
pub const LONGEST_NAME: usize = 200;
/// The longest postal address, maker or serial number.
pub const LONGEST_LINE: usize = 500;
/// The longest note.
pub const LONGEST_NOTE: usize = 10_000;
/// Languages there are.
pub const LOCALES: [&str; 2] = ["en", "fr"];
/// Digits after the decimal point that make sense.
pub const DECIMALS: std::ops::RangeInclusive<i64> = 0..=9;
/// The longest retention: a century.
pub const LONGEST_RETENTION_DAYS: i64 = 36_525;

/// A text of one line that must say something.
pub fn line(text: &str, most: usize) -> Result<String, Reason> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    if text.chars().count() > most {
        return Err(Reason::TooLong { most });
    }
    match visible(text) {
        Cow::Borrowed(_) => Ok(text.to_owned()),
        Cow::Owned(_) => Err(Reason::Invisible),
    }
}

/// A text of one line that may be absent; blanks are none.
pub fn optional_line(text: Option<&str>, most: usize) -> Result<Option<String>, Reason> {
    match text.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => line(text, most).map(Some),
        None => Ok(None),
    }
}

/// A text of several lines that may be absent.
pub fn note(text: Option<&str>) -> Result<Option<String>, Reason> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    if text.chars().count() > LONGEST_NOTE {
        return Err(Reason::TooLong { most: LONGEST_NOTE });
    }
    let text = text.replace("\r\n", "\n");
    let hidden = |c: char| !matches!(c, '\n' | '\t') && c.is_control();
    if text.contains(hidden) {
        return Err(Reason::Invisible);
    }
    Ok(Some(text))
}

/// The key of anything.
pub fn key(text: &str) -> Result<String, Reason> {
    if text.is_empty() {
        return Err(Reason::Empty);
    }
    is_key(text).then(|| text.to_owned()).ok_or(Reason::Key)
}

/// The canonical name of a time zone.
pub fn time_zone(text: &str) -> Result<String, Reason> {
    if let Ok(zone) = jiff::tz::TimeZone::get(text) {
        return Ok(zone.iana_name().unwrap_or(text).to_owned());
    }
    let names: Vec<String> = jiff::tz::db()
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    Err(Reason::TimeZone {
        zone: text.to_owned(),
        hint: did_you_mean(text, names.iter().map(String::as_str)),
    })
}

/// A language.
pub fn locale(text: &str) -> Result<String, Reason> {
    one_of(text, &LOCALES)
}

/// One of a few words.
pub fn one_of(text: &str, allowed: &[&str]) -> Result<String, Reason> {
    if allowed.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(Reason::NotOneOf {
        word: text.to_owned(),
        allowed: allowed.join(", "),
    })
}

/// A colour like `#1e5b46`.
pub fn colour(text: &str) -> Result<String, Reason> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let good = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    good.then(|| text.to_lowercase()).ok_or(Reason::Colour)
}

/// An e-mail address, in lower case.
pub fn email(text: &str) -> Result<String, Reason> {
    normal_email(text.trim()).ok_or(Reason::Email)
}

/// A role.
pub fn role(text: &str) -> Result<Role, Reason> {
    text.parse().map_err(|_| Reason::NotOneOf {
        word: text.to_owned(),
        allowed: "admin, operator, member, viewer".to_owned(),
    })
}

/// A unit; blanks are none.
pub fn unit(text: &str) -> Result<Option<Unit>, Reason> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    Unit::parse(text).map(Some).map_err(|_| Reason::Unit {
        unit: text.to_owned(),
        hint: did_you_mean(text, Unit::all()),
        allowed: Unit::all().collect::<Vec<_>>().join(" "),
    })
}

/// Degrees of latitude (`most` 90) or longitude (`most` 180).
pub fn degrees(number: f64, most: i64) -> Result<f64, Reason> {
    let good = number.is_finite() && number.abs() <= most as f64;
    good.then_some(number + 0.0).ok_or(Reason::Degrees { most })
}

/// A whole number in a range.
pub fn whole(number: i64, range: &std::ops::RangeInclusive<i64>) -> Result<i64, Reason> {
    range
        .contains(&number)
        .then_some(number)
        .ok_or(Reason::Range {
            least: *range.start(),
            most: *range.end(),
        })
}

/// What of a point contradicts something else of it.
pub fn contradictions(point: &PointSpec) -> Vec<(&'static str, Reason)> {
    let mut found = Vec::new();
    if point.kind != PointKind::Number && point.unit.is_some() {
        found.push(("unit", Reason::UnitOf(point.kind)));
    }
    if point.kind == PointKind::State && point.states.is_empty() {
        found.push(("states", Reason::StatesMissing));
    }
    if point.kind != PointKind::State && !point.states.is_empty() {
        found.push(("states", Reason::StatesOfOther));
    }
    for (field, low, high) in [
        ("valid_min", point.valid_min, point.valid_max),
        ("normal_min", point.normal_min, point.normal_max),
    ] {
        if low.zip(high).is_some_and(|(low, high)| low > high) {
            found.push((field, Reason::Limits));
        }
    }
    if let Some(policy) = &point.command {
        found.extend(contradictions_of_policy(policy, point));
    }
    found
}

/// The most commands a minute.
const COMMANDS_A_MINUTE: std::ops::RangeInclusive<i64> = 1..=600;
/// The longest a command may take, in seconds.
const COMMAND_TIMEOUT_S: std::ops::RangeInclusive<i64> = 1..=300;
/// Priorities of BACnet, the only protocol here that has some.
const PRIORITIES: std::ops::RangeInclusive<i64> = 1..=16;

/// What of a policy cannot be, for this point.
fn contradictions_of_policy(
    policy: &CommandPolicy,
    point: &PointSpec,
) -> Vec<(&'static str, Reason)> {
    let mut found = Vec::new();
    if policy.role < Role::Operator {
        let word = policy.role.to_string();
        let allowed = "operator, admin".to_owned();
        found.push(("command/role", Reason::NotOneOf { word, allowed }));
    }
    if point.kind != PointKind::Number && (policy.min, policy.max) != (None, None) {
        found.push(("command/min", Reason::RangeOfOther));
    }
    if policy
        .min
        .zip(policy.max)
        .is_some_and(|(low, high)| low > high)
    {
        found.push(("command/min", Reason::Limits));
    }
    if point.kind != PointKind::State && !policy.states.is_empty() {
        found.push(("command/states", Reason::StatesOfOther));
    } else if let Some(word) = policy
        .states
        .iter()
        .find(|word| point.states.code_of(word).is_none())
    {
        let words: Vec<_> = point.states.0.values().map(String::as_str).collect();
        let (word, allowed) = (word.clone(), words.join(", "));
        found.push(("command/states", Reason::NotOneOf { word, allowed }));
    }
    let numbers = [
        ("command/per_minute", policy.per_minute, COMMANDS_A_MINUTE),
        ("command/timeout_s", policy.timeout_s, COMMAND_TIMEOUT_S),
        ("command/priority", policy.priority.unwrap_or(1), PRIORITIES),
    ];
    for (field, number, range) in numbers {
        found.extend(whole(number, &range).err().map(|reason| (field, reason)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_what_cannot_be_shown_is_refused() {
        assert_eq!(line("  Étage 2 ", 10).unwrap(), "Étage 2");
        assert_eq!(line(" ", 10), Err(Reason::Empty));
        assert_eq!(line("a\0b", 10), Err(Reason::Invisible));
        assert_eq!(line("éééé", 3), Err(Reason::TooLong { most: 3 }));
    }

    #[test]
    fn a_note_keeps_its_lines() {
        assert_eq!(note(Some("a\r\nb\tc")).unwrap().unwrap(), "a\nb\tc");
        assert_eq!(note(Some(" \n")).unwrap(), None);
        assert_eq!(note(Some("a\0")), Err(Reason::Invisible));
    }

    #[test]
    fn a_zone_is_named_as_iana_does_and_a_close_one_is_suggested() {
        assert_eq!(time_zone("europe/paris").unwrap(), "Europe/Paris");
        let reason = time_zone("Europe/Pari").unwrap_err().to_string();
        assert!(reason.contains("did you mean `Europe/Paris`?"), "{reason}");
    }
}
