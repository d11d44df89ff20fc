//! A client that speaks bytes, written from the standard and from nothing of ours.

use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use vigie_mqtt_endpoint::Broker;

/// What to say in CONNECT.
#[derive(Clone)]
pub struct Connect {
    pub version: u8,
    pub client_id: &'static str,
    pub clean: bool,
    pub keep_alive: u16,
    pub user: &'static str,
    pub properties: Vec<u8>,
    /// Flags of the will (QoS and retain bits of the CONNECT flags), properties, topic, payload.
    pub will: Option<(u8, Vec<u8>, &'static str, &'static str)>,
}

impl Connect {
    pub fn v3(client_id: &'static str) -> Self {
        Self {
            version: 4,
            client_id,
            clean: true,
            keep_alive: 0,
            user: "acme/device",
            properties: Vec::new(),
            will: None,
        }
    }

    pub fn v5(client_id: &'static str) -> Self {
        Self {
            version: 5,
            ..Self::v3(client_id)
        }
    }

    /// A session that outlives its connection.
    pub fn lasting(mut self) -> Self {
        self.clean = false;
        if self.version == 5 {
            self.properties = property(0x11, &3600_u32.to_be_bytes());
        }
        self
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut flags = 0xC0 | (u8::from(self.clean) << 1);
        let mut body = text("MQTT");
        body.push(self.version);
        flags |= self.will.as_ref().map_or(0, |(will, ..)| 0x04 | will);
        body.push(flags);
        body.extend(self.keep_alive.to_be_bytes());
        self.put_properties(&self.properties, &mut body);
        body.extend(text(self.client_id));
        if let Some((_, properties, topic, payload)) = &self.will {
            self.put_properties(properties, &mut body);
            body.extend(text(topic));
            body.extend(text(payload));
        }
        body.extend(text(self.user));
        body.extend(text("secret"));
        packet(0x10, &body)
    }

    fn put_properties(&self, properties: &[u8], body: &mut Vec<u8>) {
        if self.version == 5 {
            body.extend(variable_length(properties.len()));
            body.extend(properties);
        }
    }
}

/// A packet off the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Type and flags.
    pub first: u8,
    pub body: Vec<u8>,
}

/// One connection to a server inside the test.
pub struct Raw {
    pub io: DuplexStream,
    pub stop: CancellationToken,
}

impl Raw {
    /// Opens a stream and says nothing yet.
    pub fn open(broker: &Arc<Broker>) -> Self {
        Self::open_with_buffer(broker, 1 << 20)
    }

    pub fn open_with_buffer(broker: &Arc<Broker>, bytes: usize) -> Self {
        let (io, server_side) = duplex(bytes);
        let stop = CancellationToken::new();
        let (broker, stopped) = (broker.clone(), stop.clone());
        tokio::spawn(async move { broker.connection(server_side, None, stopped).await });
        Self { io, stop }
    }

    /// Connects and is let in; also gives the CONNACK.
    pub async fn connect(broker: &Arc<Broker>, connect: &Connect) -> (Self, Received) {
        let mut raw = Self::open(broker);
        raw.send(&connect.bytes()).await;
        let connack = raw.next().await.expect("a CONNACK");
        assert_eq!((connack.first, connack.body[1]), (0x20, 0), "{connack:?}");
        (raw, connack)
    }

    pub async fn send(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.expect("the server reads");
    }

    /// The next packet, or `None` when the server closed.
    pub async fn next(&mut self) -> Option<Received> {
        let reading = self.read_packet();
        let patience = Duration::from_secs(60);
        timeout(patience, reading)
            .await
            .expect("a packet or the end")
    }

    /// Nothing arrives for a while (of paused time).
    pub async fn hears_nothing(&mut self) {
        let reading = timeout(Duration::from_millis(200), self.read_packet()).await;
        assert!(reading.is_err(), "heard {reading:?}");
    }

    /// Collects what was on its way: a PINGRESP may overtake it, a second one cannot.
    pub async fn all_until_pong(&mut self) -> Vec<Received> {
        let mut before = Vec::new();
        for _ in 0..2 {
            self.send(&[0xC0, 0]).await;
            loop {
                let received = self.next().await.expect("the connection lives");
                if received.first == 0xD0 {
                    break;
                }
                before.push(received);
            }
        }
        before
    }

    /// Subscribes to one filter with these options; gives the reason code.
    pub async fn subscribe(&mut self, version: u8, filter: &str, options: u8) -> u8 {
        self.send(&subscribe(version, 7, &[], &[(filter, options)]))
            .await;
        let suback = self.next().await.expect("a SUBACK");
        assert_eq!(suback.first, 0x90, "{suback:?}");
        *suback.body.last().expect("a reason code")
    }

    async fn read_packet(&mut self) -> Option<Received> {
        let first = self.io.read_u8().await.ok()?;
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = self.io.read_u8().await.ok()?;
            length |= usize::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.io.read_exact(&mut body).await.ok()?;
        Some(Received { first, body })
    }
}

impl Received {
    /// Topic and payload of a PUBLISH; MQTT 5 properties are cut away.
    pub fn message(&self, version: u8) -> (String, String) {
        let (topic, _, _, payload) = self.parts(version);
        (topic, payload)
    }

    /// The packet id of a PUBLISH of QoS 1 or 2.
    pub fn id(&self, version: u8) -> u16 {
        self.parts(version).1
    }

    pub fn properties(&self) -> Vec<u8> {
        self.parts(5).2
    }

    fn parts(&self, version: u8) -> (String, u16, Vec<u8>, String) {
        assert_eq!(self.first & 0xF0, 0x30, "a PUBLISH, not {self:?}");
        let (topic_length, rest) = self.body.split_at(2);
        let topic_length = usize::from(u16::from_be_bytes([topic_length[0], topic_length[1]]));
        let (topic, mut rest) = rest.split_at(topic_length);
        let mut id = 0;
        if self.first & 0x06 != 0 {
            id = u16::from_be_bytes([rest[0], rest[1]]);
            rest = &rest[2..];
        }
        let mut properties = Vec::new();
        if version == 5 {
            let length = usize::from(rest[0]);
            properties = rest[1..=length].to_vec();
            rest = &rest[1 + length..];
        }
        let string = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (string(topic), id, properties, string(rest))
    }
}

/// A packet: first byte, remaining length, body.
pub fn packet(first: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    bytes.extend(variable_length(body.len()));
    bytes.extend(body);
    bytes
}

/// PUBLISH with these flags (`0x02` is QoS 1, `0x01` retain, `0x08` dup); `id` 0 means none.
pub fn publish(version: u8, flags: u8, topic: &str, id: u16, payload: &str) -> Vec<u8> {
    let mut body = text(topic);
    if id != 0 {
        body.extend(id.to_be_bytes());
    }
    if version == 5 {
        body.push(0);
    }
    body.extend(payload.as_bytes());
    packet(0x30 | flags, &body)
}

/// SUBSCRIBE to filters with their options.
pub fn subscribe(version: u8, id: u16, properties: &[u8], filters: &[(&str, u8)]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    if version == 5 {
        body.extend(variable_length(properties.len()));
        body.extend(properties);
    }
    for (filter, options) in filters {
        body.extend(text(filter));
        body.push(*options);
    }
    packet(0x82, &body)
}

/// A length-prefixed string.
pub fn text(text: &str) -> Vec<u8> {
    let mut bytes = u16::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}

/// A MQTT 5 property.
pub fn property(id: u8, value: &[u8]) -> Vec<u8> {
    let mut bytes = vec![id];
    bytes.extend(value);
    bytes
}

fn variable_length(mut length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(length & 0x7f).unwrap();
        length >>= 7;
        bytes.push(low | if length > 0 { 0x80 } else { 0 });
        if length == 0 {
            return bytes;
        }
    }
}
