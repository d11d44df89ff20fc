//! The flags and environment variables that override the file.

use super::{LogFormat, Settings};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Options every command that touches data understands.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub struct Flags {
    /// Configuration file (TOML)
    #[arg(long, env = "VIGIE_CONFIG", value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Folder for SQLite files and the generated key [default: ./vigie-data]
    #[arg(long, env = "VIGIE_DATA_DIR", value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// PostgreSQL URL of the control database [default: SQLite in the data folder]
    #[arg(
        long,
        env = "VIGIE_DATABASE_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub database_url: Option<String>,
    /// Master key that seals secrets, 64 hex digits [default: generated in the data folder]
    #[arg(
        long,
        env = "VIGIE_KEY",
        value_name = "HEX",
        hide_env_values = true,
        global = true
    )]
    pub key: Option<String>,
    /// Redis URL for live values and fan-out between nodes [default: in this process]
    #[arg(
        long,
        env = "VIGIE_REDIS_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub redis_url: Option<String>,
    /// Address of the portal and the API [default: 127.0.0.1:8080]
    #[arg(long, env = "VIGIE_LISTEN", value_name = "ADDR", global = true)]
    pub listen: Option<SocketAddr>,
    /// Portals are <client>.<domain> [default: localhost]
    #[arg(long, env = "VIGIE_BASE_DOMAIN", value_name = "DOMAIN", global = true)]
    pub base_domain: Option<String>,
    /// Address of the built-in MQTT endpoint [default: off in serve, 127.0.0.1:1883 in demo]
    #[arg(long, env = "VIGIE_MQTT_LISTEN", value_name = "ADDR", global = true)]
    pub mqtt_listen: Option<SocketAddr>,
    /// Lets connections of clients lead to this machine and its link [default: refused]
    #[arg(long, env = "VIGIE_CONNECT_INSIDE", global = true)]
    pub connect_inside: bool,
    /// SMTP server for mails, as smtps://user:password@host [default: none; links are handed over]
    #[arg(
        long,
        env = "VIGIE_SMTP_URL",
        value_name = "URL",
        hide_env_values = true,
        global = true
    )]
    pub smtp_url: Option<String>,
    /// What mails come from, as "Vigie <vigie@example.org>"
    #[arg(long, env = "VIGIE_SMTP_FROM", value_name = "ADDRESS", global = true)]
    pub smtp_from: Option<String>,
    /// Log lines for people or for a collector [default: human]
    #[arg(long, env = "VIGIE_LOG_FORMAT", value_enum, global = true)]
    pub log_format: Option<LogFormat>,
    /// What is logged, as a tracing filter [default: info,sqlx=warn,rumqttc=warn]
    #[arg(long, env = "VIGIE_LOG", value_name = "FILTER", global = true)]
    pub log: Option<String>,
}

impl Flags {
    /// Puts what was given over what the file said.
    pub(super) fn apply(&self, settings: &mut Settings) {
        let secret = |text: &String| Some(SecretString::from(text.as_str()));
        replace(&mut settings.storage.data_dir, self.data_dir.as_ref());
        replace(&mut settings.web.listen, self.listen.as_ref());
        replace(&mut settings.web.base_domain, self.base_domain.as_ref());
        replace(&mut settings.log.format, self.log_format.as_ref());
        replace(&mut settings.log.filter, self.log.as_ref());
        settings.connections.inside |= self.connect_inside;
        if let Some(url) = &self.database_url {
            settings.storage.database_url = secret(url);
        }
        if let Some(key) = &self.key {
            settings.storage.key = secret(key);
        }
        if let Some(url) = &self.redis_url {
            settings.redis.url = secret(url);
        }
        if let Some(url) = &self.smtp_url {
            settings.smtp.url = secret(url);
        }
        if self.smtp_from.is_some() {
            settings.smtp.from.clone_from(&self.smtp_from);
        }
        if self.mqtt_listen.is_some() {
            settings.mqtt.listen = self.mqtt_listen;
        }
    }
}

fn replace<T: Clone>(target: &mut T, given: Option<&T>) {
    if let Some(value) = given {
        *target = value.clone();
    }
}
