//! What a device says, and when.

use crate::domain::{TimeRange, Timestamp};
use std::fmt::Write;

/// One MQTT message.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::commands::demo) struct Message {
    /// When the device sends it; also the time stamp inside.
    pub(in crate::commands::demo) at: Timestamp,
    pub(in crate::commands::demo) topic: String,
    pub(in crate::commands::demo) payload: String,
    pub(in crate::commands::demo) retain: bool,
}

/// How densely a device that measures all the time speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::commands::demo) enum Pace {
    /// One message each few minutes.
    History,
    /// One message each few seconds.
    Live,
}

/// What is said in a range of time, ascending.
type Tell = dyn Fn(TimeRange, Pace) -> Vec<Message> + Send + Sync;

/// One device with a credential and a connection of its own.
pub(in crate::commands::demo) struct Device {
    /// Its name at the endpoint: user `client/name`.
    pub(in crate::commands::demo) name: &'static str,
    /// Topic on which it is told what to do.
    pub(in crate::commands::demo) obeys: Option<&'static str>,
    /// Topic that says whether it is there (`true`, `false`): its last will, retained.
    pub(in crate::commands::demo) presence: Option<&'static str>,
    /// Reports changes only; whoever connects to it anew is told the state of everything.
    pub(in crate::commands::demo) on_change: bool,
    /// Broken since before the demo was installed: it speaks in the first history only,
    /// and there not in its last hours.
    pub(in crate::commands::demo) silent_for_hours: Option<i64>,
    tell: Box<Tell>,
}

impl Device {
    pub(super) fn new(
        name: &'static str,
        tell: impl Fn(TimeRange, Pace) -> Vec<Message> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            obeys: None,
            presence: None,
            on_change: false,
            silent_for_hours: None,
            tell: Box::new(tell),
        }
    }

    pub(super) fn with_presence(mut self, topic: &'static str) -> Self {
        self.presence = Some(topic);
        self
    }

    /// Everything it says in `range`, ascending.
    pub(in crate::commands::demo) fn messages(&self, range: TimeRange, pace: Pace) -> Vec<Message> {
        (self.tell)(range, pace)
    }
}

/// The instants in `range` that are whole multiples of `period_s`.
pub(super) fn ticks(range: TimeRange, period_s: i64) -> impl Iterator<Item = Timestamp> {
    let period = period_s * Timestamp::SECOND;
    let first = range.start.0.div_euclid(period) + i64::from(range.start.0.rem_euclid(period) > 0);
    (first..)
        .map(move |index| Timestamp(index * period))
        .take_while(move |at| *at < range.end)
}

/// A JSON object, written field by field with fixed decimals as small devices do.
pub(super) struct Payload(String);

impl Payload {
    /// Begins with the time in UTC.
    pub(super) fn at(at: Timestamp) -> Self {
        let instant = at.to_jiff().unwrap_or_default();
        Self(format!("{{\"ts\":\"{instant}\""))
    }

    pub(super) fn number(mut self, key: &str, value: f64, decimals: usize) -> Self {
        let _ = write!(self.0, ",\"{key}\":{value:.decimals$}");
        self
    }

    pub(super) fn word(mut self, key: &str, word: &str) -> Self {
        let _ = write!(self.0, ",\"{key}\":\"{word}\"");
        self
    }

    pub(super) fn flag(mut self, key: &str, flag: bool) -> Self {
        let _ = write!(self.0, ",\"{key}\":{flag}");
        self
    }

    pub(super) fn numbers(mut self, key: &str, values: &[f64], decimals: usize) -> Self {
        let texts: Vec<_> = values.iter().map(|v| format!("{v:.decimals$}")).collect();
        let _ = write!(self.0, ",\"{key}\":[{}]", texts.join(","));
        self
    }

    pub(super) fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}
