//! Named states: a point whose values are words.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The word of one state, as the manifest spells it (`FREE`, `CHARGING`).
pub type StateName = String;

/// The states a point can take: code to word. Codes are what the engine stores.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateSet(pub BTreeMap<i32, StateName>);

impl StateSet {
    /// The word of a stored value; `None` for a fraction or an unknown code.
    pub fn name_of(&self, value: f64) -> Option<&str> {
        let value = value + 0.0; // -0.0 is state 0
        let code = value as i32;
        (f64::from(code).to_bits() == value.to_bits())
            .then(|| self.0.get(&code).map(String::as_str))
            .flatten()
    }

    /// The code of a word, compared without regard to case.
    pub fn code_of(&self, name: &str) -> Option<i32> {
        self.0
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
            .map(|(code, _)| *code)
    }

    /// Whether the point has no named states.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
