//! ThingSet over WebSocket: a gateway in Python (websockets), and the contract's promises.

use super::support::{Run, until};
use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::ops::Range;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;
use vigie_contract::conformance::{self, EQUIPMENT, POINT, Rig};
use vigie_contract::{Connector, Health};
use vigie_dialects::ThingSetWsConfig;

/// A gateway written with the Python package websockets; ends with the test.
struct Gateway(Child);

impl Gateway {
    /// Starts it and gives its port.
    fn start() -> (Self, u16) {
        let python = std::env::var("VIGIE_TEST_PYTHON").expect(
            "VIGIE_TEST_PYTHON names a Python with tests/peers/requirements.txt; tests/run sets it",
        );
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/peers/thingset.py");
        let mut child = Command::new(python)
            .arg(script)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let port = line.trim().parse().expect("the gateway prints its port");
        (Self(child), port)
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_reports_for_its_nodes_and_answers_what_it_is_asked() {
    let (gateway, port) = Gateway::start();
    let config: ThingSetWsConfig = serde_json::from_value(json!({
        "url": format!("ws://127.0.0.1:{port}/gw/1"), "equipment": "gateway", "poll": ["Bat"], "poll_s": 1,
    }))
    .unwrap();
    let run = Run::start(config.into_connector().unwrap());
    until("a report comes", || {
        run.sink.number("voltage") == Some(51.2)
    })
    .await;
    until("a node reports", || {
        run.sink.equipments().contains(&"node-7".to_owned())
    })
    .await;
    until("the group that was asked for comes", || {
        run.sink.number("soc") == Some(77.5)
    })
    .await;
    until("the pulse is measured", || {
        run.status.snapshot().latency.is_some()
    })
    .await;
    let everything = run.sink.everything();
    assert!(everything.contains("the node answers A4"), "{everything}");

    drop(gateway);
    until("it is gone", || {
        run.status.snapshot().health == Health::Waiting
    })
    .await;
    run.end().await;
}

/// A peer of ours that keeps what nobody takes yet; there are no acknowledgements to keep more.
struct Peer {
    address: String,
    waiting: Arc<(Mutex<VecDeque<String>>, Notify)>,
    serving: Option<JoinHandle<()>>,
}

impl Peer {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut peer = Self {
            address,
            waiting: Arc::default(),
            serving: None,
        };
        peer.serve(listener);
        peer
    }

    fn serve(&mut self, listener: TcpListener) {
        let waiting = self.waiting.clone();
        self.serving = Some(tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let Ok(mut socket) = accept_async(stream).await else {
                    continue;
                };
                loop {
                    let next = waiting.0.lock().unwrap().pop_front();
                    if let Some(message) = next {
                        if socket.send(Message::text(message)).await.is_err() {
                            break;
                        }
                        continue;
                    }
                    tokio::select! {
                        () = waiting.1.notified() => {}
                        heard = socket.next() => if !matches!(heard, Some(Ok(_))) { break },
                    }
                }
            }
        }));
    }

    fn put(&self, message: String) {
        self.waiting.0.lock().unwrap().push_back(message);
        self.waiting.1.notify_one();
    }

    async fn taken(&self) {
        until("the connector takes all", || {
            self.waiting.0.lock().unwrap().is_empty()
        })
        .await;
    }
}

impl Rig for Peer {
    fn connector(&self) -> Box<dyn Connector> {
        let url = format!("ws://{}/node/1", self.address);
        let points = json!({ "Number": POINT });
        let config = json!({ "url": url, "equipment": EQUIPMENT, "points": points });
        let config: ThingSetWsConfig = serde_json::from_value(config).unwrap();
        Box::new(config.into_connector().unwrap())
    }

    async fn send(&mut self, numbers: Range<u32>) {
        numbers.for_each(|number| self.put(format!("#m {{\"Number\":{number}}}")));
        self.taken().await;
    }

    async fn send_garbage(&mut self, count: u32) {
        let garbage = ["#", "#m {", ":85 {}", "\u{0}", "{}"];
        (0..count).for_each(|i| self.put(garbage[i as usize % garbage.len()].to_owned()));
        self.taken().await;
    }

    async fn stop_peer(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    async fn start_peer(&mut self) {
        let listener = loop {
            match TcpListener::bind(&self.address).await {
                Ok(listener) => break listener,
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        };
        self.serve(listener);
    }
}

macro_rules! keeps {
    ($($promise:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $promise() {
            conformance::$promise(Peer::new().await).await;
        }
    )+};
}

keeps!(
    an_absent_sink_is_waited_for,
    the_session_comes_back_after_the_peer,
    garbage_is_refused_and_stops_nothing,
    a_closed_sink_ends_the_session,
    a_stop_settles_what_is_in_work,
);
