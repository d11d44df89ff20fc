//! The reads behind the overview, for as many people at once as an office tower holds: each asks
//! once a second on a connection of their own, in time or not.
//!
//! The server is a process of its own; beside it stands one that answers the same crowd with a
//! fixed text, so that what the machine and the crowd itself cost is known.

mod crowd;
mod stage;

use crate::child::{self, Server, free_port};
use crate::report::{Goal, Peer, Report};
use anyhow::Result;
use clap::Args;
use crowd::{Crowd, Delays};
use stage::Stage;
use std::process::Command;
use std::time::Duration;

const P95_MS: f64 = 20.0;
const MEMORY_MB: f64 = 200.0;
/// What the overview of a portal reads, page and programs alike.
const READS: [&str; 5] = [
    "/",
    "/api/v1/sites",
    "/api/v1/map",
    "/api/v1/equipment?limit=100",
    "/api/v1/points?limit=100",
];

/// What is measured.
#[derive(Debug, Args)]
pub struct Options {
    /// People who ask once a second, each signed in and on a connection of their own
    #[arg(long, default_value_t = 1_500)]
    users: usize,
    /// Points of the client
    #[arg(long, default_value_t = 2_000)]
    points: usize,
    /// Seconds that are measured, after a warm-up
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// Measures on a fresh SQLite folder.
pub async fn run(options: &Options) -> Result<Report> {
    let mut report = Report::new("Portal: the reads behind the overview");
    report.notes.push(format!(
        "{} people on kept connections, one request a second each, in turn {}; {} points; SQLite; \
         delays count from the moment a request was due; crowd and server share the machine",
        options.users,
        READS.join(" "),
        options.points,
    ));
    let mut plain = of_static(options).await?;
    let peer = |value| Peer {
        name: "a handler with a fixed text".to_owned(),
        value,
    };
    let stage = Stage::set(options.users, options.points).await?;
    let server = stage.serve().await?;
    stage.tell_values(&server).await?;
    let before = server.cpu();
    let began = std::time::Instant::now();
    let mut ours = ask(options, server.port, Stage::cookie_line).await?;
    let cores = (server.cpu() - before) / began.elapsed().as_secs_f64();
    let goal = Goal::AtMost(P95_MS);
    for (percent, goal) in [(50.0, None), (95.0, Some(goal)), (99.0, None)] {
        let fixed = peer(plain.percentile(percent));
        let value = ours.percentile(percent);
        report.add(format!("p{percent}"), value, "ms", Some(fixed), goal);
    }
    report.add(
        "answers a second",
        ours.rate(),
        "1/s",
        Some(peer(plain.rate())),
        None,
    );
    report.add("processor of the server", cores, "cores", None, None);
    let memory = server.most_resident_mb();
    report.add(
        "memory of the server, at most",
        memory,
        "MB",
        None,
        Some(Goal::AtMost(MEMORY_MB)),
    );
    Ok(report)
}

/// The same crowd before the handler with a fixed text.
async fn of_static(options: &Options) -> Result<Delays> {
    let port = free_port()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.env(child::AS_STATIC, port.to_string());
    let server = Server::start(command, port).await?;
    let delays = ask(options, port, |_| String::new()).await?;
    drop(server);
    Ok(delays)
}

async fn ask(options: &Options, port: u16, proof: impl Fn(usize) -> String) -> Result<Delays> {
    let crowd = Crowd {
        port,
        reads: &READS,
        measured: Duration::from_secs(options.seconds),
    };
    crowd.ask((0..options.users).map(proof)).await
}
