//! A device of BACpypes3, driven line by line.

use serde_json::Value;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(60);

/// A device that lives as long as this value.
pub struct Device {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Its UDP port on 127.0.0.1.
    pub port: u16,
}

impl Device {
    /// Starts device 7000 on a free port.
    pub async fn start(arguments: &[&str]) -> Self {
        Self::at(free_port(), arguments).await
    }

    /// Starts device 7000 on this port.
    pub async fn at(port: u16, arguments: &[&str]) -> Self {
        let mut child = Command::new(python())
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/peers/device.py"
            ))
            .args([
                "--address",
                &format!("127.0.0.1/8:{port}"),
                "--instance",
                "7000",
            ])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python of the BACnet peers starts");
        let input = child.stdin.take().expect("it has an input");
        let output = BufReader::new(child.stdout.take().expect("it has an output")).lines();
        let mut device = Self {
            child,
            input,
            output,
            port,
        };
        assert_eq!(device.line().await, "ready");
        device
    }

    /// Tells it something; what it says to that.
    pub async fn say(&mut self, words: Value) -> String {
        let line = format!("{words}\n");
        self.input
            .write_all(line.as_bytes())
            .await
            .expect("it listens");
        let answer = self.line().await;
        assert!(!answer.starts_with("error"), "{words}: {answer}");
        answer
    }

    /// Ends at once, as in a power cut.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it ends");
    }

    async fn line(&mut self) -> String {
        let line = timeout(DEADLINE, self.output.next_line()).await;
        let line = line.expect("it answers in time").expect("its output reads");
        line.expect("it says something before it ends")
    }
}

/// A UDP port of the loopback that nobody has.
pub fn free_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("the loopback has free ports");
    socket
        .local_addr()
        .expect("a bound socket has an address")
        .port()
}

/// The environment that has BACpypes3; `tests/run` makes it.
fn python() -> PathBuf {
    let named = std::env::var_os("VIGIE_BACNET_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| {
        let binary = std::env::current_exe().expect("the test knows its own file");
        let target = binary
            .ancestors()
            .nth(3)
            .expect("it lies in target/debug/deps");
        target.join("bacnet-peers/bin/python")
    });
    assert!(
        python.exists(),
        "{} is missing; tests/run installs it, or: python3 -m venv target/bacnet-peers && \
         target/bacnet-peers/bin/pip install -r tests/peers/bacnet-requirements.txt",
        python.display()
    );
    python
}
