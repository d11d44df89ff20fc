//! `vigie devices`: credentials of the built-in MQTT endpoint.

use super::output;
use super::server::open_directory;
use crate::config::Settings;
use crate::domain::audit::{Action, Actor, Deed, Subject};
use crate::domain::{Clock, KEY_RULE, SystemClock, Timestamp, is_key};
use crate::store::tenant::devices;
use crate::store::{StoreError, audit};
use crate::tenancy::{TenancyError, TenantScope, credentials};
use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use std::process::ExitCode;
use std::sync::Arc;

/// Options of `vigie devices`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie devices create acme gateway-1")]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Make a credential; its secret is printed once
    Create(CreateArgs),
    /// List the devices of a client
    List(ListArgs),
    /// Refuse a device from now on
    Revoke(RevokeArgs),
}

/// Options of `vigie devices create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  vigie devices create acme gateway-1
  mosquitto_pub -u acme/gateway-1 -P SECRET -q 1 -t site/meter -m 42")]
struct CreateArgs {
    /// Slug of the client
    client: String,
    /// Name of the device, unique in the client
    name: String,
}

/// Options of `vigie devices revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie devices revoke acme gateway-1")]
struct RevokeArgs {
    /// Slug of the client
    client: String,
    /// Name of the device
    name: String,
}

/// Options of `vigie devices list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  vigie devices list acme --json")]
struct ListArgs {
    /// Slug of the client
    client: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Runs one of the commands about devices.
pub(super) async fn run(settings: Settings, args: Args) -> Result<ExitCode> {
    let directory = open_directory(&settings, Arc::new(SystemClock)).await?;
    let scope = |slug: &str| {
        let known = directory.by_slug(slug);
        known.ok_or_else(|| TenancyError::Unknown(slug.to_owned()))
    };
    match args.command {
        Command::Create(args) => create(&scope(&args.client)?, &args.name).await?,
        Command::List(args) => list(&scope(&args.client)?, args.json).await?,
        Command::Revoke(args) => revoke(&scope(&args.client)?, &args.name).await?,
    }
    directory.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn create(scope: &TenantScope, name: &str) -> Result<()> {
    if !is_key(name) {
        bail!("{name:?} cannot be the name of a device: {KEY_RULE}");
    }
    let secret = credentials::generate();
    let hash = credentials::hash_generated(&secret);
    let now = SystemClock.now();
    let mut tx = scope.db().begin().await?;
    match devices::insert(&mut tx, name, &hash, None, now).await {
        Err(StoreError::Duplicate(_)) => {
            bail!("{} has a device {name} already", scope.tenant().slug)
        }
        made => made.with_context(|| format!("cannot make device {name}"))?,
    };
    let deed = Deed::new(Action::CREATED, Subject::new("device", name));
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    let (slug, secret) = (&scope.tenant().slug, secret.expose_secret());
    output::line(format!(
        "user name {slug}/{name}, password {secret} (shown once)"
    ));
    Ok(())
}

async fn revoke(scope: &TenantScope, name: &str) -> Result<()> {
    let now = SystemClock.now();
    let mut tx = scope.db().begin().await?;
    if !devices::refuse(&mut tx, name, now).await? {
        bail!(
            "{} has no device {name} that is let in",
            scope.tenant().slug
        );
    }
    let deed = Deed::new(Action::REVOKED, Subject::new("device", name));
    audit::record(&mut tx, now, &Actor::COMMAND, &deed);
    tx.commit().await?;
    output::line(format!("device {name} is revoked"));
    Ok(())
}

async fn list(scope: &TenantScope, json: bool) -> Result<()> {
    let rows = devices::list(scope.db()).await?;
    let slug = &scope.tenant().slug;
    let state = |revoked: Option<Timestamp>| {
        if revoked.is_some() {
            "revoked"
        } else {
            "active"
        }
    };
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                serde_json::json!({
                    "name": row.name,
                    "user_name": format!("{slug}/{}", row.name),
                    "state": state(row.revoked_at),
                    "last_seen_at": row.last_seen_at.map(|at| at.to_string()),
                })
            })
            .collect();
        return output::json(&rows);
    }
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let seen = row
                .last_seen_at
                .map_or("never".to_owned(), |at| at.to_string());
            let user_name = format!("{slug}/{}", row.name);
            [user_name, state(row.revoked_at).to_owned(), seen]
        })
        .collect();
    output::table(["USER NAME", "STATE", "LAST SEEN"], &rows);
    Ok(())
}
