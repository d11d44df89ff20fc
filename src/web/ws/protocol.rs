//! What travels, as JSON texts: see `docs/feed.md`.

use crate::domain::{EquipmentId, PointId, PointSample, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What a client asks: exactly one of these in a message.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Request {
    /// Watch, and send what is there.
    Subscribe(Selection),
    /// Watch no more.
    Unsubscribe(Selection),
    /// Watch again after a break, and send what the client does not have.
    Resume(Resume),
}

/// Points, named themselves or through their equipment.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Selection {
    pub(super) points: Vec<PointId>,
    pub(super) equipment: Vec<EquipmentId>,
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Resume {
    pub(super) points: Vec<PointId>,
    pub(super) equipment: Vec<EquipmentId>,
    /// The instant (ms) of the newest value the client holds of each point.
    pub(super) seen: HashMap<PointId, f64>,
}

/// What the server says.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Event<'a> {
    Hello {
        max_points: usize,
        heartbeat_ms: u64,
    },
    Snapshot(&'a [Entry]),
    Changes(&'a [Entry]),
    /// Points with commands that were asked for or are further.
    Commands(&'a [PointId]),
    Refused(&'a Refused),
    Heartbeat(bool),
}

/// What was asked for and is not served.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Refused {
    pub(super) points: Vec<PointId>,
    pub(super) equipment: Vec<EquipmentId>,
    pub(super) reason: &'static str,
}

impl Refused {
    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty() && self.equipment.is_empty()
    }
}

/// The newest value of a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Entry {
    p: PointId,
    at: f64,
    /// JSON has no NaN and no infinities: they are null.
    v: Option<f64>,
    q: &'static str,
}

impl From<PointSample> for Entry {
    fn from(PointSample { point, sample }: PointSample) -> Self {
        Self {
            p: point,
            at: millis(sample.at),
            v: sample.value.is_finite().then_some(sample.value),
            q: sample.quality.as_str(),
        }
    }
}

#[derive(Serialize)]
struct Dated<'a> {
    #[serde(flatten)]
    event: &'a Event<'a>,
    now: f64,
}

impl Event<'_> {
    /// The text that is sent at `now`.
    pub(super) fn encode(&self, now: Timestamp) -> Result<String, serde_json::Error> {
        serde_json::to_string(&Dated {
            event: self,
            now: millis(now),
        })
    }
}

/// As JavaScript counts time, with a fraction; exact for instants of this age.
pub(super) fn millis(at: Timestamp) -> f64 {
    at.0 as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Quality, Sample};

    fn entry(value: f64) -> Entry {
        Entry::from(PointSample {
            point: PointId(12),
            sample: Sample {
                at: Timestamp(1_763_640_000_123_456),
                value,
                quality: Quality::Uncertain,
            },
        })
    }

    #[test]
    fn a_change_reads_as_documented() {
        let text = Event::Changes(&[entry(21.5)])
            .encode(Timestamp::from_millis(1_763_640_000_500))
            .unwrap();
        assert_eq!(
            text,
            r#"{"changes":[{"p":12,"at":1763640000123.456,"v":21.5,"q":"uncertain"}],"now":1763640000500.0}"#
        );
    }

    #[test]
    fn what_json_cannot_carry_is_null() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let text = Event::Snapshot(&[entry(value)])
                .encode(Timestamp(0))
                .unwrap();
            assert!(text.contains(r#""v":null"#), "{text}");
        }
    }

    #[test]
    fn a_request_names_points_and_equipment_and_may_leave_lists_out() {
        let request: Request = serde_json::from_str(r#"{"subscribe":{"points":[1,2]}}"#).unwrap();
        let points = vec![PointId(1), PointId(2)];
        assert_eq!(
            request,
            Request::Subscribe(Selection {
                points,
                equipment: Vec::new()
            })
        );
        let request: Request =
            serde_json::from_str(r#"{"resume":{"points":[1],"seen":{"1":5.5}}}"#).unwrap();
        let seen = HashMap::from([(PointId(1), 5.5)]);
        let resume = Resume {
            points: vec![PointId(1)],
            equipment: Vec::new(),
            seen,
        };
        assert_eq!(request, Request::Resume(resume));
    }

    #[test]
    fn anything_else_is_refused_in_words() {
        for text in [
            "",
            "[]",
            r#"{"shout":{}}"#,
            r#"{"subscribe":{"point":[1]}}"#,
            r#"{"subscribe":{"points":["a"]}}"#,
        ] {
            let error = serde_json::from_str::<Request>(text)
                .unwrap_err()
                .to_string();
            assert!(!error.is_empty(), "{text}");
        }
    }
}
