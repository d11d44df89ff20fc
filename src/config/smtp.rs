//! The way mails go out.

use secrecy::SecretString;
use serde::Deserialize;

/// SMTP: optional; without it administrators hand links over themselves.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Smtp {
    /// `smtps://user:password@host`, `smtp://user:password@host?tls=required` (STARTTLS), or
    /// `smtp://host` for a relay of one's own machine.
    pub url: Option<SecretString>,
    /// What mails come from: `Vigie <vigie@example.org>`.
    pub from: Option<String>,
}
