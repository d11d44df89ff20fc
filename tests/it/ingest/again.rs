//! An override that comes again, marked as a duplicate, over connections that the endpoint does not remember.

use super::commands::{DEVICES, OVERRIDE, plant, served_with};
use super::workshop::{PASSWORD, Workshop};
use crate::support::Backend;
use crate::tenancy::home::Home;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use vigie::store::tenant::commands as table;

const FORCE: &str = r#"{"cmd":"FORCE"}"#;

/// The desk, byte by byte (MQTT 3.1.1): clients that can be had do not say when they repeat.
struct Desk(TcpStream);

impl Desk {
    /// Connects anew, with a clean session.
    async fn call(port: u16) -> Self {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut body = b"\0\x04MQTT\x04\xc2\0\x3c".to_vec();
        for text in ["desk", "plant/desk", PASSWORD] {
            body.extend(text_of(text));
        }
        stream.write_all(&packet(0x10, &body)).await.unwrap();
        let mut answer = [0; 4];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(answer, [0x20, 2, 0, 0], "it is let in");
        Self(stream)
    }

    /// Publishes an override with QoS 1 and waits for its acknowledgement.
    async fn force(&mut self, id: u16, is_again: bool) {
        let mut body = text_of("admin/override");
        body.extend(id.to_be_bytes());
        body.extend(FORCE.as_bytes());
        let kind = if is_again { 0x3a } else { 0x32 };
        self.0.write_all(&packet(kind, &body)).await.unwrap();
        let mut answer = [0; 4];
        self.0.read_exact(&mut answer).await.unwrap();
        let [high, low] = id.to_be_bytes();
        assert_eq!(answer, [0x40, 2, high, low]);
    }
}

fn text_of(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).unwrap();
    [&length.to_be_bytes()[..], text.as_bytes()].concat()
}

fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).unwrap();
    assert!(length < 128, "one byte says how long it is");
    [&[kind, length], body].concat()
}

async fn commands(shop: &Workshop) -> usize {
    let db = shop.client.scope().db();
    table::list(db, i64::MAX, 10).await.unwrap().len()
}

async fn an_override_that_comes_again_is_obeyed_once(backend: Backend) {
    let home = Home::new(backend).await;
    let manifest = plant("20s", DEVICES) + OVERRIDE;
    let (shop, broker, port) = served_with(&home, &manifest).await;
    Desk::call(port).await.force(7, false).await;
    assert_eq!(commands(&shop).await, 1);
    Desk::call(port).await.force(7, true).await;
    assert_eq!(commands(&shop).await, 1, "the same message again");
    let mut desk = Desk::call(port).await;
    desk.force(8, true).await;
    assert_eq!(commands(&shop).await, 2, "whose first try never came");
    desk.force(7, false).await;
    assert_eq!(commands(&shop).await, 3, "the same words, meant anew");
    broker.close().await;
    shop.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_is_obeyed_once_on_sqlite() {
    an_override_that_comes_again_is_obeyed_once(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_override_is_obeyed_once_on_postgres() {
    an_override_that_comes_again_is_obeyed_once(Backend::Postgres).await;
}
