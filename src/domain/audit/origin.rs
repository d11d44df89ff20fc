//! From where, and with what.

use std::net::IpAddr;

/// Characters of a user agent that are kept.
const AGENT_KEPT: usize = 200;

/// From where and with what somebody acts; nothing is known of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address, if it is known.
    pub address: Option<IpAddr>,
    /// What the program calls itself, shortened.
    pub agent: Option<String>,
}

impl Origin {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        address: None,
        agent: None,
    };

    /// From this address, with this program.
    pub fn new(address: Option<IpAddr>, agent: Option<&str>) -> Self {
        let agent = agent.map(|agent| agent.chars().take(AGENT_KEPT).collect());
        Self { address, agent }
    }
}
