//! `vigie audit`: proves that the logs of who did what are whole.

use super::output;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::SystemClock;
use crate::tenancy::Directory;
use crate::tenancy::audit::{AuditLog, Checkpoint, Verdict};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie audit`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  vigie audit verify --checkpoints yesterday.jsonl > today.jsonl"
)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Read the audit logs from end to end; exit code 1 when one is not whole
    Verify(VerifyArgs),
}

/// Options of `vigie audit verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  vigie audit verify acme

Prints a checkpoint of each log that is whole: keep it somewhere else, and give it with
--checkpoints later, so that nobody can cut off or rewrite what came before it.")]
struct VerifyArgs {
    /// Slug of a client; without it the platform's log and those of all clients
    slug: Option<String>,
    /// Checkpoints that were printed earlier, one on a line
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
}

/// Runs one of the commands about the audit logs.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let Command::Verify(args) = args.command;
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let whole = verify_all(&directory, &args).await;
    directory.close().await;
    Ok(if whole? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn verify_all(directory: &Directory, args: &VerifyArgs) -> Result<bool> {
    let given = match &args.checkpoints {
        Some(file) => read_checkpoints(directory, file)?,
        None => Vec::new(),
    };
    let mut whole = true;
    for log in directory.audit_logs(args.slug.as_deref())? {
        whole &= verify_one(directory, &log, &given).await?;
    }
    Ok(whole)
}

async fn verify_one(directory: &Directory, log: &AuditLog, given: &[Checkpoint]) -> Result<bool> {
    match directory.verify_audit(log, given).await? {
        Verdict::Whole(checkpoint) => {
            output::line(checkpoint.to_string());
            Ok(true)
        }
        Verdict::Broken(broken) => {
            complain(&log.name, &broken.to_string());
            Ok(false)
        }
    }
}

fn read_checkpoints(directory: &Directory, file: &Path) -> Result<Vec<Checkpoint>> {
    let name = file.display();
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {name}"))?;
    let mut checkpoints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let checkpoint = Checkpoint::parse(line).and_then(|checkpoint| {
            directory.authentic(&checkpoint)?;
            Ok(checkpoint)
        });
        match checkpoint {
            Ok(checkpoint) => checkpoints.push(checkpoint),
            Err(error) => bail!("{name}:{}: {error}", index + 1),
        }
    }
    Ok(checkpoints)
}

#[expect(
    clippy::print_stderr,
    reason = "the verdict; standard output is for checkpoints"
)]
fn complain(log: &str, broken: &str) {
    eprintln!("{log}: {broken}");
}
