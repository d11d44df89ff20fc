//! The gateway of `tests/peers/gateway.py`, and mbpoll.

use super::DEADLINE;
use std::net::TcpListener;
use std::process::Stdio;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep};

/// Started on a free port, ended when dropped.
pub(crate) struct Gateway {
    port: u16,
    _process: Child,
}

impl Gateway {
    pub(crate) async fn start() -> Self {
        let port = free_port();
        let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
        let python = std::env::var("VIGIE_TEST_PYTHON").expect(
            "VIGIE_TEST_PYTHON is a Python with tests/peers/requirements.txt; tests/run sets it",
        );
        let process = Command::new(python)
            .arg(format!("{tests}/peers/gateway.py"))
            .arg(port.to_string())
            .arg(format!("{tests}/data/sunspec"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("python starts");
        let deadline = Instant::now() + DEADLINE;
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(Instant::now() < deadline, "pymodbus does not listen");
            sleep(std::time::Duration::from_millis(20)).await;
        }
        Self {
            port,
            _process: process,
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Reads with mbpoll: `-t 4` holding registers, `-t 0` coils.
pub(crate) async fn mbpoll_read(
    port: u16,
    unit: u8,
    table: &str,
    address: u16,
    count: u16,
) -> Vec<String> {
    let count = count.to_string();
    let text = mbpoll(port, unit, table, address, &["-c", &count], &[]).await;
    let values = text.lines().filter(|line| line.starts_with('['));
    values
        .map(|line| {
            line.split_whitespace()
                .nth(1)
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

/// Writes with mbpoll.
pub(crate) async fn mbpoll_write(port: u16, unit: u8, table: &str, address: u16, values: &[&str]) {
    let text = mbpoll(port, unit, table, address, &[], values).await;
    assert!(text.contains("Written"), "{text}");
}

async fn mbpoll(
    port: u16,
    unit: u8,
    table: &str,
    address: u16,
    options: &[&str],
    values: &[&str],
) -> String {
    let output = Command::new("mbpoll")
        .args(["-m", "tcp", "-0", "-1", "-o", "2"])
        .args(["-p", &port.to_string(), "-a", &unit.to_string()])
        .args(["-t", table, "-r", &address.to_string()])
        .args(options)
        .arg("127.0.0.1")
        .args(values)
        .output()
        .await
        .expect("mbpoll runs; its Debian package is mbpoll");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}
