//! What may be written to a point, and how far a command has come.

use super::{PointKind, Role, StateSet, UnknownWord};
use serde::{Deserialize, Serialize};

/// Who may command a point, to what, how often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CommandPolicy {
    /// The least role that may; operator or admin.
    pub role: Role,
    /// Least value, for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Greatest value, for numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Words that may be commanded, for states; none means all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// Commands a minute, whoever asks.
    pub per_minute: i64,
    /// Whether who asks must say that they mean it.
    pub confirm: bool,
    /// Seconds until a command that is not confirmed has failed.
    pub timeout_s: i64,
    /// 1 (first) to 16, where the protocol knows priorities.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i64>,
}

impl Default for CommandPolicy {
    fn default() -> Self {
        Self {
            role: Role::Operator,
            min: None,
            max: None,
            states: Vec::new(),
            per_minute: 6,
            confirm: false,
            timeout_s: 10,
            priority: None,
        }
    }
}

/// Why a policy does not allow a value.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ValueRefused {
    /// Below the least or above the greatest value.
    #[error("must be from {} to {}", least(*min), greatest(*max))]
    Range {
        /// The least, if there is one.
        min: Option<f64>,
        /// The greatest, if there is one.
        max: Option<f64>,
    },
    /// No state of the point, or one that may not be commanded.
    #[error("must be one of {allowed}")]
    State {
        /// The words that are allowed.
        allowed: String,
    },
    /// A value of another kind.
    #[error("must be {0}")]
    Kind(&'static str),
}

fn least(limit: Option<f64>) -> f64 {
    limit.unwrap_or(f64::NEG_INFINITY)
}

fn greatest(limit: Option<f64>) -> f64 {
    limit.unwrap_or(f64::INFINITY)
}

impl CommandPolicy {
    /// The states of a point that may be commanded, in the order of their codes.
    pub fn choices<'a>(&'a self, states: &'a StateSet) -> impl Iterator<Item = (i32, &'a str)> {
        let is_allowed = |word: &str| {
            let mut allowed = self.states.iter();
            self.states.is_empty() || allowed.any(|one| one.eq_ignore_ascii_case(word))
        };
        let all = states.0.iter();
        all.filter(move |(_, word)| is_allowed(word))
            .map(|(code, word)| (*code, word.as_str()))
    }

    /// Whether a point of this kind may be commanded to a value.
    ///
    /// # Errors
    /// What is allowed instead.
    pub fn check(
        &self,
        kind: PointKind,
        states: &StateSet,
        value: f64,
    ) -> Result<(), ValueRefused> {
        let fine = match kind {
            PointKind::Number if !value.is_finite() => return Err(ValueRefused::Kind("a number")),
            PointKind::Number => least(self.min) <= value && value <= greatest(self.max),
            PointKind::Boolean => [0.0, 1.0].contains(&value),
            PointKind::State => self
                .choices(states)
                .any(|(code, _)| f64::from(code).to_bits() == (value + 0.0).to_bits()),
        };
        if fine {
            return Ok(());
        }
        Err(match kind {
            PointKind::Number => ValueRefused::Range {
                min: self.min,
                max: self.max,
            },
            PointKind::Boolean => ValueRefused::Kind("true or false"),
            PointKind::State => {
                let words: Vec<_> = self.choices(states).map(|(_, word)| word).collect();
                ValueRefused::State {
                    allowed: words.join(", "),
                }
            }
        })
    }
}

/// How far a command has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommandState {
    /// It is written down and may still be cancelled.
    Pending,
    /// It was given to the connection: from now on it may have reached the device.
    Sent,
    /// The device has it.
    Confirmed,
    /// It was not done, or nobody knows.
    Failed,
    /// Somebody took it back before it was sent.
    Cancelled,
}

impl CommandState {
    /// All of them, in the order a command meets them.
    pub const ALL: [Self; 5] = [
        Self::Pending,
        Self::Sent,
        Self::Confirmed,
        Self::Failed,
        Self::Cancelled,
    ];

    /// The word of the API and the databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Confirmed => "confirmed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will come of it.
    pub const fn is_final(self) -> bool {
        !matches!(self, Self::Pending | Self::Sent)
    }
}

impl std::fmt::Display for CommandState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for CommandState {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownWord {
                found: text.to_owned(),
                allowed: "pending, sent, confirmed, failed, cancelled",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn barrier() -> StateSet {
        let words = [(0, "CLOSED"), (1, "OPENING"), (2, "OPENED")];
        StateSet(BTreeMap::from(
            words.map(|(code, word)| (code, word.to_owned())),
        ))
    }

    #[test]
    fn a_value_outside_the_policy_is_refused_with_what_is_allowed() {
        let states = barrier();
        let policy = CommandPolicy {
            min: Some(0.0),
            max: Some(100.0),
            states: vec!["opened".to_owned()],
            ..CommandPolicy::default()
        };
        let refused = |kind, value| {
            let refused = policy.check(kind, &states, value).err();
            refused.map(|refused| refused.to_string())
        };
        assert_eq!(refused(PointKind::Number, 100.0), None);
        let range = "must be from 0 to 100";
        assert_eq!(refused(PointKind::Number, 100.5).as_deref(), Some(range));
        assert!(refused(PointKind::Number, f64::NAN).is_some());
        assert_eq!(refused(PointKind::State, 2.0), None);
        let opened = "must be one of OPENED";
        assert_eq!(refused(PointKind::State, 0.0).as_deref(), Some(opened));
        assert!(refused(PointKind::State, 7.0).is_some());
        assert_eq!(refused(PointKind::Boolean, 1.0), None);
        assert!(refused(PointKind::Boolean, 2.0).is_some());
    }
}
