//! How many requests are answered.

use serde::Deserialize;
use std::num::NonZeroU32;

/// Requests a second that are answered on average; for a moment three times as many.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestLimits {
    /// From one address, before anybody is known; behind a router it is many people.
    pub of_an_address: NonZeroU32,
    /// Of one person, key or link.
    pub of_a_caller: NonZeroU32,
    /// Of all of one client together.
    pub of_a_client: NonZeroU32,
    /// Of one key that sends samples.
    pub of_samples: NonZeroU32,
}

impl Default for RequestLimits {
    fn default() -> Self {
        let per_second = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            of_an_address: per_second(2_000),
            of_a_caller: per_second(100),
            of_a_client: per_second(5_000),
            of_samples: per_second(1_000),
        }
    }
}
