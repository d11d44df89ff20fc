//! One file per command, and the only place that constructs services.

mod api_keys;
mod audit;
mod demo;
mod devices;
mod door;
mod http;
mod logging;
mod migrate;
mod modbus;
mod output;
mod password;
mod person;
mod serve;
mod server;
mod shutdown;
mod staff;
mod tenants;
mod users;
mod version;

use crate::config::Settings;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

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
    /// Serve portals, API and devices
    Serve(serve::Args),
    /// Serve two demo clients with thirty days of history and simulated devices
    Demo(demo::Args),
    /// Clients as code: plan, apply, list, export, suspend, resume, remove
    Tenants(tenants::Args),
    /// People who sign in to the portal of a client
    Users(users::Args),
    /// People who run this platform and sign in on the console
    Staff(staff::Args),
    /// Bearer keys of programs
    ApiKeys(api_keys::Args),
    /// Credentials of the built-in MQTT endpoint
    Devices(devices::Args),
    /// Logs of who did what: verify
    Audit(audit::Args),
    /// Bring the databases of all clients up to date
    Migrate(migrate::Args),
    /// Register maps: import
    Modbus(modbus::Args),
    /// Print the version and what it was built with
    Version(version::Args),
}

/// Parses the command line and runs one command; the exit code is the command's.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => return refuse(&message),
    };
    if let Command::Version(args) = &cli.command {
        return version::run(args);
    }
    if let Command::Modbus(args) = &cli.command {
        return modbus::run(args).unwrap_or_else(|error| {
            complain(&error);
            ExitCode::FAILURE
        });
    }
    match start(cli) {
        Ok(code) => code,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    let settings = Settings::load(&cli.flags)?;
    logging::start(&settings.log)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(dispatch(cli.command, settings))
}

async fn dispatch(command: Command, settings: Settings) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => serve::run(settings, args).await?,
        Command::Demo(args) => demo::run(settings, args).await?,
        Command::Tenants(args) => return tenants::run(settings, args).await,
        Command::Users(args) => return users::run(settings, args).await,
        Command::Staff(args) => return staff::run(settings, args).await,
        Command::ApiKeys(args) => return api_keys::run(settings, args).await,
        Command::Devices(args) => return devices::run(settings, args).await,
        Command::Audit(args) => return audit::run(settings, args).await,
        Command::Migrate(args) => return migrate::run(settings, args).await,
        Command::Modbus(args) => return modbus::run(&args),
        Command::Version(args) => return Ok(version::run(&args)),
    }
    Ok(ExitCode::SUCCESS)
}

/// Help, or what is wrong with the arguments: exit code 1, since 2 says that a plan has differences.
fn refuse(message: &clap::Error) -> ExitCode {
    let printed = message.print();
    if message.use_stderr() || printed.is_err() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// Each cause once: some errors print their own cause already.
fn causes(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
    }
    text
}

/// The last words of a command that failed, with every cause.
#[expect(clippy::print_stderr, reason = "the command's own error message")]
fn complain(error: &anyhow::Error) {
    eprintln!("error: {}", causes(error));
}
