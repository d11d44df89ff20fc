//! Servers as processes of their own, so that their processor time is theirs alone.
//!
//! Vigie is this very executable: started with [`AS_VIGIE`] in its environment it is the
//! `vigie` command and nothing else.

use crate::machine;
use anyhow::{Context, Result, bail, ensure};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::net::TcpStream;

/// Set in the environment of a child that is to be Vigie.
pub const AS_VIGIE: &str = "VIGIE_BENCH_AS_VIGIE";

/// Set in the environment of a child that is to answer everything with a fixed text, on this port.
pub const AS_STATIC: &str = "VIGIE_BENCH_AS_STATIC";

/// Answers everything with a text of 2 kB, until it is killed.
pub async fn serve_static(port: u16) -> Result<()> {
    static TEXT: [u8; 2_048] = [b'x'; 2_048];
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    let everything = axum::Router::new().fallback(async || &TEXT[..]);
    Ok(axum::serve(listener, everything).await?)
}

/// A running server; killed when dropped.
pub struct Server {
    process: Child,
    /// Its port on the loopback.
    pub port: u16,
}

impl Server {
    /// Starts a server that will listen on `port` and waits until it does.
    pub async fn start(mut command: Command, port: u16) -> Result<Self> {
        let what = format!("{command:?}");
        let process = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut server = Self {
            process: process.with_context(|| format!("start {what}"))?,
            port,
        };
        for _ in 0..1_000 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(server);
            }
            ensure!(server.process.try_wait()?.is_none(), "{what} ended");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        bail!("{what} does not listen")
    }

    /// The most memory it had resident, in MB.
    pub fn most_resident_mb(&self) -> f64 {
        machine::megabytes(&format!("/proc/{}/status", self.process.id()), "VmHWM")
    }

    /// Processor seconds it has used.
    pub fn cpu(&self) -> f64 {
        machine::tree_cpu(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.process.kill().is_ok() {
            let _ended = self.process.wait();
        }
    }
}

/// A port that is free now.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The `vigie` command on a data folder.
pub fn vigie(data_dir: &Path, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .env(AS_VIGIE, "1")
        .args(arguments)
        .arg("--data-dir")
        .arg(data_dir);
    Ok(command)
}

/// Runs a `vigie` command to its end; what it printed.
pub fn run_vigie(data_dir: &Path, arguments: &[&str]) -> Result<String> {
    let output = vigie(data_dir, arguments)?.output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "vigie {arguments:?}: {errors}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
