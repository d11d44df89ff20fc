//! Which range of time a page shows, as its address says it.

use crate::domain::{PointId, TimeRange, Timestamp};
use crate::web::value::Reader;
use jiff::civil::DateTime;
use serde::Deserialize;

/// Ranges that end now: name in addresses and messages, length in hours.
pub const SPANS: [(&str, i64); 6] = [
    ("1h", 1),
    ("6h", 6),
    ("24h", 24),
    ("7d", 7 * 24),
    ("30d", 30 * 24),
    ("1y", 365 * 24),
];
const USUAL_SPAN: &str = "24h";

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct RangeQuery {
    span: Option<String>,
    /// ms since 1970, as scripts write it.
    start: Option<i64>,
    end: Option<i64>,
    /// On the clock of the site, as the form writes it.
    from: Option<String>,
    to: Option<String>,
    /// The points to draw; the usual ones when none is named.
    p: Vec<PointId>,
}

/// A range of time with the button it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChosenRange {
    /// What is shown.
    pub range: TimeRange,
    /// The length of a range that ends now.
    pub span: Option<(&'static str, i64)>,
}

impl RangeQuery {
    /// The points this asks for.
    pub fn points(&self) -> &[PointId] {
        &self.p
    }

    /// The range this asks for; the last day where it asks for none that makes sense.
    pub fn chosen(&self, reader: &Reader) -> ChosenRange {
        let fixed = self.of_form(reader).or_else(|| {
            TimeRange::new(
                Timestamp::from_millis(self.start?),
                Timestamp::from_millis(self.end?),
            )
        });
        if let Some(range) = fixed {
            return ChosenRange { range, span: None };
        }
        let named = |name: &str| SPANS.into_iter().find(|(known, _)| *known == name);
        let wanted = self
            .span
            .as_deref()
            .and_then(named)
            .or_else(|| named(USUAL_SPAN));
        let (name, hours) = wanted.unwrap_or(SPANS[0]);
        let start = reader.now.plus(-hours * Timestamp::HOUR);
        ChosenRange {
            range: TimeRange {
                start,
                end: reader.now,
            },
            span: Some((name, hours * Timestamp::HOUR / 1_000)),
        }
    }

    fn of_form(&self, reader: &Reader) -> Option<TimeRange> {
        let instant = |text: &str| {
            let local: DateTime = text.parse().ok()?;
            let zoned = local.to_zoned(reader.zone.clone()).ok()?;
            Some(Timestamp::from_jiff(zoned.timestamp()))
        };
        TimeRange::new(
            instant(self.from.as_deref()?)?,
            instant(self.to.as_deref()?)?,
        )
    }
}

impl ChosenRange {
    /// As fields of a form.
    pub fn kept(self) -> Vec<(&'static str, String)> {
        match self.span {
            Some((name, _)) => vec![("span", name.to_owned())],
            None => vec![
                ("start", self.range.start.as_millis().to_string()),
                ("end", self.range.end.as_millis().to_string()),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::format::Locale;
    use crate::web::words::Words;
    use jiff::tz::TimeZone;

    fn reader() -> Reader {
        Reader {
            words: Words::of(Locale::English),
            zone: TimeZone::get("Europe/Paris").unwrap(),
            now: Timestamp::from_seconds(1_795_181_520),
        }
    }

    #[test]
    fn a_range_is_a_span_until_now_unless_it_is_fixed() {
        let day = RangeQuery::default().chosen(&reader());
        assert_eq!(
            (day.span, day.range.micros()),
            (Some(("24h", 86_400_000)), Timestamp::DAY)
        );
        let wrong = RangeQuery {
            start: Some(9),
            end: Some(3),
            ..RangeQuery::default()
        };
        assert_eq!(wrong.chosen(&reader()), day);
        let fixed = RangeQuery {
            start: Some(1_000),
            end: Some(3_000),
            ..RangeQuery::default()
        };
        assert_eq!(
            fixed.chosen(&reader()).range.start,
            Timestamp::from_seconds(1)
        );
    }

    #[test]
    fn the_form_is_read_on_the_clock_of_the_site() {
        let form = RangeQuery {
            from: Some("2026-11-20T14:00".into()),
            to: Some("2026-11-20T14:32".into()),
            ..RangeQuery::default()
        };
        assert_eq!(form.chosen(&reader()).range.end, reader().now);
    }
}
