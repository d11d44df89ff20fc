//! Modbus TCP: 10,000 registers a second from 50 devices, beside the bare crate.
//!
//! The devices answer on a thread of their own, whose processor time is taken off.

mod devices;

use crate::installation::Installation;
use crate::machine;
use crate::report::{Goal, Peer, Report};
use anyhow::{Context, Result, ensure};
use devices::Devices;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};
use tokio_modbus::client::tcp;
use tokio_modbus::prelude::{Reader, Slave};
use vigie::ingest::Health;

const DEVICES: usize = 50;
const REGISTERS: u16 = 200;
/// The most one read brings.
const AT_ONCE: u16 = 100;
const GOAL_CORES: f64 = 0.3;

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds that are measured.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// Measures both, one after the other.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("modbus: 50 devices, 200 registers each, every second");
    report.notes.push(format!(
        "{DEVICES} devices on one thread whose processor time is taken off; {} s each; ours decodes, stores on SQLite and keeps the newest values",
        options.seconds
    ));
    let span = Duration::from_secs(options.seconds);
    let bare = bare(span).await?;
    let ours = durable(span).await?;
    let peer = |value| Peer {
        name: "bare tokio-modbus, answers thrown away".to_owned(),
        value,
    };
    let wanted = f64::from(REGISTERS) * DEVICES as f64;
    report.add(
        "registers a second, durable",
        ours.rate,
        "registers/s",
        Some(peer(bare.rate)),
        Some(Goal::AtLeast((0.98 * wanted).round())),
    );
    report.add(
        "processor time",
        ours.cores,
        "cores",
        Some(peer(bare.cores)),
        Some(Goal::AtMost(GOAL_CORES)),
    );
    report.add(
        "processor time of a register",
        1e6 * ours.cores / ours.rate,
        "µs",
        Some(peer(1e6 * bare.cores / bare.rate)),
        None,
    );
    Ok(report)
}

struct Measured {
    /// Registers a second.
    rate: f64,
    cores: f64,
}

/// Processor time of this process without its devices.
fn own_cpu(devices: &Devices) -> f64 {
    machine::own_cpu() - devices.cpu()
}

async fn bare(span: Duration) -> Result<Measured> {
    let devices = Devices::start(DEVICES)?;
    let (began, cpu) = (Instant::now(), own_cpu(&devices));
    let mut readers = JoinSet::new();
    for &port in devices.ports() {
        readers.spawn(async move {
            let address = ([127, 0, 0, 1], port).into();
            let mut link = tcp::connect_slave(address, Slave(1)).await?;
            let mut ticks = interval(Duration::from_secs(1));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            let mut registers = 0;
            while began.elapsed() < span {
                ticks.tick().await;
                for start in (0..REGISTERS).step_by(AT_ONCE.into()) {
                    registers += link.read_holding_registers(start, AT_ONCE).await??.len();
                }
            }
            anyhow::Ok(registers)
        });
    }
    let mut registers = 0;
    while let Some(read) = readers.join_next().await {
        registers += read??;
    }
    let seconds = began.elapsed().as_secs_f64();
    Ok(Measured {
        rate: registers as f64 / seconds,
        cores: (own_cpu(&devices) - cpu) / seconds,
    })
}

async fn durable(span: Duration) -> Result<Measured> {
    let devices = Devices::start(DEVICES)?;
    let installation = Installation::open("modbus", &manifest(devices.ports())).await?;
    let began = Instant::now();
    while !all_connected(&installation) {
        ensure!(
            began.elapsed() < Duration::from_secs(60),
            "waited a minute in vain"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let stored = || installation.client.ingest().stats().stored;
    let (began, cpu, before) = (Instant::now(), own_cpu(&devices), stored());
    tokio::time::sleep(span).await;
    let seconds = began.elapsed().as_secs_f64();
    let measured = Measured {
        rate: (stored() - before) as f64 / seconds,
        cores: (own_cpu(&devices) - cpu) / seconds,
    };
    let refused = installation.client.ingest().stats().refused;
    ensure!(refused == 0, "{refused} values were refused");
    let folder = installation.close().await;
    std::fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    Ok(measured)
}

fn all_connected(installation: &Installation) -> bool {
    let connections = installation.client.connections();
    let connected = connections
        .iter()
        .filter(|view| view.status.health == Health::Connected);
    connected.count() == DEVICES
}

fn manifest(ports: &[u16]) -> String {
    let points: Vec<String> = (0..REGISTERS)
        .map(|n| format!(r#"  {{ key = "p{n}", name = "Point {n}", kind = "number" }},"#))
        .collect();
    let registers: Vec<String> = (0..REGISTERS)
        .map(|n| format!(r#"  {{ point = "p{n}", address = {n}, scale = 0.1 }},"#))
        .collect();
    let connections: Vec<String> = ports
        .iter()
        .enumerate()
        .map(|(n, port)| {
            format!(
                r#"
[[connections]]
key = "d{n:02}"
name = "Device {n}"
protocol = "modbus"
address = "127.0.0.1:{port}"
every = "1s"
max_registers = {AT_ONCE}
[[connections.devices]]
unit = 1
equipment = "d{n:02}"
registers = [
{}
]
"#,
                registers.join("\n")
            )
        })
        .collect();
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
{}
]

[[equipment]]
keys = "d00..d49"
name = "Device {{key}}"
site = "site"
type = "device"
{}"#,
        points.join("\n"),
        connections.join("\n")
    )
}
