//! Which entries somebody asks for, as the address of the page carries it.

use crate::domain::Timestamp;
use crate::store::audit::Filter;
use crate::web::pages::encode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

/// What the address carries; what is empty does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// A hand, or a part of what tells of it.
    pub who: String,
    /// The verb.
    pub action: String,
    /// The noun of the subject.
    pub noun: String,
    /// The key of the subject.
    pub key: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// A part of anything that is told.
    pub text: String,
    /// Only entries before this one.
    pub before: Option<i64>,
}

impl Asked {
    /// The filter, with days on the clock of `zone`; the name of a field that is not a date.
    pub fn filter(&self, zone: &TimeZone) -> Result<Filter, &'static str> {
        Ok(Filter {
            before: self.before,
            who: given(&self.who),
            action: given(&self.action),
            noun: given(&self.noun),
            key: given(&self.key),
            start: day(&self.from, zone, 0).map_err(|_| "from")?,
            end: day(&self.until, zone, 1).map_err(|_| "until")?,
            text: given(&self.text),
        })
    }

    /// Whether anything but the place filters.
    pub fn is_empty(&self) -> bool {
        let all = Self {
            before: self.before,
            ..Self::default()
        };
        *self == all
    }

    /// The address of a path with this asked, before an entry or from the newest on.
    pub fn address(&self, path: &str, before: Option<i64>) -> String {
        let parts = [
            ("who", &self.who),
            ("action", &self.action),
            ("noun", &self.noun),
            ("key", &self.key),
            ("from", &self.from),
            ("until", &self.until),
            ("text", &self.text),
        ];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let mut query: Vec<_> = given
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        query.extend(before.map(|before| format!("before={before}")));
        if query.is_empty() {
            return path.to_owned();
        }
        format!("{path}?{}", query.join("&"))
    }
}

fn given(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The start of a day, so many days later; `None` for no text.
fn day(text: &str, zone: &TimeZone, later: i64) -> Result<Option<Timestamp>, jiff::Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let date: Date = text.trim().parse()?;
    let date = date.checked_add(jiff::Span::new().days(later))?;
    let start = date.to_zoned(zone.clone())?;
    Ok(Some(Timestamp::from_jiff(start.timestamp())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: &str, until: &str) -> Asked {
        Asked {
            from: from.to_owned(),
            until: until.to_owned(),
            ..Asked::default()
        }
    }

    #[test]
    fn days_are_those_of_the_clock_and_the_last_one_counts() {
        let paris = TimeZone::get("Europe/Paris").unwrap();
        let filter = asked("2026-03-29", "2026-03-29").filter(&paris).unwrap();
        // The day on which summer time begins has 23 hours.
        let (start, end) = (filter.start.unwrap(), filter.end.unwrap());
        assert_eq!(end.since(start), 23 * Timestamp::HOUR);
        assert_eq!(asked("yesterday", "").filter(&paris), Err("from"));
        assert_eq!(asked("", "2026-13-01").filter(&paris), Err("until"));
    }

    #[test]
    fn an_address_says_what_is_asked_and_nothing_else() {
        let asked = Asked {
            text: "a&b".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.address("/x", Some(7)), "/x?text=a%26b&before=7");
        assert_eq!(Asked::default().address("/x", None), "/x");
        assert!(Asked::default().is_empty() && !asked.is_empty());
    }
}
