//! A device that speaks MQTT 3.1.1 by its own few bytes, so that a test knows exactly
//! which messages were acknowledged, whatever happened to the connection.

use std::io;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::timeout;

const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH_AT_LEAST_ONCE: u8 = 0x32;
const PUBACK: u8 = 0x40;
const CLEAN_SESSION: u8 = 0x02;
const USERNAME_AND_PASSWORD: u8 = 0xC0;
const PATIENCE: Duration = Duration::from_secs(5);

/// The sending half.
pub struct Sender(OwnedWriteHalf);

/// The half that receives acknowledgements.
pub struct Acks(BufReader<OwnedReadHalf>);

/// Who connects.
#[derive(Debug, Clone)]
pub struct Login {
    /// `client/device` at the built-in endpoint; empty where anybody may connect.
    pub username: String,
    pub password: String,
    pub client_id: String,
}

/// Connects; fails like the network does.
pub async fn connect(port: u16, login: &Login) -> io::Result<(Sender, Acks)> {
    let stream = timeout(PATIENCE, TcpStream::connect(("127.0.0.1", port))).await??;
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    write.write_all(&connect_packet(login)).await?;
    let mut acks = Acks(BufReader::new(read));
    let (kind, body) = timeout(PATIENCE, acks.packet()).await??;
    match (kind, body.as_slice()) {
        (CONNACK, [_, 0]) => Ok((Sender(write), acks)),
        _ => Err(io::Error::other(format!(
            "refused: packet {kind:#x} {body:?}"
        ))),
    }
}

impl Sender {
    /// Sends one QoS 1 message under a packet id that is not in flight.
    pub async fn publish(&mut self, topic: &str, payload: &[u8], packet_id: u16) -> io::Result<()> {
        let mut body = Vec::with_capacity(topic.len() + payload.len() + 4);
        string(&mut body, topic);
        body.extend(packet_id.to_be_bytes());
        body.extend(payload);
        self.0
            .write_all(&packet(PUBLISH_AT_LEAST_ONCE, &body))
            .await
    }
}

impl Acks {
    /// The packet id of the next acknowledgement.
    pub async fn next(&mut self) -> io::Result<u16> {
        loop {
            let (kind, body) = self.packet().await?;
            if let (PUBACK, [high, low, ..]) = (kind, body.as_slice()) {
                return Ok(u16::from_be_bytes([*high, *low]));
            }
        }
    }

    async fn packet(&mut self) -> io::Result<(u8, Vec<u8>)> {
        let kind = self.0.read_u8().await?;
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let byte = self.0.read_u8().await?;
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await?;
        Ok((kind, body))
    }
}

/// MQTT 3.1.1, section 3.1: keep-alive off, a session that ends with the connection.
fn connect_packet(login: &Login) -> Vec<u8> {
    let mut body = Vec::new();
    string(&mut body, "MQTT");
    let named = !login.username.is_empty();
    body.push(4);
    body.push(CLEAN_SESSION | if named { USERNAME_AND_PASSWORD } else { 0 });
    body.extend([0, 0]);
    string(&mut body, &login.client_id);
    if named {
        string(&mut body, &login.username);
        string(&mut body, &login.password);
    }
    packet(CONNECT, &body)
}

/// The fixed header of section 2.2 before a body.
fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    let mut rest = body.len();
    loop {
        let more = if rest > 0x7F { 0x80 } else { 0 };
        bytes.push((rest & 0x7F) as u8 | more);
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    bytes.extend(body);
    bytes
}

fn string(body: &mut Vec<u8>, text: &str) {
    body.extend((text.len() as u16).to_be_bytes());
    body.extend(text.as_bytes());
}
