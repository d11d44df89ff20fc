//! Who is heard, how often, and what the device remembers of it.

use crate::building::{Building, DEVICE, Kept, Ledger, settings};
use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use vigie_bacnet_server::{NoHistory, Outlet, Rates, Server};

/// Who-Is to everybody.
const WHO_IS: [u8; 8] = [0x81, 0x0a, 0x00, 0x08, 0x01, 0x00, 0x10, 0x08];
/// ReadProperty of the device's name, wanting an answer.
const READ: [u8; 17] = [
    0x81, 0x0a, 0x00, 0x11, 0x01, 0x04, 0x00, 0x05, 0x01, 0x0c, 0x0c, 0x02, 0x00, 0x13, 0x89, 0x19,
    0x4d,
];

fn asker() -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(700)))
        .unwrap();
    socket
}

async fn answers(building: &Building, datagram: &'static [u8], times: u32) -> usize {
    let port = building.port();
    let ask = move || {
        let socket = asker();
        for _ in 0..times {
            socket.send_to(datagram, ("127.0.0.1", port)).unwrap();
        }
        let mut buffer = [0; 1_500];
        let mut count = 0;
        while socket.recv(&mut buffer).is_ok() {
            count += 1;
        }
        count
    };
    tokio::task::spawn_blocking(ask).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_not_answered() {
    assert_eq!(DEVICE, 0x1389, "as the request says");
    let building = Building::start(settings("192.0.2.0/24")).await;
    assert_eq!(answers(&building, &WHO_IS, 3).await, 0);
    assert_eq!(answers(&building, &READ, 3).await, 0);
    assert_eq!(building.server.counts().strangers(), 6);
    building.server.stop().await;
}

/// As a server that keeps clients from itself.
fn outside() -> Outlet {
    Outlet::new(Ipv4Addr::LOCALHOST, |address| !address.is_loopback())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_out_of_reach_is_not_answered() {
    let mut settings = settings("127.0.0.1");
    settings.outlet = Some(outside());
    let building = Building::start(settings).await;
    assert_eq!(answers(&building, &READ, 3).await, 0);
    assert_eq!(building.server.counts().taken(), 3);
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_does_not_register_with_a_bbmd_out_of_reach() {
    let socket = asker();
    let mut settings = settings("127.0.0.1");
    settings.outlet = Some(outside());
    settings.bbmd = format!("127.0.0.1:{}", socket.local_addr().unwrap().port())
        .parse()
        .ok();
    assert!(settings.bbmd.is_some());
    let (writes, kept) = (Arc::<Ledger>::default(), Arc::<Kept>::default());
    let started = Server::start(settings, vec![], Arc::new(NoHistory), writes, kept).await;
    let error = started.err().unwrap().to_string();
    assert!(error.contains("sends nothing to 127.0.0.1"), "{error}");
    assert!(socket.recv(&mut [0; 64]).is_err(), "nobody heard of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_too_often_is_answered_no_more() {
    let mut settings = settings("127.0.0.1");
    settings.rates = Rates {
        per_peer: 5.0,
        in_all: 100.0,
    };
    let building = Building::start(settings).await;
    let answered = answers(&building, &READ, 200).await;
    assert!(
        (1..=10).contains(&answered),
        "{answered} answers to 200 requests"
    );
    assert!(building.server.counts().too_often() >= 190);
    building.server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quiet_device_stays_as_small_as_it_is() {
    let building = Building::start(settings("127.0.0.1")).await;
    let mut sizes = Vec::new();
    for round in 0..6_u32 {
        for n in 0..2_000_u32 {
            let point = format!("Sensor {}", n % 900 + 2);
            building.show(&point, f64::from(round * 10_000 + n)).await;
        }
        sleep(Duration::from_millis(250)).await;
        sizes.push(crate::garbage::resident_kib());
    }
    let grown = sizes[5].saturating_sub(sizes[1]);
    assert!(
        grown < 20_000,
        "12,000 updates without a datagram: {sizes:?} KiB"
    );
    building.server.stop().await;
}
