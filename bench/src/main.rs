//! The benches: figures beside peers and goals, measured in one run.
//!
//! `cargo run --release -p bench -- engine|query|mqtt|endpoint|http|modbus|dialects|live|pages|portal [--json FILE] [--check]`.
//! Each prints a Markdown table; `--check` exits with 1 when a goal is missed.

mod broker;
mod child;
mod databases;
mod dialects;
mod endpoint;
mod engine;
mod http;
mod installation;
mod live;
mod machine;
mod modbus;
mod mqtt;
mod pages;
mod peers;
mod portal;
mod query;
mod report;
mod workload;

use clap::{Args, Parser, Subcommand};
use report::Report;
use std::path::PathBuf;
use std::process::ExitCode;

/// The allocator of `vigie`, which this executable stands in for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about = "Measures Vigie beside its peers")]
struct Command {
    #[command(subcommand)]
    bench: Bench,
    #[command(flatten)]
    output: Output,
}

#[derive(Subcommand)]
enum Bench {
    /// Writing and merging: CPU and bytes per sample, beside a plain table with a key.
    Engine(engine::Options),
    /// Reading: raw samples, the latest hour, hourly rollups, beside a plain table with a key.
    Query(query::Options),
    /// MQTT QoS 1 through mosquitto, durable and acknowledged, beside a bare subscriber.
    Mqtt(mqtt::Options),
    /// Modbus TCP: 10,000 registers a second from 50 devices, beside the bare crate.
    Modbus(modbus::Options),
    /// Decoders of what devices say: readings a second, beside the bare parsers.
    Dialects(dialects::Options),
    /// The built-in MQTT endpoint: acknowledged messages a second, beside mosquitto.
    Endpoint(endpoint::Options),
    /// From ingest to WebSockets that watch: delay at 5,000 readings a second.
    Live(live::Options),
    /// Pages of a client with 10,000 points, and sockets that nobody reads.
    Pages(pages::Options),
    /// The reads behind the overview for 1,500 people at once, beside a handler with a fixed text.
    Portal(portal::Options),
    /// Line protocol over HTTP, beside victoria-metrics and a table with a key.
    Http(http::Options),
}

#[derive(Args)]
struct Output {
    /// Also write the figures to this file.
    #[arg(long, global = true, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Exit with 1 when a goal is missed.
    #[arg(long, global = true)]
    check: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    if std::env::var_os(child::AS_VIGIE).is_some() {
        return Ok(vigie::commands::run());
    }
    let runtime = tokio::runtime::Runtime::new()?;
    if let Some(port) = std::env::var_os(child::AS_STATIC) {
        let port = port.to_string_lossy().parse()?;
        runtime.block_on(child::serve_static(port))?;
        return Ok(ExitCode::SUCCESS);
    }
    runtime.block_on(measure())
}

async fn measure() -> anyhow::Result<ExitCode> {
    let command = Command::parse();
    let report = match command.bench {
        Bench::Engine(options) => engine::run(&options).await?,
        Bench::Query(options) => query::run(&options).await?,
        Bench::Mqtt(options) => mqtt::run(&options).await?,
        Bench::Modbus(options) => modbus::run(&options).await?,
        Bench::Dialects(options) => dialects::run(&options)?,
        Bench::Endpoint(options) => endpoint::run(&options).await?,
        Bench::Live(options) => live::run(&options).await?,
        Bench::Pages(options) => pages::run(&options).await?,
        Bench::Portal(options) => portal::run(&options).await?,
        Bench::Http(options) => http::run(&options).await?,
    };
    publish(&report, &command.output)
}

#[expect(clippy::print_stdout, reason = "the table is what the command is for")]
fn publish(report: &Report, output: &Output) -> anyhow::Result<ExitCode> {
    println!("{}", report.to_markdown());
    if let Some(file) = &output.json {
        std::fs::write(file, serde_json::to_string_pretty(report)?)?;
    }
    let missed = output.check && report.misses_a_goal();
    Ok(if missed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
