//! BACnet datagrams at the port of a client.

use super::session::Running;
use super::{Seed, Target, seed};
use anyhow::Result;
use jiff::tz::TimeZone;
use serde_json::json;
use std::net::UdpSocket;
use std::time::Duration;
use tokio::runtime::Runtime;
use vigie_bacnet::BacnetConfig;

/// So many at once, then a breath: what does not fit into the buffer of the socket is not looked at.
const AT_ONCE: u64 = 100;
const BREATH: Duration = Duration::from_millis(1);

pub(super) fn datagrams() -> Result<Target> {
    let runtime = Runtime::new()?;
    let port = UdpSocket::bind("127.0.0.1:0")?.local_addr()?.port();
    // The device that is asked is the one that answers.
    let device = UdpSocket::bind("127.0.0.1:0")?;
    let address = device.local_addr()?;
    let config: BacnetConfig = serde_json::from_value(json!({
        "interface": "127.0.0.1", "port": port, "broadcast": "127.0.0.1", "timeout_ms": 200, "retries": 0,
        "devices": [{ "instance": 7_000, "address": address.to_string(), "poll_s": 1 }],
        "points": [{ "device": 7_000, "object": "analog-input:1", "point": "x" }],
    }))?;
    let connector = config.into_connector(&TimeZone::UTC)?;
    let running = Running::start(&runtime, connector);
    let mut sent = 0_u64;
    Ok(Target {
        seeds: seeds(),
        take: Box::new(move |_, payload| {
            let _lost = device.send_to(&framed(payload), ("127.0.0.1", port));
            sent += 1;
            if sent.is_multiple_of(AT_ONCE) {
                std::thread::sleep(BREATH);
            }
        }),
        finish: Box::new(move || running.end(&runtime)),
    })
}

/// Mostly with the right length, so that what follows is looked at.
fn framed(payload: &[u8]) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    if bytes.len() > 4 && !bytes.len().is_multiple_of(7) {
        let [high, low] = (bytes.len() as u16).to_be_bytes();
        (bytes[0], bytes[2], bytes[3]) = (0x81, high, low);
    }
    bytes
}

/// An I-Am, a segment of an answer, a change of value, a segment taken, an abort, a router's word, a
/// forwarded I-Am.
fn seeds() -> Vec<Seed> {
    let datagrams: [&[u8]; 7] = [
        b"\x81\x0b\x00\x19\x01\x20\xff\xff\x00\xff\x10\x00\xc4\x02\x00\x1b\x58\x22\x05\xc4\x91\x00\x22\x03\xe7",
        b"\x81\x0a\x00\x10\x01\x00\x3c\x01\x00\x10\x0c\x0c\x02\x00\x1b\x58",
        b"\x81\x0a\x00\x25\x01\x00\x10\x02\x09\x01\x1c\x02\x00\x1b\x58\x2c\x00\x00\x00\x01\x39\x3c\x4e\x09\x55\x2e\x44\x42\x28\x00\x00\x2f\x4f\x00\x00\x00\x00",
        b"\x81\x0a\x00\x0a\x01\x00\x40\x01\x00\x10",
        b"\x81\x0a\x00\x09\x01\x00\x71\x01\x04",
        b"\x81\x0a\x00\x09\x01\x80\x01\x00\x05",
        b"\x81\x04\x00\x1f\x7f\x00\x00\x01\xba\xc0\x01\x20\xff\xff\x00\xff\x10\x00\xc4\x02\x00\x1b\x58\x22\x05\xc4\x91\x00\x22\x03\xe7",
    ];
    datagrams.map(|datagram| seed("", datagram)).into()
}
