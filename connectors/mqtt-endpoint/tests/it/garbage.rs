//! Bytes nobody should send: the server may close, but never panics, hangs or answers others.

use crate::support::{Connect, Raw, broker, packet, property, publish, subscribe};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use vigie_mqtt_endpoint::Broker;

const ROUNDS: usize = 20_000;

/// xorshift64: repeatable from the seed that a failing run prints.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Flips, drops, doubles and inserts bytes.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len().max(1));
            match self.below(4) {
                0 if !bytes.is_empty() => bytes[at] = self.byte(),
                1 if !bytes.is_empty() => drop(bytes.remove(at)),
                2 => bytes.extend_from_within(at.min(bytes.len())..),
                _ => bytes.insert(at.min(bytes.len()), self.byte()),
            }
        }
    }
}

fn corpus(version: u8) -> Vec<Vec<u8>> {
    let mut connect = if version == 5 {
        Connect::v5("c").lasting()
    } else {
        Connect::v3("c")
    };
    connect.will = Some((0x28, Vec::new(), "w", "x"));
    let properties = if version == 5 {
        property(0x0B, &[9])
    } else {
        Vec::new()
    };
    vec![
        connect.bytes(),
        publish(version, 0x02, "a/b", 1, "x"),
        publish(version, 0x05, "a/b", 2, "x"),
        publish(version, 0x01, "a", 0, ""),
        subscribe(version, 3, &properties, &[("a/#", 1), ("$share/g/+", 0x02)]),
        packet(0x62, &[0, 2]),
        packet(0x40, &[0, 1]),
        packet(0x50, &[0, 1]),
        packet(0xA2, &[0, 4, 0, 0, 1, b'a']),
        packet(0xC0, &[]),
        packet(0xE0, &[]),
    ]
}

async fn throw(broker: &Arc<Broker>, bytes: &[u8]) {
    let mut raw = Raw::open(broker);
    // The server may close in the middle of it.
    drop(tokio::io::AsyncWriteExt::write_all(&mut raw.io, bytes).await);
    drop(tokio::io::AsyncWriteExt::shutdown(&mut raw.io).await);
    while raw.next().await.is_some() {}
}

#[tokio::test(start_paused = true)]
async fn mutated_packets_never_harm_the_server() {
    let seed = RandomState::new().hash_one(0) | 1;
    eprintln!("seed {seed}");
    let mut random = Random(seed);
    let (broker, _) = broker();
    let (mut witness, _) = Raw::connect(&broker, &Connect::v3("witness")).await;
    for round in 0..ROUNDS {
        let version = if round % 2 == 0 { 4 } else { 5 };
        let packets = corpus(version);
        let mut bytes = packets[0].clone();
        if random.below(5) == 0 {
            random.mutate(&mut bytes);
        }
        for _ in 0..random.below(5) {
            let mut packet = packets[random.below(packets.len())].clone();
            if random.below(2) == 0 {
                random.mutate(&mut packet);
            }
            bytes.extend(packet);
        }
        throw(&broker, &bytes).await;
    }
    assert_eq!(witness.all_until_pong().await, [], "untouched");
    let counted = broker.metrics();
    assert_eq!(counted.accepted, ROUNDS as u64 + 1);
    assert_eq!(
        (counted.connections, counted.clients),
        (1, 1),
        "{counted:?}"
    );
    assert!(
        counted.protocol_errors > 1000 && counted.received() > 1000,
        "{counted:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn any_packet_may_come_in_pieces() {
    let (broker, handler) = broker();
    for version in [4, 5] {
        let bytes = corpus(version)[..5].concat();
        for size in 1..bytes.len() {
            let mut raw = Raw::open(&broker);
            for piece in bytes.chunks(size) {
                raw.send(piece).await;
                tokio::task::yield_now().await;
            }
            let answers: Vec<_> = raw.all_until_pong().await;
            let acks = answers.iter().filter(|packet| packet.first == 0x40).count();
            assert_eq!(acks, 1, "pieces of {size}: {answers:?}");
        }
    }
    assert!(!handler.payloads("a/b").is_empty());
}
