//! One file per command, and the only place that constructs services.

mod demo;
mod version;

use clap::{Parser, Subcommand};

/// Vigie, the lookout: telemetry of batteries, buildings and car parks for many clients.
#[derive(Debug, Parser)]
#[command(name = "vigie", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    flags: crate::config::Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the version and what it was built with
    Version(version::Args),
}

/// Parses the command line and runs one command; the exit code is the command's.
pub fn run() -> std::process::ExitCode {
    let cli = Cli::parse();
    match cli.command {
        Command::Version(args) => version::run(&args),
    }
}
