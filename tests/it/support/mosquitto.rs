//! A private mosquitto broker that keeps QoS 1 messages over a `kill -9`.

use super::authority::Identity;
use super::{Process, free_port, scratch, wait};
use nix::sys::signal::Signal;
use nix::unistd::Uid;
use std::process::Command;
use std::time::Duration;
use tempfile::TempDir;

const DEADLINE: Duration = Duration::from_secs(20);

/// Anonymous, on the loopback.
pub struct Mosquitto {
    // First, so that it ends before its folder goes.
    broker: Option<Process>,
    folder: TempDir,
    port: u16,
    access: String,
}

impl Mosquitto {
    /// Starts a broker with nothing in it.
    pub async fn start() -> Self {
        Self::start_with(scratch(), "allow_anonymous true".to_owned()).await
    }

    /// Starts a broker that speaks TLS only, and lets one user in.
    pub async fn start_locked(identity: &Identity, user: &str, password: &str) -> Self {
        let folder = scratch();
        let passwords = folder.path().join("passwords");
        let made = Command::new("mosquitto_passwd")
            .args(["-b", "-c"])
            .arg(&passwords)
            .args([user, password])
            .status()
            .expect("mosquitto_passwd runs");
        assert!(made.success(), "mosquitto_passwd: {made}");
        let access = format!(
            "allow_anonymous false\npassword_file {}\ncertfile {}\nkeyfile {}",
            passwords.display(),
            identity.certificate.display(),
            identity.key.display()
        );
        Self::start_with(folder, access).await
    }

    async fn start_with(folder: TempDir, access: String) -> Self {
        let mut broker = Self {
            folder,
            port: free_port(),
            broker: None,
            access,
        };
        broker.resume().await;
        broker
    }

    /// Its port on the loopback.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address as a connection of a manifest writes it.
    pub fn url(&self) -> String {
        format!("mqtt://127.0.0.1:{}", self.port)
    }

    /// Starts the stopped broker again on the same data and port.
    pub async fn resume(&mut self) {
        let configuration = self.folder.path().join("mosquitto.conf");
        std::fs::write(&configuration, self.configuration())
            .expect("the scratch folder is writable");
        let mut command = Command::new("mosquitto");
        command.arg("-c").arg(&configuration);
        self.broker = Some(Process::start(
            "mosquitto",
            &mut command,
            &self.folder.path().join("log"),
        ));
        wait::until_listening("mosquitto", self.port, DEADLINE).await;
    }

    /// An ordered stop.
    pub async fn stop(&mut self) {
        if let Some(mut broker) = self.broker.take() {
            broker.stop(Signal::SIGTERM, DEADLINE).await;
        }
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        drop(self.broker.take());
    }

    fn configuration(&self) -> String {
        let folder = self.folder.path().display();
        let user = if Uid::effective().is_root() {
            "user root\n"
        } else {
            ""
        };
        format!(
            "listener {} 127.0.0.1\n{}\n{user}\
             max_inflight_messages 1000\nmax_queued_messages 0\n\
             persistence true\npersistence_location {folder}/\nautosave_interval 1\nautosave_on_changes true\n",
            self.port, self.access
        )
    }
}
