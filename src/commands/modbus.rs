//! `vigie modbus`: register maps of others as profiles.

use anyhow::{Context, Result};
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of `vigie modbus`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie modbus import-victron attributes.csv battery")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Print the registers of one service of Victron's register list
    ImportVictron(VictronArgs),
}

/// Options of `vigie modbus import-victron`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The list is attributes.csv of github.com/victronenergy/dbus_modbustcp. What is printed is TOML;
its registers can stand under a device of a connection as [[connections.devices.registers]]."
)]
struct VictronArgs {
    /// The list
    #[arg(value_name = "FILE")]
    list: PathBuf,
    /// Service, like battery or com.victronenergy.grid
    service: String,
}

/// Prints a profile; needs no configuration.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let Command::ImportVictron(args) = &args.command;
    let file = args.list.display();
    let list =
        std::fs::read_to_string(&args.list).with_context(|| format!("cannot read {file}"))?;
    let profile =
        vigie_modbus::import_victron(&list, &args.service).with_context(|| file.to_string())?;
    print!("{}", toml::to_string(&profile)?);
    Ok(ExitCode::SUCCESS)
}
