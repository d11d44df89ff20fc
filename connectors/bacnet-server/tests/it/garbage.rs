//! No bytes of a peer crash the device or make it grow.

use crate::building::{Building, settings};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::net::UdpSocket;
use std::time::Duration;
use vigie_bacnet_server::Rates;

const DATAGRAMS: usize = 100_000;

/// Messages as they are on the wire, in BACnet/IP frames: Who-Is, ReadProperty, ReadPropertyMultiple,
/// WriteProperty, SubscribeCOV, ReadRange, a segment, a BBMD's registration and forwarding.
const SAMPLES: [&[u8]; 9] = [
    b"\x81\x0b\x00\x0c\x01\x20\xff\xff\x00\xff\x10\x08",
    b"\x81\x0a\x00\x11\x01\x04\x00\x05\x01\x0c\x0c\x02\x00\x13\x89\x19\x4d",
    b"\x81\x0a\x00\x17\x01\x04\x02\x75\x02\x0e\x0c\x00\x00\x00\x01\x1e\x09\x08\x09\x55\x09\x6f\x1f",
    b"\x81\x0a\x00\x1a\x01\x04\x00\x05\x03\x0f\x0c\x00\x80\x00\x01\x19\x55\x3e\x44\x42\x28\x00\x00\x3f\x49\x08",
    b"\x81\x0a\x00\x16\x01\x04\x00\x05\x04\x05\x09\x0c\x1c\x00\x00\x00\x07\x29\x01\x3a\x00\x3c",
    b"\x81\x0a\x00\x18\x01\x04\x02\x75\x05\x1a\x0c\x05\x00\x00\x01\x19\x83\x3e\x21\x01\x32\x03\xe8\x3f",
    b"\x81\x0a\x00\x13\x01\x04\x0a\x75\x06\x00\x10\x0e\x0c\x00\x00\x00\x01\x1e\x09",
    b"\x81\x05\x00\x06\x00\x3c",
    b"\x81\x04\x00\x12\x7f\x00\x00\x01\xba\xc0\x01\x20\xff\xff\x00\xff\x10\x08",
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

pub fn resident_kib() -> u64 {
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
async fn a_hundred_thousand_mutated_datagrams_change_nothing() {
    let seed: u64 = rand::random();
    eprintln!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let mut settings = settings("127.0.0.1");
    settings.rates = Rates {
        per_peer: 1e6,
        in_all: 1e6,
    };
    let building = Building::start(settings).await;
    let port = building.port();
    let attacker = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut before = 0;
    for round in 0..DATAGRAMS {
        let _ = attacker.send_to(&mutated(&mut random), ("127.0.0.1", port));
        if round % 200 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if round == DATAGRAMS / 2 {
            before = resident_kib();
        }
    }
    let grown = resident_kib().saturating_sub(before);
    assert!(grown < 20_000, "grew by {grown} KiB in the second half");
    assert!(
        building.server.counts().taken() > 10_000,
        "most were looked at"
    );
    let asked = building.writes.all();
    assert!(asked.iter().all(|write| (1..=16).contains(&write.priority)));
    building.show("Sensor 1", 1.0).await;
    building.server.stop().await;
}
