//! What is logged, and how.

use serde::Deserialize;

/// Logs go to standard error.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// For people or for a collector.
    pub format: LogFormat,
    /// A `tracing` filter: `info`, `vigie=debug,sqlx=warn`.
    pub filter: String,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line for a person.
    Human,
    /// One JSON object a line.
    Json,
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Human,
            filter: "info,sqlx=warn,rumqttc=warn".to_owned(),
        }
    }
}
