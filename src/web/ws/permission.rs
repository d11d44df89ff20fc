//! What a person may watch: the one place that decides it.

use super::protocol::{Refused, Selection};
use crate::domain::PointId;
use crate::web::model::Model;

/// Points one socket may watch.
pub(super) const MAX_POINTS: usize = 10_000;

const UNKNOWN: &str = "no such point or equipment in this portal";
const TOO_MANY: &str = "more than 10000 points on one connection";

/// What becomes of a request.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Verdict {
    pub(super) allowed: Vec<PointId>,
    pub(super) refused: Refused,
}

/// Who watches may watch what `model` has, which is what they see of their client.
pub(super) fn decide(model: &Model, wanted: &Selection, watched: usize) -> Verdict {
    let mut verdict = Verdict::default();
    for point in &wanted.points {
        match model.point(*point) {
            Some(row) => verdict.allowed.push(row.id),
            None => verdict.refused.points.push(*point),
        }
    }
    for equipment in &wanted.equipment {
        match model.equipment(*equipment) {
            Some(row) => verdict
                .allowed
                .extend(model.points_of(row.id).iter().map(|row| row.id)),
            None => verdict.refused.equipment.push(*equipment),
        }
    }
    verdict.allowed.sort_unstable();
    verdict.allowed.dedup();
    verdict.refused.reason = UNKNOWN;
    let room = MAX_POINTS.saturating_sub(watched);
    if verdict.allowed.len() > room {
        verdict
            .refused
            .points
            .extend(verdict.allowed.split_off(room));
        verdict.refused.reason = TOO_MANY;
    }
    verdict
}
