//! Parameters of the API, each refused by its name.

use crate::domain::{PointId, TimeRange, Timestamp};
use crate::web::WebError;
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, OneOf, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// How the document shows an instant.
pub struct Instant;

/// How it shows one that may be left out or empty.
pub struct MaybeInstant;

/// How it shows one in a JSON body, which is a text.
pub fn instant_text() -> Schema {
    let millis = text().pattern(Some("^-?[0-9]{1,13}$"));
    Schema::OneOf(OneOf::builder().item(calendar()).item(millis).build())
}

impl PartialSchema for Instant {
    fn schema() -> RefOr<Schema> {
        let either = OneOf::builder().item(millis()).item(calendar());
        RefOr::T(Schema::OneOf(either.build()))
    }
}

impl PartialSchema for MaybeInstant {
    fn schema() -> RefOr<Schema> {
        let either = OneOf::builder().item(millis()).item(calendar());
        let nothing = text().max_length(Some(0));
        RefOr::T(Schema::OneOf(either.item(nothing).build()))
    }
}

impl ToSchema for Instant {}
impl ToSchema for MaybeInstant {}

fn text() -> ObjectBuilder {
    Object::builder().schema_type(Type::String)
}

fn calendar() -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
}

fn millis() -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(FIRST_MS))
        .maximum(Some(LAST_MS))
}

/// The years 0 to 9999, in milliseconds since 1970.
const FIRST_MS: i64 = -62_167_219_200_000;
const LAST_MS: i64 = 253_402_207_200_000;

/// An instant: RFC 3339, or milliseconds since 1970.
pub fn instant(field: &'static str, text: &str) -> Result<Timestamp, WebError> {
    let millis = || text.parse().ok().and_then(from_millis);
    let calendar = || text.parse().ok().map(Timestamp::from_jiff);
    millis().or_else(calendar).ok_or_else(|| {
        WebError::invalid(
            field,
            format!(
                "`{text}` is neither RFC 3339 (2026-11-20T14:32:00Z) nor milliseconds since 1970"
            ),
        )
    })
}

/// `None` beyond the calendar.
fn from_millis(ms: i64) -> Option<Timestamp> {
    let known = Some(ms).filter(|ms| (FIRST_MS..=LAST_MS).contains(ms));
    known
        .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
        .map(Timestamp::from_jiff)
}

/// `start` and `end`, each left out where it does not bound.
pub fn range(start: Option<&str>, end: Option<&str>) -> Result<TimeRange, WebError> {
    let bound =
        |field, text: Option<&str>, open| text.map_or(Ok(open), |text| instant(field, text));
    let start = bound("start", start, TimeRange::ALL.start)?;
    let end = bound("end", end, TimeRange::ALL.end)?;
    TimeRange::new(start, end).ok_or_else(|| WebError::invalid("end", "must be after `start`"))
}

/// A number of things, `1..=most`.
pub fn limit(asked: Option<usize>, usual: usize, most: usize) -> Result<usize, WebError> {
    let limit = asked.unwrap_or(usual);
    if (1..=most).contains(&limit) {
        return Ok(limit);
    }
    Err(WebError::invalid(
        "limit",
        format!("must be between 1 and {most}"),
    ))
}

/// `12,13,14`
pub fn points(text: &str, most: usize) -> Result<Vec<PointId>, WebError> {
    let ids: Result<Vec<_>, _> = text
        .split(',')
        .map(|id| id.trim().parse().map(PointId))
        .collect();
    let ids =
        ids.map_err(|_| WebError::invalid("points", "must be ids of points, separated by commas"))?;
    if ids.len() > most {
        return Err(WebError::invalid(
            "points",
            format!("at most {most} at once"),
        ));
    }
    Ok(ids)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_rfc_3339_or_milliseconds() {
        let noon = instant("start", "2026-11-20T12:00:00Z").unwrap();
        assert_eq!(
            instant("start", &noon.as_millis().to_string()).unwrap(),
            noon
        );
        assert_eq!(
            instant("start", "2026-11-20T13:00:00.000001+01:00").unwrap(),
            noon.plus(1)
        );
        let error = instant("start", "yesterday").unwrap_err();
        assert!(
            error.to_string().starts_with("start: `yesterday`"),
            "{error}"
        );
    }

    #[test]
    fn an_instant_beyond_the_calendar_is_refused_by_name() {
        for far in [i64::MAX, i64::MIN, i64::MAX / 1_000 + 1, 1 << 60] {
            let error = range(None, Some(&far.to_string())).unwrap_err();
            assert!(
                matches!(error, WebError::Invalid { field: "end", .. }),
                "{far}"
            );
        }
    }

    #[test]
    fn a_backward_range_is_refused_by_name() {
        let error = range(Some("2000"), Some("1000")).unwrap_err();
        assert!(matches!(error, WebError::Invalid { field: "end", .. }));
        assert_eq!(range(None, None).unwrap(), TimeRange::ALL);
    }
}
