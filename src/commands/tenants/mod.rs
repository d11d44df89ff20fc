//! `vigie tenants`: clients as code.

mod manifests;

use super::output;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::Actor;
use crate::domain::{SystemClock, TenantStatus};
use crate::tenancy::Directory;
use crate::tenancy::manifest::{Library, export, read_current};
use anyhow::{Result, bail};
use manifests::{ApplyArgs, PlanArgs};
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie tenants`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  vigie tenants plan tenants/acme.toml && vigie tenants apply tenants/acme.toml")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Show what applying manifests would do; exit code 2 when there is a difference
    Plan(PlanArgs),
    /// Make clients what their manifests say
    Apply(ApplyArgs),
    /// List the clients
    List(ListArgs),
    /// Print a client as a manifest that, applied, changes nothing
    Export(SlugArgs),
    /// Stop serving a client; everything is kept
    Suspend(SlugArgs),
    /// Serve a suspended client again
    Resume(SlugArgs),
    /// Destroy a client with all its data
    Remove(RemoveArgs),
}

/// Options of `vigie tenants list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie tenants list --json")]
struct ListArgs {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The client a command is about.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie tenants export acme > tenants/acme.toml")]
struct SlugArgs {
    /// Slug of the client
    slug: String,
}

/// Options of `vigie tenants remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie tenants remove acme --yes")]
struct RemoveArgs {
    /// Slug of the client
    slug: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Runs one of the commands about clients.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let done = match args.command {
        Command::Plan(args) => manifests::plan(&directory, &args).await,
        Command::Apply(args) => manifests::apply(&directory, &args).await,
        Command::List(args) => list(&directory, args.json).await,
        Command::Export(args) => print_manifest(&directory, &args.slug).await,
        Command::Suspend(args) => set(&directory, &args.slug, TenantStatus::Suspended).await,
        Command::Resume(args) => set(&directory, &args.slug, TenantStatus::Active).await,
        Command::Remove(args) => remove(&directory, &args).await,
    };
    directory.close().await;
    done
}

async fn list(directory: &Directory, json: bool) -> Result<ExitCode> {
    let rows = directory.list().await?;
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({
                    "slug": row.spec.slug,
                    "name": row.spec.name,
                    "status": row.status,
                    "database": row.database_url,
                    "created_at": row.created_at.to_string(),
                })
            })
            .collect();
        output::json(&rows)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let spec = &row.spec;
            let (slug, name) = (spec.slug.clone(), spec.name.clone());
            [slug, row.status.to_string(), row.database_url.clone(), name]
        })
        .collect();
    output::table(["SLUG", "STATUS", "DATABASE", "NAME"], &rows);
    Ok(ExitCode::SUCCESS)
}

async fn print_manifest(directory: &Directory, slug: &str) -> Result<ExitCode> {
    let current = read_current(directory, slug).await?;
    let text = export(&current.model, Library::embedded()?)?;
    output::line(text.trim_end());
    Ok(ExitCode::SUCCESS)
}

async fn set(directory: &Directory, slug: &str, status: TenantStatus) -> Result<ExitCode> {
    directory.set_status(slug, status, &Actor::COMMAND).await?;
    output::line(format!("client {slug} is {status}"));
    Ok(ExitCode::SUCCESS)
}

async fn remove(directory: &Directory, args: &RemoveArgs) -> Result<ExitCode> {
    let slug = &args.slug;
    let question = format!("Destroy client {slug} with all its data?");
    if !args.yes && !output::confirm(&question)? {
        bail!("client {slug} was not removed; --yes removes it without asking");
    }
    directory.remove(slug, &Actor::COMMAND).await?;
    output::line(format!("client {slug} is removed"));
    Ok(ExitCode::SUCCESS)
}
