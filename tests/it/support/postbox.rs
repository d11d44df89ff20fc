//! A mail server that takes everything (aiosmtpd), and what it was given.

use super::{Process, free_port, required, scratch, wait};
use serde::Deserialize;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Postbox {
    // First, so that it ends before its folder goes.
    server: Process,
    _folder: TempDir,
    port: u16,
}

/// A mail it was given.
#[derive(Debug, Clone, Deserialize)]
pub struct Mail {
    pub to: Vec<String>,
    pub from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Mail {
    /// Path and query of the link in it.
    pub fn path(&self) -> String {
        let link = self.text.lines().find(|line| line.starts_with("http"));
        let link = link.unwrap_or_else(|| panic!("no link in {}", self.text));
        let path = link.splitn(4, '/').nth(3).unwrap_or_default();
        format!("/{path}")
    }

    /// What the link carries.
    pub fn token(&self) -> String {
        self.path()
            .split("token=")
            .nth(1)
            .unwrap_or_default()
            .to_owned()
    }
}

impl Postbox {
    /// Starts one that refuses the first `refusals` mails for the time being.
    pub async fn start(refusals: u32) -> Self {
        let (folder, port) = (scratch(), free_port());
        let mut command = Command::new(required("VIGIE_TEST_PYTHON"));
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/postbox.py");
        command
            .arg(script)
            .arg(port.to_string())
            .arg(refusals.to_string());
        let server = Process::start("postbox", &mut command, &folder.path().join("log"));
        wait::until_listening("postbox", port, DEADLINE).await;
        Self {
            server,
            _folder: folder,
            port,
        }
    }

    /// Its address for the configuration.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Every mail so far, the oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        let log = self.server.log();
        let lines = log.lines().filter(|line| line.starts_with('{'));
        lines
            .map(|line| serde_json::from_str(line).expect("a mail"))
            .collect()
    }

    /// Awaits that there are `n` mails; gives the last of them.
    pub async fn nth(&self, n: usize) -> Mail {
        wait::until(&format!("mail {n} comes"), DEADLINE, async || {
            self.mails().get(n - 1).cloned()
        })
        .await
    }
}
