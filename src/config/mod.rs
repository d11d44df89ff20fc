//! Configuration: one small struct per concern, read once at start.
//!
//! Later sources win: defaults, the file (`--config`, TOML), the environment
//! (`VIGIE_…`), the flags. Environment and flags are both declared in [`Flags`],
//! so `--help` shows every name. An unknown key in the file is refused.
//!
//! Invariant: nothing outside this module and `main` reads the environment.

mod connections;
mod flags;
mod limits;
mod log;
mod mqtt;
mod redis;
mod smtp;
mod storage;
mod web;

pub use connections::Connections;
pub use flags::Flags;
pub use limits::RequestLimits;
pub use log::{Log, LogFormat};
pub use mqtt::MqttEndpoint;
pub use redis::Redis;
pub use smtp::Smtp;
pub use storage::Storage;
pub use web::Web;

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Everything `vigie serve` needs to know.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Where data lie.
    pub storage: Storage,
    /// The portal and the API.
    pub web: Web,
    /// Where the connections of clients may lead.
    pub connections: Connections,
    /// The built-in MQTT endpoint.
    pub mqtt: MqttEndpoint,
    /// The shared cache and fan-out.
    pub redis: Redis,
    /// The way mails go out.
    pub smtp: Smtp,
    /// What is logged, and how.
    pub log: Log,
}

/// Why the configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {path}: {source}; check the path given with --config")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be; the source names line, key and what is allowed.
    #[error("wrong configuration in {path}: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

impl Settings {
    /// Reads the file if one is named, then lets environment and flags override it.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let mut settings = match &flags.config {
            Some(path) => Self::from_file(path)?,
            None => Self::default(),
        };
        flags.apply(&mut settings);
        Ok(settings)
    }

    fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
            path: path.to_owned(),
            source,
        })?;
        toml::from_str(&text).map_err(|source| ConfigError::Parse {
            path: path.to_owned(),
            source: Box::new(source),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        flags: Flags,
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(
            file.path(),
            "[web]\nlisten = \"127.0.0.1:9000\"\nbase_domain = \"vigie.example\"\n",
        )
        .unwrap();
        let path = file.path().to_str().unwrap();
        let cli = Cli::parse_from(["vigie", "--config", path, "--listen", "127.0.0.1:9001"]);
        let settings = Settings::load(&cli.flags).unwrap();
        assert_eq!(settings.web.listen.port(), 9001);
        assert_eq!(settings.web.base_domain, "vigie.example");
        assert_eq!(settings.storage.data_dir, Path::new("./vigie-data"));
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "[web]\nlissten = \"127.0.0.1:9000\"\n").unwrap();
        let cli = Cli::parse_from(["vigie", "--config", file.path().to_str().unwrap()]);
        let error = Settings::load(&cli.flags).unwrap_err().to_string();
        assert!(
            error.contains("lissten") && error.contains("line 2"),
            "{error}"
        );
        assert!(error.contains("listen"), "says what is allowed: {error}");
    }
}
