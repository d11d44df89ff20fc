//! No bytes that come to the client's port disturb it.

use crate::peer::{Device, free_port};
use crate::run::{Run, config, until};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use std::net::UdpSocket;
use vigie_contract::Health;

const DATAGRAMS: usize = 100_000;

/// Messages as they are on the wire, in BACnet/IP frames: an I-Am, a segment of an answer, a change
/// of value, a segment taken, an abort, a router's word, a forwarded I-Am.
const SAMPLES: [&[u8]; 7] = [
    b"\x81\x0b\x00\x19\x01\x20\xff\xff\x00\xff\x10\x00\xc4\x02\x00\x1b\x58\x22\x05\xc4\x91\x00\x22\x03\xe7",
    b"\x81\x0a\x00\x10\x01\x00\x3c\x01\x00\x10\x0c\x0c\x02\x00\x1b\x58",
    b"\x81\x0a\x00\x25\x01\x00\x10\x02\x09\x01\x1c\x02\x00\x1b\x58\x2c\x00\x00\x00\x01\x39\x3c\x4e\x09\x55\x2e\x44\x42\x28\x00\x00\x2f\x4f\x00\x00\x00\x00",
    b"\x81\x0a\x00\x0a\x01\x00\x40\x01\x00\x10",
    b"\x81\x0a\x00\x09\x01\x00\x71\x01\x04",
    b"\x81\x0a\x00\x09\x01\x80\x01\x00\x05",
    b"\x81\x04\x00\x1f\x7f\x00\x00\x01\xba\xc0\x01\x20\xff\xff\x00\xff\x10\x00\xc4\x02\x00\x1b\x58\x22\x05\xc4\x91\x00\x22\x03\xe7",
];

fn mutated(random: &mut StdRng) -> Vec<u8> {
    let mut bytes = SAMPLES[random.random_range(0..SAMPLES.len())].to_vec();
    for _ in 0..random.random_range(1..6) {
        let place = random.random_range(0..bytes.len());
        match random.random_range(0..4) {
            0 if bytes.len() > 4 => bytes.truncate(place.max(4)),
            1 => bytes.insert(place, random.random()),
            _ => bytes[place] = random.random(),
        }
    }
    // Mostly with the right length, so that what follows is looked at.
    if random.random_range(0..8) > 0 && bytes.len() > 4 {
        let [high, low] = (bytes.len() as u16).to_be_bytes();
        (bytes[0], bytes[2], bytes[3]) = (0x81, high, low);
    }
    bytes
}

fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .expect("its size");
    line.split_whitespace()
        .nth(1)
        .and_then(|size| size.parse().ok())
        .expect("a number")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_mutated_datagrams_disturb_nothing() {
    let seed: u64 = rand::random();
    eprintln!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let device = Device::start(&[]).await;
    let port = free_port();
    let points = json!([{ "device": 7000, "object": "analog-input:1", "point": "x" }]);
    let mut config = config(device.port, json!({ "poll_s": 1 }), points);
    (config["port"], config["broadcast"]) = (json!(port), json!("127.0.0.1"));
    let run = Run::start(config);
    until("a value comes", || run.shelf.newest("x").is_some()).await;

    let attacker = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut before = 0;
    for round in 0..DATAGRAMS {
        let _ = attacker.send_to(&mutated(&mut random), ("127.0.0.1", port));
        if round % 200 == 0 {
            tokio::task::yield_now().await;
        }
        if round == DATAGRAMS / 2 {
            before = resident_kib();
        }
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 20_000, "grew by {grown} KiB in the second half");
    let polled = run.shelf.readings().len();
    until("polling goes on", || {
        run.shelf.readings().len() > polled + 1
    })
    .await;
    assert_eq!(run.status.snapshot().health, Health::Connected);
    run.stop().await;
}
