//! A private Redis that a test may stop and start again.

use super::{Process, free_port, scratch, wait};
use nix::sys::signal::Signal;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

/// Keeps nothing on disk: a restart is an empty cache.
pub struct Redis {
    // First, so that it ends before its folder goes.
    server: Option<Process>,
    folder: TempDir,
    port: u16,
}

impl Redis {
    /// Starts an empty server.
    pub async fn start() -> Self {
        let mut redis = Self {
            folder: scratch(),
            port: free_port(),
            server: None,
        };
        redis.resume().await;
        redis
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts the stopped server again, empty, on the same port.
    pub async fn resume(&mut self) {
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &self.port.to_string(),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
        ]);
        command.current_dir(self.folder.path());
        self.server = Some(Process::start(
            "Redis",
            &mut command,
            &self.folder.path().join("log"),
        ));
        wait::until_listening("Redis", self.port, DEADLINE).await;
    }

    /// Stops it in its tracks: it takes connections and answers nobody, until it is continued.
    pub fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    /// Lets it go on where it was frozen.
    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    fn signal(&self, signal: Signal) {
        let server = self.server.as_ref().expect("it runs");
        server.signal(signal);
    }

    /// `kill -9`; there is nothing to save.
    pub fn kill(&mut self) {
        drop(self.server.take());
    }
}
