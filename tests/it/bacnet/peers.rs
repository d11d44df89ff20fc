//! Programs of BACpypes3: a device that is driven line by line, a client that does tasks.

use crate::support::required;
use serde_json::{Value, json};
use std::net::UdpSocket;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(60);
const CONNECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/connectors");

/// A UDP port of the loopback that nobody has.
pub fn free_udp_port() -> u16 {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("the loopback has free ports");
    let address = socket.local_addr().expect("a bound socket has an address");
    address.port()
}

/// Device 7000 with some inputs, a valve, a fan, a mode.
pub struct FieldDevice {
    _child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Its UDP port on 127.0.0.1.
    pub port: u16,
}

impl FieldDevice {
    pub async fn start() -> Self {
        let port = free_udp_port();
        let mut child = Command::new(required("VIGIE_BACNET_PYTHON"))
            .arg(format!("{CONNECTORS}/bacnet/tests/peers/device.py"))
            .args(["--address", &format!("127.0.0.1/8:{port}")])
            .args(["--instance", "7000"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("python of the BACnet peers starts");
        let input = child.stdin.take().expect("it has an input");
        let output = BufReader::new(child.stdout.take().expect("it has an output")).lines();
        let mut device = Self {
            _child: child,
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

    /// Which slots of an object's priority array are taken, from 1.
    pub async fn commanded_at(&mut self, object: &str) -> Vec<usize> {
        let slots = self.say(json!(["priorities", object])).await;
        let slots: Vec<bool> = serde_json::from_str(&slots).expect("a list");
        let taken = slots.iter().enumerate().filter(|(_, taken)| **taken);
        taken.map(|(place, _)| place + 1).collect()
    }

    async fn line(&mut self) -> String {
        let line = timeout(DEADLINE, self.output.next_line()).await;
        let line = line.expect("it answers in time").expect("its output reads");
        line.expect("it says something before it ends")
    }
}

/// What a client of BACpypes3 saw of a device on the loopback.
pub async fn client(port: u16, device: u32, options: &[&str], tasks: &[&str]) -> Value {
    let mut command = Command::new(required("VIGIE_BACNET_PYTHON"));
    command
        .arg(format!("{CONNECTORS}/bacnet-server/tests/peers/client.py"))
        .args(["--address", &format!("127.0.0.1/8:{}", free_udp_port())])
        .args(["--instance", "4100000"])
        .args(options)
        .args([&format!("127.0.0.1:{port}"), &device.to_string()])
        .args(tasks)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let done = timeout(DEADLINE * 2, command.output()).await;
    let done = done.expect("it ends in time").expect("it runs");
    let text = String::from_utf8_lossy(&done.stdout);
    let last = text.lines().last().unwrap_or_default();
    serde_json::from_str(last).unwrap_or_else(|_| panic!("no outcome but: {text}"))
}
