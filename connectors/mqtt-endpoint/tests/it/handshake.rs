//! Who is let in, and what a refused client hears.

use crate::support::{Connect, Raw, broker, property};
use vigie_mqtt_endpoint::Config;

/// Sends CONNECT and gives the bytes of the CONNACK, or nothing when the server just closed.
async fn answer_to(connect: &[u8]) -> Option<(u8, Vec<u8>)> {
    let (broker, _) = broker();
    let mut raw = Raw::open(&broker);
    raw.send(connect).await;
    let answer = raw.next().await.map(|packet| (packet.first, packet.body));
    if answer.as_ref().is_none_or(|(_, body)| body[1] != 0) {
        assert_eq!(raw.next().await, None, "a refused client is closed");
    }
    answer
}

#[tokio::test(start_paused = true)]
async fn both_versions_are_welcome() {
    let v3 = answer_to(&Connect::v3("c").bytes()).await;
    assert_eq!(v3, Some((0x20, vec![0, 0])));
    let v5 = answer_to(&Connect::v5("c").bytes()).await.unwrap();
    assert_eq!((v5.0, v5.1[0], v5.1[1]), (0x20, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_wrong_password_is_refused_in_the_words_of_the_version() {
    let wrong = |connect: Connect| Connect {
        user: "nobody",
        ..connect
    };
    let v3 = answer_to(&wrong(Connect::v3("c")).bytes()).await;
    assert_eq!(v3, Some((0x20, vec![0, 4])));
    let v5 = answer_to(&wrong(Connect::v5("c")).bytes()).await.unwrap();
    assert_eq!(v5.1[1], 0x86);
}

#[tokio::test(start_paused = true)]
async fn a_version_nobody_knows_hears_which_are_spoken() {
    let with_version = |version| Connect {
        version,
        ..Connect::v3("c")
    };
    let older = answer_to(&with_version(2).bytes()).await;
    assert_eq!(older, Some((0x20, vec![0, 1])));
    let newer = answer_to(&with_version(6).bytes()).await.unwrap();
    assert_eq!(newer.1[1], 0x84);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_an_id_gets_one_unless_its_session_is_to_be_kept() {
    let clean = answer_to(&Connect::v3("").bytes()).await;
    assert_eq!(clean, Some((0x20, vec![0, 0])));
    let lasting = answer_to(&Connect::v3("").lasting().bytes()).await;
    assert_eq!(lasting, Some((0x20, vec![0, 2])));
    let v5 = answer_to(&Connect::v5("").bytes()).await.unwrap();
    let assigned = String::from_utf8_lossy(&v5.1).into_owned();
    assert!(assigned.contains("auto-"), "{assigned:?}");
}

#[tokio::test(start_paused = true)]
async fn strangers_are_closed_without_a_word() {
    for bytes in [
        &b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\xc0\x00",
        b"\x30\x05\x00\x01tx",
    ] {
        assert_eq!(answer_to(bytes).await, None, "{bytes:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_or_slow_connect_ends_at_the_deadline() {
    let (broker, _) = broker();
    let deadline = Config::default().connect_timeout;
    let connect = Connect::v3("c").bytes();
    let began = tokio::time::Instant::now();
    let mut silent = Raw::open(&broker);
    let mut slow = Raw::open(&broker);
    slow.send(&connect[..connect.len() - 1]).await;
    assert_eq!(silent.next().await, None);
    assert_eq!(slow.next().await, None);
    assert!(began.elapsed() >= deadline && began.elapsed() < deadline * 2);
    assert_eq!(broker.metrics().timeouts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_large_connect_is_refused_before_it_is_read() {
    let v5 = answer_to(&[0x10, 0xff, 0xff, 0x7f, 0, 4, b'M', b'Q', b'T', b'T', 5]).await;
    assert_eq!(v5.unwrap().1[1], 0x95);
    let v3 = answer_to(&[0x10, 0xff, 0xff, 0x7f, 0, 4, b'M', b'Q', b'T', b'T', 4]).await;
    assert_eq!(v3, None);
}

#[tokio::test(start_paused = true)]
async fn enhanced_authentication_is_refused_by_name() {
    let mut connect = Connect::v5("c");
    connect.properties = property(0x15, b"\0\x05SCRAM");
    assert_eq!(answer_to(&connect.bytes()).await.unwrap().1[1], 0x8C);
}

#[tokio::test(start_paused = true)]
async fn the_connack_says_what_the_server_changed() {
    let mut connect = Connect::v5("c");
    connect.keep_alive = 0;
    connect.properties = property(0x11, &u32::MAX.to_be_bytes());
    let connack = answer_to(&connect.bytes()).await.unwrap().1;
    let holds = |part: &[u8]| connack.windows(part.len()).any(|window| window == part);
    assert!(
        holds(&property(0x11, &86_400_u32.to_be_bytes())),
        "session expiry"
    );
    assert!(
        holds(&property(0x13, &7_200_u16.to_be_bytes())),
        "keep alive"
    );
    assert!(
        holds(&property(0x21, &1_000_u16.to_be_bytes())),
        "receive maximum"
    );
    assert!(
        holds(&property(0x27, &(1_u32 << 20).to_be_bytes())),
        "packet size"
    );
}

#[tokio::test(start_paused = true)]
async fn a_second_connect_breaks_the_protocol() {
    let (broker, _) = broker();
    let (mut raw, _) = Raw::connect(&broker, &Connect::v5("c")).await;
    raw.send(&Connect::v5("c").bytes()).await;
    assert_eq!(raw.next().await.unwrap().body, [0x82]);
    assert_eq!(raw.next().await, None);
}
