//! Devices that publish as fast as they are acknowledged: raw MQTT 3.1.1, nothing but bytes.
//!
//! Written by hand because client libraries cost more per message than the servers measured.

use anyhow::{Context, Result, ensure};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// Who publishes, and how.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Connections.
    pub devices: usize,
    /// Unacknowledged messages of each.
    pub in_flight: u16,
    /// Before counting begins.
    pub warm_up: Duration,
    /// While counting.
    pub measured: Duration,
}

/// What came back.
#[derive(Debug, Clone, Copy)]
pub struct Throughput {
    /// Messages acknowledged in the measured time.
    pub acknowledged: u64,
    /// With those of the warm-up.
    pub all: u64,
    /// The measured time.
    pub elapsed: Duration,
}

impl Throughput {
    /// Acknowledged messages a second.
    pub fn per_second(&self) -> f64 {
        self.acknowledged as f64 / self.elapsed.as_secs_f64()
    }
}

impl Load {
    /// Publishes with QoS 1 until the time is over; counts the acknowledgements of the measured time.
    pub async fn run(&self, server: SocketAddr) -> Result<Throughput> {
        let mut devices = JoinSet::new();
        for number in 0..self.devices {
            let device = Device::connect(server, number, self.in_flight).await?;
            let load = *self;
            devices.spawn(async move { device.publish(load).await });
        }
        let mut total = Throughput {
            acknowledged: 0,
            all: 0,
            elapsed: Duration::ZERO,
        };
        while let Some(device) = devices.join_next().await {
            let device = device??;
            total.acknowledged += device.acknowledged;
            total.all += device.all;
            total.elapsed = total.elapsed.max(device.elapsed);
        }
        Ok(total)
    }
}

/// Two readings; the zeros of the first become the packet id, so that values change.
const PAYLOAD: &[u8] = br#"{"power_w":100000.5,"energy_kwh":98765.4,"status":"OK"}"#;
const VALUE_AT: usize = r#"{"power_w":1"#.len();

/// What the devices sign in with; mosquitto asks nobody.
pub const PASSWORD: &str = "the password of the load";

struct Device {
    stream: TcpStream,
    /// One PUBLISH; packet id and value are written over.
    packet: Vec<u8>,
    id_at: usize,
    value_at: usize,
    in_flight: u16,
}

impl Device {
    async fn connect(server: SocketAddr, number: usize, in_flight: u16) -> Result<Self> {
        let mut stream = TcpStream::connect(server).await?;
        stream.set_nodelay(true)?;
        stream.write_all(&connect(number)).await?;
        let mut connack = [0; 4];
        stream.read_exact(&mut connack).await?;
        ensure!(connack[3] == 0, "refused with code {}", connack[3]);
        let topic = format!("site/meter-{number:02}/state");
        let mut body = text(&topic);
        let id_at = 2 + body.len();
        body.extend([0, 0]);
        let value_at = 2 + body.len() + VALUE_AT;
        body.extend(PAYLOAD);
        Ok(Self {
            stream,
            packet: packet(0x32, &body)?,
            id_at,
            value_at,
            in_flight,
        })
    }

    async fn publish(mut self, load: Load) -> Result<Throughput> {
        let mut output = Vec::new();
        let mut input = vec![0; 64 << 10];
        let (mut kept, mut next_id) = (0, 0);
        self.fill(&mut output, self.in_flight, &mut next_id);
        self.stream.write_all(&output).await?;
        let counting_from = Instant::now() + load.warm_up;
        let until = counting_from + load.measured;
        let (mut acknowledged, mut all) = (0, 0);
        loop {
            let read = self.stream.read(&mut input[kept..]).await?;
            ensure!(read > 0, "the server closed the connection");
            let whole = (kept + read) / 4;
            let now = Instant::now();
            if now >= until {
                let elapsed = now - counting_from;
                return Ok(Throughput {
                    acknowledged,
                    all,
                    elapsed,
                });
            }
            check_acknowledgements(&input[..whole * 4])?;
            all += whole as u64;
            if now >= counting_from {
                acknowledged += whole as u64;
            }
            input.copy_within(whole * 4..kept + read, 0);
            kept = kept + read - whole * 4;
            output.clear();
            self.fill(&mut output, u16::try_from(whole)?, &mut next_id);
            self.stream.write_all(&output).await?;
        }
    }

    fn fill(&mut self, output: &mut Vec<u8>, count: u16, next_id: &mut u16) {
        for _ in 0..count {
            *next_id = next_id.checked_add(1).unwrap_or(1);
            self.packet[self.id_at..self.id_at + 2].copy_from_slice(&next_id.to_be_bytes());
            let (mut at, mut rest) = (self.value_at + 5, *next_id);
            while at > self.value_at {
                at -= 1;
                self.packet[at] = b'0' + (rest % 10) as u8;
                rest /= 10;
            }
            output.extend_from_slice(&self.packet);
        }
    }
}

/// All that comes must be PUBACK: `40 02 id id`.
fn check_acknowledgements(bytes: &[u8]) -> Result<()> {
    let stray = bytes
        .chunks_exact(4)
        .find(|packet| packet[..2] != [0x40, 2]);
    ensure!(stray.is_none(), "no PUBACK: {stray:?}");
    Ok(())
}

fn connect(number: usize) -> Vec<u8> {
    let mut body = text("MQTT");
    body.extend([4, 0xC2, 0, 0]);
    body.extend(text(&format!("load-{number}")));
    body.extend(text("bench/load"));
    body.extend(text(PASSWORD));
    let mut bytes = vec![0x10, body.len() as u8];
    bytes.append(&mut body);
    bytes
}

fn packet(first: u8, body: &[u8]) -> Result<Vec<u8>> {
    let length = u8::try_from(body.len()).context("a packet of one length byte")?;
    ensure!(length < 128, "a packet of one length byte");
    let mut bytes = vec![first, length];
    bytes.extend(body);
    Ok(bytes)
}

fn text(text: &str) -> Vec<u8> {
    let mut bytes = (text.len() as u16).to_be_bytes().to_vec();
    bytes.extend(text.as_bytes());
    bytes
}
