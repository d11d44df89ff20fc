//! MQTT QoS 1 through mosquitto: what we make durable and acknowledge, beside a bare subscriber.
//!
//! The messages wait in the broker for a session that is away; then the session comes and
//! takes them. So the publisher costs nothing while it is measured, and both get the same.

use crate::broker::{Broker, IN_FLIGHT};
use crate::installation::Installation;
use crate::report::{Goal, Peer, Report};
use anyhow::{Result, ensure};
use rumqttc::{Event, Packet, QoS};
use std::collections::VecDeque;
use std::time::{Duration, Instant};
use vigie::domain::{Clock, SystemClock, Timestamp};
use vigie::ingest::Health;

const DEVICES: usize = 100;
const FILTER: &str = "bench/+/status";

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Messages that wait in the broker.
    #[arg(long, default_value_t = 200_000)]
    messages: usize,
    /// Rounds; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

/// Measures both subscribers, alternately.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("mqtt: QoS 1 through mosquitto");
    report.notes.push(format!(
        "{} messages of {DEVICES} devices wait in mosquitto, JSON of about 70 bytes with a time and two values; {IN_FLIGHT} in flight; \
         median of {} rounds, alternating",
        options.messages, options.rounds
    ));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..options.rounds {
        theirs.push(bare(options.messages).await?);
        ours.push(durable(options.messages, round).await?);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    let peer = Peer {
        name: "bare rumqttc, manual acks".to_owned(),
        value: theirs,
    };
    report.add(
        "durable on SQLite and acknowledged",
        ours,
        "messages/s",
        Some(peer),
        Some(Goal::AtLeast((0.8 * theirs).round())),
    );
    Ok(report)
}

/// Messages a second of a subscriber that acknowledges and throws away.
async fn bare(messages: usize) -> Result<f64> {
    let broker = Broker::start().await?;
    let (client, mut events) = broker.client("bare", false);
    client.subscribe(FILTER, QoS::AtLeastOnce).await?;
    while !matches!(events.poll().await?, Event::Incoming(Packet::SubAck(_))) {}
    drop((client, events));
    broker.fill(load(messages)).await?;

    let (client, mut events) = broker.client("bare", false);
    let mut began = Instant::now();
    // The client reads faster than it takes acknowledgements: those that find no room wait here.
    let mut waiting = VecDeque::new();
    let mut acknowledged = 0;
    while acknowledged < messages {
        match events.poll().await? {
            Event::Incoming(Packet::ConnAck(_)) => began = Instant::now(),
            Event::Incoming(Packet::Publish(publish)) => waiting.push_back(publish),
            _ => {}
        }
        while waiting
            .front()
            .is_some_and(|first| client.try_ack(first).is_ok())
        {
            waiting.pop_front();
            acknowledged += 1;
        }
    }
    Ok(messages as f64 / began.elapsed().as_secs_f64())
}

/// Messages a second that are committed.
async fn durable(messages: usize, round: usize) -> Result<f64> {
    let broker = Broker::start().await?;
    let manifest = manifest(broker.port);
    let purpose = format!("mqtt-{round}");
    let installation = Installation::open(&purpose, &manifest).await?;
    until(|| is_connected(&installation)).await?;
    installation.close().await;
    broker.fill(load(messages)).await?;

    let installation = Installation::open(&purpose, &manifest).await?;
    until(|| is_connected(&installation)).await?;
    let began = Instant::now();
    until(|| installation.client.ingest().stats().stored >= 2 * messages as u64).await?;
    let rate = messages as f64 / began.elapsed().as_secs_f64();
    let stats = installation.client.ingest().stats();
    ensure!(stats.refused == 0, "{} values were refused", stats.refused);
    let folder = installation.close().await;
    std::fs::remove_dir_all(folder)?;
    Ok(rate)
}

fn is_connected(installation: &Installation) -> bool {
    let connections = installation.client.connections();
    connections
        .iter()
        .any(|view| view.status.health == Health::Connected)
}

async fn until(is_so: impl Fn() -> bool) -> Result<()> {
    let began = Instant::now();
    while !is_so() {
        ensure!(
            began.elapsed() < Duration::from_secs(120),
            "waited two minutes in vain"
        );
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

fn load(messages: usize) -> impl Iterator<Item = (String, String)> + Send {
    let start = SystemClock.now().as_millis() - 3_600_000;
    (0..messages).map(move |n| {
        let (device, tick) = (n % DEVICES, (n / DEVICES) as i64);
        let at = Timestamp::from_millis(start + tick * 100).as_millis();
        let (voltage, current) = (50.0 + (n % 37) as f64 / 10.0, (n % 91) as f64 / 10.0 - 4.0);
        let payload =
            format!(r#"{{"ts":{at},"voltage":{voltage:.1},"current":{current:.1},"state":"OK"}}"#);
        (format!("bench/d{device:02}/status"), payload)
    })
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn manifest(port: u16) -> String {
    format!(
        r#"
[client]
slug = "bench"
name = "Bench"
locale = "en"
time_zone = "Europe/Paris"

[[sites]]
key = "site"
name = "Site"

[[types]]
key = "device"
name = "Device"
points = [
  {{ key = "voltage", name = "Voltage", kind = "number", unit = "V" }},
  {{ key = "current", name = "Current", kind = "number", unit = "A" }},
]

[[equipment]]
keys = "d00..d99"
name = "Device {{key}}"
site = "site"
type = "device"

[[connections]]
key = "broker"
name = "Broker"
protocol = "mqtt"
url = "mqtt://127.0.0.1:{port}"
inflight = {IN_FLIGHT}

[[connections.routes]]
topic = "bench/{{equipment}}/status"
time = "/ts"
points.voltage = {{ at = "/voltage" }}
points.current = {{ at = "/current" }}
"#
    )
}
