//! Where the connections of clients may lead.

use serde::Deserialize;

/// What clients' connections may reach beside the world outside.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// Whether they may lead to this machine and its link; for who serves nobody else.
    pub inside: bool,
    /// Networks they may not lead to: `10.0.0.0/8`.
    pub refuse: Vec<String>,
}
