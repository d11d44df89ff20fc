//! Answers of any bytes: no panic, and nothing is asked on a connection after a wrong one.

use super::*;
use crate::sunspec::{Bases, walk};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const LONG_ENOUGH: Duration = Duration::from_secs(4);

#[test]
fn exceptions_are_told_in_words_with_their_number() {
    let told = Exception(2).to_string();
    assert_eq!(told, "the device has no such address (exception 2)");
    assert_eq!(
        Exception(77).to_string(),
        "the device says no (exception 77)"
    );
    assert!(Exception(0x0b).is_absence() && !Exception(2).is_absence());
}

fn seed() -> u64 {
    let given = std::env::var("VIGIE_TEST_SEED").ok();
    let seed = given.and_then(|text| text.parse().ok());
    let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("VIGIE_TEST_SEED={seed}");
    seed
}

/// A right answer to a read of registers, with wrong bytes, lengths or counts, or too much or too
/// little of it; one in eight is right.
fn answer(request: &[u8], rng: &mut StdRng) -> Vec<u8> {
    let count = request[11].min(120);
    let mut answer = request[..8].to_vec();
    answer[5] = 3 + 2 * count;
    answer.push(2 * count);
    answer.extend((0..2 * count).map(|_| rng.next_u32() as u8));
    match rng.next_u32() % 8 {
        0 => {}
        1 => answer.truncate(rng.next_u32() as usize % answer.len()),
        2 => answer.extend((0..rng.next_u32() % 300).map(|_| 0xa5)),
        3 => answer[8] = rng.next_u32() as u8,
        4 => answer[4..6].copy_from_slice(&(rng.next_u32() as u16).to_be_bytes()),
        5 => answer[7] = rng.next_u32() as u8,
        _ => {
            for _ in 0..=rng.next_u32() % 4 {
                let at = rng.next_u32() as usize % answer.len();
                answer[at] ^= 1 << (rng.next_u32() % 8);
            }
        }
    }
    answer
}

async fn babble(listener: TcpListener, mut rng: StdRng) {
    while let Ok((mut stream, _)) = listener.accept().await {
        let mut request = [0; 12];
        while stream.read_exact(&mut request).await.is_ok() {
            if stream.write_all(&answer(&request, &mut rng)).await.is_err() {
                break;
            }
        }
    }
}

async fn noisy_peer() -> (Manners, StdRng) {
    let mut rng = StdRng::seed_from_u64(seed());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let manners = Manners {
        host: "127.0.0.1".to_owned(),
        port: listener.local_addr().unwrap().port(),
        answer_timeout: Duration::from_millis(20),
        pause: Duration::ZERO,
    };
    // Two streams of one printed seed: the peer's and the test's.
    let peers = StdRng::seed_from_u64(rng.next_u64());
    tokio::spawn(babble(listener, peers));
    (manners, rng)
}

#[tokio::test]
async fn no_answer_does_harm_and_a_wrong_one_ends_its_connection() {
    let (manners, mut rng) = noisy_peer().await;
    let began = Instant::now();
    let (mut good, mut bad) = (0, 0);
    while began.elapsed() < LONG_ENOUGH {
        let mut link = Link::open(&manners, &Reach::anywhere()).await.unwrap();
        let is_input = rng.next_u32().is_multiple_of(2);
        let place = Place {
            table: if is_input {
                Table::Input
            } else {
                Table::Holding
            },
            start: rng.next_u32() as u16 % 60_000,
            count: 1 + rng.next_u32() as u16 % 120,
        };
        match link.read(1, place).await {
            Ok(Answer::Words(words)) => {
                assert_eq!(words.len(), usize::from(place.count));
                good += 1;
            }
            Ok(Answer::Bits(_)) => panic!("bits where registers were asked for"),
            Err(Fault::Exception(_)) => assert!(link.is_open()),
            Err(Fault::Lost(_)) => {
                assert!(!link.is_open());
                assert!(matches!(link.read(1, place).await, Err(Fault::Lost(_))));
                bad += 1;
            }
        }
    }
    assert!(good > 0 && bad > 0, "{good} good, {bad} bad");
}

#[tokio::test]
async fn a_walk_through_nonsense_ends() {
    let (manners, _) = noisy_peer().await;
    let began = Instant::now();
    let mut bases = Bases::default();
    while began.elapsed() < LONG_ENOUGH {
        let mut link = Link::open(&manners, &Reach::anywhere()).await.unwrap();
        let _any = walk(&mut link, 1, &mut bases).await;
    }
}

#[tokio::test]
async fn an_address_the_platform_does_not_allow_is_not_dialled() {
    let (manners, _) = noisy_peer().await;
    let nowhere = Reach::to(|_| false);
    let refused = Link::open(&manners, &nowhere).await.err().unwrap();
    assert!(refused.contains("opens no connections"), "{refused}");
}
