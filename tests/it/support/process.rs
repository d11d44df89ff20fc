//! A process a test started: its log, its signals, its end.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

/// How much of a log is shown when a test fails.
const SHOWN_LINES: usize = 60;

/// Killed on drop; a failing test shows the end of its log.
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it with both outputs appended to `log`.
    pub fn start(name: &'static str, command: &mut Command, log: &Path) -> Self {
        let output = append(log);
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("a second handle on the log"))
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {name} ({command:?}): {error}"));
        let log = log.to_owned();
        Self { name, child, log }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Everything it wrote so far.
    pub fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Its exit status, when it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our own child")
    }

    /// `kill -9`: no chance to tidy up.
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            self.child.kill().expect("our own child");
            self.child.wait().expect("our own child");
        }
    }

    /// Sends a signal that does not end it.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.id() as i32), signal).expect("our own child");
    }

    /// Sends a signal and waits for the end; panics when it takes longer than `deadline`.
    pub async fn stop(&mut self, signal: Signal, deadline: Duration) -> ExitStatus {
        self.signal(signal);
        let what = format!("{} ends after {signal}", self.name);
        super::wait::until(&what, deadline, async || self.ended()).await
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let lines: Vec<_> = log.lines().collect();
            let shown = &lines[lines.len().saturating_sub(SHOWN_LINES)..];
            eprintln!(
                "--- the end of the log of {}:\n{}\n---",
                self.name,
                shown.join("\n")
            );
        }
    }
}

fn append(path: &Path) -> File {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .expect("a log in the scratch folder")
}
