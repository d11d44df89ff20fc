//! `vigie migrate`: brings all databases up to date.

use super::output;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::SystemClock;
use anyhow::Result;
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie migrate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  vigie migrate --database-url postgres://vigie:…@db/vigie

`vigie serve` does the same at its start. What was interrupted is finished by running it
again. Exit code 1 when a client failed; the others are done all the same.")]
pub(super) struct Args {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Migrates the control database, then those of all clients.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let migrated = directory.migrate_all().await?;
    directory.close().await;
    let error = |outcome: &Result<_, _>| outcome.as_ref().err().map(ToString::to_string);
    if args.json {
        let rows: Vec<_> = migrated
            .iter()
            .map(|one| serde_json::json!({ "client": one.slug, "error": error(&one.outcome) }))
            .collect();
        output::json(&rows)?;
    } else {
        for one in &migrated {
            let outcome = error(&one.outcome).unwrap_or_else(|| "up to date".to_owned());
            output::line(format!("{}: {outcome}", one.slug));
        }
    }
    let failed = migrated.iter().any(|one| one.outcome.is_err());
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
