//! Nothing is sent to where the platform lets no connection lead.

use crate::peer::Device;
use crate::run::{Run, config, until};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::UdpSocket;
use tokio_util::sync::CancellationToken;
use vigie_bacnet::BacnetConfig;
use vigie_contract::{ConnectorError, Explorer, Finding, Findings, Reach};

const REFUSED: &str = "this server sends nothing to 127.0.0.1";

fn outside() -> Reach {
    Reach::to(|address| !address.is_loopback())
}

/// Somebody on this machine who should hear nothing.
fn listener() -> (UdpSocket, u16) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_nonblocking(true).unwrap();
    let port = socket.local_addr().unwrap().port();
    (socket, port)
}

fn heard_nothing(socket: &UdpSocket) {
    let heard = socket.recv(&mut [0; 64]).map_err(|error| error.kind());
    assert_eq!(heard, Err(ErrorKind::WouldBlock));
}

fn at(port: u16) -> Value {
    let point = json!({ "device": 7000, "object": "analog-input:1", "point": "x" });
    config(port, json!({}), json!([point]))
}

async fn is_refused(config: Value) {
    let run = Run::within(config, outside());
    until("it is said", || {
        let error = run.status.snapshot().last_error.unwrap_or_default();
        error.ends_with(REFUSED)
    })
    .await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_out_of_reach_hears_nothing() {
    let (socket, port) = listener();
    is_refused(at(port)).await;
    heard_nothing(&socket);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_router_out_of_reach_hears_nothing() {
    let (socket, port) = listener();
    let mut config = at(port);
    let device = config["devices"][0].as_object_mut().unwrap();
    device.insert("network".to_owned(), json!(5));
    device.insert("station".to_owned(), json!("0c"));
    is_refused(config).await;
    heard_nothing(&socket);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bbmd_out_of_reach_hears_nothing() {
    let (socket, port) = listener();
    let mut config = at(port);
    config["bbmd"] = json!(format!("127.0.0.1:{port}"));
    is_refused(config).await;
    heard_nothing(&socket);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_out_of_reach_is_heard_by_nobody() {
    let (socket, port) = listener();
    let mut config = at(port);
    config["devices"][0]
        .as_object_mut()
        .unwrap()
        .remove("address");
    config["broadcast"] = json!("127.0.0.1");
    is_refused(config).await;
    heard_nothing(&socket);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_around_goes_no_further() {
    let (socket, port) = listener();
    let mut config = at(port);
    config["broadcast"] = json!("127.0.0.1");
    let config: BacnetConfig = serde_json::from_value(config).unwrap();
    let explorer = Box::new(config.into_explorer(outside()).unwrap());
    let (findings, _found) = Findings::channel();
    let end = explorer.explore(findings, CancellationToken::new()).await;
    assert_eq!(end, Err(ConnectorError::Retry(REFUSED.to_owned())));
    heard_nothing(&socket);
}

/// As on a server that keeps clients from its own link: with the broadcast that a manifest has when
/// it names none.
fn without_broadcasts(port: u16) -> (Value, Reach) {
    let mut config = at(port);
    config["broadcast"] = json!("255.255.255.255");
    let reach = |address: std::net::IpAddr| address != std::net::Ipv4Addr::BROADCAST;
    (config, Reach::to(reach))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_at_an_address_needs_no_broadcast() {
    let device = Device::start(&[]).await;
    let (config, reach) = without_broadcasts(device.port);
    let run = Run::within(config, reach);
    until("a value comes", || run.shelf.newest("x").is_some()).await;
    run.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_around_finds_what_it_may_ask() {
    let device = Device::start(&[]).await;
    let (config, reach) = without_broadcasts(device.port);
    let config: BacnetConfig = serde_json::from_value(config).unwrap();
    let explorer = Box::new(config.into_explorer(reach).unwrap());
    let (findings, mut found) = Findings::channel();
    let look = tokio::spawn(explorer.explore(findings, CancellationToken::new()));
    let mut keys = Vec::new();
    while let Some(finding) = found.recv().await {
        if let Finding::Equipment(one) = finding {
            keys.push(one.key);
        }
    }
    assert_eq!(look.await.unwrap(), Ok(()));
    assert_eq!(keys, ["device-7000"]);
}
