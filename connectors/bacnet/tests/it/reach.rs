//! Nothing is sent to where the platform lets no connection lead.

use crate::run::{Run, config, until};
use serde_json::{Value, json};
use std::io::ErrorKind;
use std::net::UdpSocket;
use tokio_util::sync::CancellationToken;
use vigie_bacnet::BacnetConfig;
use vigie_contract::{ConnectorError, Explorer, Findings, Reach};

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
