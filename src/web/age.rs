//! An age that goes on ticking while a page is open: its text, and the instant scripts count from.

use super::format;
use super::value::Reader;
use crate::domain::Timestamp;

/// How long ago something was, for `marks::since` of the templates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Age {
    /// The instant, ms; 0 when there is none.
    pub at_ms: i64,
    /// `6 min`; a dash when there is none.
    pub text: String,
}

impl Age {
    /// How long ago `at` is to this reader.
    pub fn of(at: Option<Timestamp>, reader: &Reader) -> Self {
        Self {
            at_ms: at.map_or(0, Timestamp::as_millis),
            text: at.map_or_else(
                || format::NONE.to_owned(),
                |at| format::age(at, reader.now, &reader.zone, reader.words),
            ),
        }
    }
}
