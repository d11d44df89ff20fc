//! A control and a line of the commands of an equipment.

use crate::domain::{CommandId, CommandState, PointId, PointKind, Sample};
use crate::store::tenant::{CommandRow, PointRow};
use crate::web::condition::{Condition, Mark};
use crate::web::format;
use crate::web::value::{self, Reader, label};
use crate::web::words::Words;
use std::collections::BTreeMap;

/// A point that may be commanded by who looks.
#[derive(Debug)]
pub struct Control {
    pub(super) point: PointId,
    pub(super) label: String,
    /// What to choose from; a number is typed where there is nothing.
    pub(super) choices: Vec<Choice>,
    pub(super) value: String,
    pub(super) unit: &'static str,
    /// What is allowed, in words.
    pub(super) hint: String,
    /// A word of this form: sent twice, it is one command.
    pub(super) nonce: String,
}

/// One value to choose.
#[derive(Debug)]
pub struct Choice {
    pub(super) code: i32,
    pub(super) label: String,
    pub(super) is_now: bool,
}

/// One command.
#[derive(Debug)]
pub struct CommandLine {
    pub(super) id: CommandId,
    pub(super) mark: Mark,
    pub(super) state: String,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) when: String,
    pub(super) why: String,
    pub(super) may_cancel: bool,
}

impl Control {
    /// The control of a point for who reads.
    pub fn of(point: &PointRow, sample: Option<&Sample>, reader: &Reader) -> Self {
        let (spec, words) = (&point.spec, reader.words);
        let now = sample.map(|sample| sample.value);
        let policy = spec.command.clone().unwrap_or_default();
        let shown = value::states(spec, words);
        let is_allowed = |code: i32| {
            policy
                .check(spec.kind, &spec.states, f64::from(code))
                .is_ok()
        };
        let choices = shown.into_iter().filter(|(code, _)| is_allowed(*code));
        let choices: Vec<_> = choices
            .map(|(code, label)| Choice {
                code,
                label,
                is_now: now == Some(f64::from(code)),
            })
            .collect();
        let hint = match (policy.min, policy.max) {
            (Some(min), Some(max)) if spec.kind == PointKind::Number => {
                let (min, max) = (
                    value::figure(spec, min, words),
                    value::figure(spec, max, words),
                );
                words.with("command-range", &[("min", &min), ("max", &max)])
            }
            _ => String::new(),
        };
        Self {
            point: point.id,
            label: label(&spec.name, spec.name_fr.as_deref(), words.0),
            choices,
            value: now
                .filter(|now| now.is_finite())
                .map(|now| now.to_string())
                .unwrap_or_default(),
            unit: spec.unit.map_or("", crate::domain::Unit::symbol),
            hint,
            nonce: format!("{:032x}", rand::random::<u128>()),
        }
    }
}

impl CommandLine {
    /// A command as its reader sees it.
    pub fn of(
        row: &CommandRow,
        point: &PointRow,
        people: &BTreeMap<String, String>,
        may_cancel: bool,
        reader: &Reader,
    ) -> Self {
        let words = reader.words;
        let name = label(&point.spec.name, point.spec.name_fr.as_deref(), words.0);
        let value = row.command.value.map_or_else(
            || words.get("command-released"),
            |value| value::figure(&point.spec, value, words),
        );
        let condition = match row.state {
            CommandState::Confirmed => Condition::Normal,
            CommandState::Pending | CommandState::Sent | CommandState::Cancelled => {
                Condition::Waiting
            }
            CommandState::Failed => Condition::BadQuality,
        };
        Self {
            id: row.id,
            mark: condition.mark(),
            state: words.get(&format!("command-{}", row.state)),
            what: format!("{name} → {value}"),
            who: people
                .get(&row.command.asked_by)
                .cloned()
                .unwrap_or_default(),
            when: format::moment_seconds(row.command.asked_at, reader.now, &reader.zone, words),
            why: why(row, words),
            may_cancel: may_cancel && row.state == CommandState::Pending,
        }
    }
}

/// Why it failed; a reason this version has no words for is told as the connector did.
fn why(row: &CommandRow, words: Words) -> String {
    let Some(reason) = &row.reason else {
        return String::new();
    };
    let known = words.find(&format!("command-why-{}", reason.replace('_', "-")));
    let detail = row.detail.clone().unwrap_or_default();
    match known {
        Some(known) if reason == "refused" && !detail.is_empty() => format!("{known} {detail}"),
        Some(known) => known,
        None => detail,
    }
}
