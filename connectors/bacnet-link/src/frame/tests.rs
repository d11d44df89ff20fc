//! The layout against messages as they are on the wire, and against any bytes.

use super::*;

/// I-Am of device 7000: largest message `largest`, segmented both, vendor 999.
fn i_am(largest: u16) -> Vec<u8> {
    let [high, low] = largest.to_be_bytes();
    let mut npdu = vec![1, 0x20, 0xff, 0xff, 0, 0xff, 0x10, 0];
    npdu.extend([
        0xc4, 0x02, 0x00, 0x1b, 0x58, 0x22, high, low, 0x91, 0, 0x22, 0x03, 0xe7,
    ]);
    npdu
}

#[test]
fn a_proposed_window_becomes_one() {
    let answer = Bytes::from_static(&[1, 0, 0x3c, 7, 0, 16, 12, 0xaa]);
    assert_eq!(one_segment_at_a_time(answer)[5], 1);
    let request = Bytes::from_static(&[1, 4, 0x0e, 5, 7, 0, 16, 14, 0xaa]);
    assert_eq!(one_segment_at_a_time(request)[6], 1);
    let routed = Bytes::from_static(&[1, 0x08, 0, 5, 1, 9, 0x3c, 7, 0, 16, 12]);
    assert_eq!(one_segment_at_a_time(routed)[9], 1);
}

#[test]
fn a_message_in_one_piece_stays_as_it_is() {
    let answer = Bytes::from_static(&[1, 0, 0x30, 7, 12, 16, 16, 16]);
    assert_eq!(one_segment_at_a_time(answer.clone()), answer);
}

#[test]
fn an_i_am_that_takes_next_to_nothing_is_foolish() {
    assert!(is_foolish_i_am(&i_am(0)) && is_foolish_i_am(&i_am(49)));
    assert!(!is_foolish_i_am(&i_am(50)) && !is_foolish_i_am(&i_am(1476)));
}

#[test]
fn messages_are_told_apart_in_words() {
    assert_eq!(describe(&i_am(480)), "I_AM");
    let request = [1, 4, 0x02, 0x75, 12, 14, 0x0c];
    assert_eq!(describe(&request), "request 12 READ_PROPERTY_MULTIPLE");
    assert_eq!(describe(&[1, 0, 0x60, 4, 3]), "reject 4, reason 3");
    assert_eq!(describe(&[]), "no BACnet message");
}

#[test]
fn addresses_come_back_as_they_went() {
    let socket: SocketAddrV4 = "192.0.2.7:47808".parse().unwrap();
    assert_eq!(socket_of(&mac_of(socket)), Some(socket));
    assert_eq!(socket_of(&[5]), None);
}

#[test]
fn no_bytes_panic() {
    let seed: u64 = rand::random();
    eprintln!("seed {seed}");
    let mut random = <rand::rngs::StdRng as rand::SeedableRng>::seed_from_u64(seed);
    let samples = [
        i_am(1476),
        vec![1, 0, 0x3c, 7, 0, 16, 12, 0xaa],
        vec![1, 0x80, 0, 1, 2],
    ];
    for round in 0..200_000_usize {
        let mut bytes = samples[round % samples.len()].clone();
        for _ in 0..3 {
            let place = rand::RngExt::random_range(&mut random, 0..bytes.len());
            bytes[place] = rand::RngExt::random(&mut random);
        }
        bytes.truncate(rand::RngExt::random_range(&mut random, 0..=bytes.len()));
        describe(&bytes);
        is_foolish_i_am(&bytes);
        one_segment_at_a_time(bytes.into());
    }
}
