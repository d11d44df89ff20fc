//! The built-in MQTT endpoint under QoS 1 load, beside mosquitto.
//!
//! Servers are processes of their own, so that their processor time can be told from the
//! load's; load and server share the machine. Ours acknowledge after a commit (a group commit
//! every 20 ms, or the real engine on SQLite); mosquitto acknowledges what it has in memory.

mod load;
mod platform;
mod server;

use crate::machine::tree_cpu;
use crate::report::{Goal, Peer, Report};
use anyhow::Result;
use load::Load;
use server::{Kind, Server};
use std::time::Duration;

/// Acknowledged messages a second that must be reached on two cores.
const GOAL: f64 = 150_000.0;
const DEVICES: usize = 50;

/// What may be chosen.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Seconds counted of each round.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Rounds of each server, taken in turns; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Be one of the servers (how the bench starts them).
    #[arg(long, hide = true)]
    serve: Option<Kind>,
}

/// What one round cost and brought.
#[derive(Debug, Clone, Copy)]
struct Round {
    per_second: f64,
    cpu_us_per_message: f64,
}

/// Measures every server at every depth.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("endpoint: QoS 1 messages acknowledged");
    if let Some(kind) = options.serve {
        server::be(kind).await?;
        std::process::exit(0); // Nothing to report: the parent has the figures.
    }
    report.notes.push(server::mosquitto_version()?);
    report.notes.push(format!(
        "{DEVICES} devices of one process on the same machine, MQTT 3.1.1, QoS 1, JSON of 55 bytes, {} s a round, \
         median of {} rounds taken in turns; mosquitto commits nothing (persistence off, no limits in flight)",
        options.seconds, options.rounds
    ));
    for in_flight in [100, 1000] {
        measure(&mut report, options, in_flight).await?;
    }
    Ok(report)
}

async fn measure(report: &mut Report, options: &Options, in_flight: u16) -> Result<()> {
    let load = Load {
        devices: DEVICES,
        in_flight,
        warm_up: Duration::from_secs(1),
        measured: Duration::from_secs(options.seconds),
    };
    let mut rounds: [Vec<Round>; 3] = Default::default();
    for _ in 0..options.rounds {
        for (kind, rounds) in Kind::ALL.into_iter().zip(&mut rounds) {
            rounds.push(round(kind, load).await?);
        }
    }
    let [group, engine, mosquitto] = rounds;
    add(
        report,
        &format!("after a 20 ms group commit, {in_flight} in flight each"),
        &group,
        &mosquitto,
        None,
    );
    add(
        report,
        &format!("after the engine's commit on SQLite, {in_flight} in flight each"),
        &engine,
        &mosquitto,
        Some(Goal::AtLeast(GOAL)),
    );
    Ok(())
}

async fn round(kind: Kind, load: Load) -> Result<Round> {
    let server = Server::start(kind).await?;
    let before = tree_cpu(server.pid());
    let throughput = load.run(server.address).await?;
    let cpu = tree_cpu(server.pid()) - before;
    server.stop().await?;
    Ok(Round {
        per_second: throughput.per_second(),
        cpu_us_per_message: cpu * 1e6 / throughput.all as f64,
    })
}

fn add(report: &mut Report, name: &str, ours: &[Round], theirs: &[Round], goal: Option<Goal>) {
    let peer = |value: fn(&Round) -> f64| Peer {
        name: "mosquitto, no commit".to_owned(),
        value: median(theirs, value),
    };
    let rate: fn(&Round) -> f64 = |round| round.per_second;
    let cpu: fn(&Round) -> f64 = |round| round.cpu_us_per_message;
    report.add(
        name,
        median(ours, rate),
        "messages/s",
        Some(peer(rate)),
        goal,
    );
    let name = format!("processor time of the server, {name}");
    report.add(name, median(ours, cpu), "µs/message", Some(peer(cpu)), None);
}

fn median(rounds: &[Round], value: fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
